import { expect, test } from "vitest"
import { isPublicAddress, oncePerName, type FindAddresses } from "../../src/worker/addresses.ts"

test.each([
  "0.0.0.0",
  "10.0.0.1",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.192",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "0:0:0:0:0:0:0:1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:8.8.8.8",
  "::ffff:0:7f00:1",
  "3fff::1",
  "5f00::1",
  "2001:10::1",
  "192.88.99.1",
  "64:ff9b::a00:1",
  "64:ff9b:1::a00:1",
  "2001::1",
  "2002:a00:1::",
  "100::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "localhost",
  "",
])("%j is not public", (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each([
  "8.8.8.8",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.1",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "223.255.255.255",
  "2606:4700::1111",
  "2a00:1450:4001::1",
  "2001:4860:4860::8888",
])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test("requests that need the same name share one look-up, and each gets its result", () => {
  const asked: string[] = []
  const answers: (() => void)[] = []
  const find: FindAddresses = (name, _, found) => {
    asked.push(name)
    answers.push(() => found(null, [{ address: "8.8.8.8", family: 4 }]))
  }
  const once = oncePerName(find)
  const heard: string[] = []
  const ask = (name: string) => once(name, { all: true }, () => void heard.push(name))
  for (const name of ["a", "a", "b", "a"]) ask(name)
  expect(asked).toEqual(["a", "b"])
  expect(heard).toEqual([])
  for (const answer of answers.splice(0)) answer()
  expect(heard).toEqual(["a", "a", "a", "b"])
  ask("a")
  expect(asked).toEqual(["a", "b", "a"])
})
