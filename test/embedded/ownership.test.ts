import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { runCommand, started } from "./support/commands.ts"
import { ask, cleanUp, newDirectory, serverPid } from "./support/directories.ts"

afterEach(cleanUp)

test("a second owner gets one line that names the first", async () => {
  const dataDirectory = await newDirectory()
  const first = runCommand({ dataDirectory, role: "owner" })
  await started(first)

  const second = startEmbeddedPostgres({ dataDirectory, role: "owner" })

  await expect(second).rejects.toMatchObject({
    exitCode: 2,
    message: `The data directory ${dataDirectory} is in use by another doorbuster (process id ${first.pid})`,
  })
  await first.stop()
})

test("a second owner in the same process is refused too", async () => {
  const dataDirectory = await newDirectory()
  await using first = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  await expect(startEmbeddedPostgres({ dataDirectory, role: "owner" })).rejects.toMatchObject({ exitCode: 2 })
  expect(await ask(first.url, "select 1")).toEqual(["1"])
})

test("of six owners at the same instant exactly one wins", async () => {
  const dataDirectory = await newDirectory()

  const commands = Array.from({ length: 6 }, () => runCommand({ dataDirectory, role: "owner" }))
  const reports = await Promise.all(commands.map(async ({ report }) => report))

  expect(reports.filter(({ kind }) => kind === "started")).toHaveLength(1)
  expect(reports.filter((report) => report.kind === "failed" && report.exitCode === 2)).toHaveLength(5)
  await commands[reports.findIndex(({ kind }) => kind === "started")]?.stop()
})

test("of six guests at the same instant one starts the server, and the last one stops it", async () => {
  const dataDirectory = await newDirectory()
  const cluster = join(dataDirectory, "cluster")

  const guests = Array.from({ length: 6 }, () => runCommand({ dataDirectory, role: "guest" }))
  const reports = await Promise.all(guests.map(started))
  expect(reports.filter(({ adopted }) => !adopted)).toHaveLength(1)

  const pid = await serverPid(cluster)
  for (const guest of guests) {
    expect(await serverPid(cluster)).toBe(pid)
    await guest.stop()
  }
  expect(await serverPid(cluster)).toBeNull()
})

test("a guest beside an owner leaves the server running", async () => {
  const dataDirectory = await newDirectory()
  await using owner = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  const guest = runCommand({ dataDirectory, role: "guest" })
  expect((await started(guest)).adopted).toBe(true)
  await guest.stop()

  expect(await ask(owner.url, "select 1")).toEqual(["1"])
})

test("an owner that starts while a guest runs the server takes the server over", async () => {
  const dataDirectory = await newDirectory()
  const guest = runCommand({ dataDirectory, role: "guest" })
  await started(guest)

  const owner = await startEmbeddedPostgres({ dataDirectory, role: "owner" })
  expect(owner.adopted).toBe(true)
  await guest.stop()
  expect(await ask(owner.url, "select 1")).toEqual(["1"])

  await owner.stop()
  expect(await serverPid(join(dataDirectory, "cluster"))).toBeNull()
})

test("a guest leaves the server of a killed owner running", async () => {
  const dataDirectory = await newDirectory()
  const owner = runCommand({ dataDirectory, role: "owner" })
  await started(owner)
  await owner.kill()

  const guest = await startEmbeddedPostgres({ dataDirectory, role: "guest" })
  await guest.stop()

  expect(await ask(guest.url, "select 1")).toEqual(["1"])
})

test("guests leave while owners start, again and again: the owner always has a server", async () => {
  const dataDirectory = await newDirectory()
  for (let round = 0; round < 5; round++) {
    const guest = runCommand({ dataDirectory, role: "guest" })
    await started(guest)
    const [owner] = await Promise.all([startEmbeddedPostgres({ dataDirectory, role: "owner" }), guest.stop()])
    expect(await ask(owner.url, "select 1")).toEqual(["1"])
    await owner.stop()
  }
})
