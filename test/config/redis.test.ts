import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { ConfigError } from "../../src/config/config-error.ts"
import { readConfig } from "../../src/config/read-config.ts"
import { temporaryDirectory } from "../support/directory.ts"

const read = (environment: Record<string, string>) =>
  readConfig({ directory: "/nonexistent", environment }).redis

const plain = { host: "127.0.0.1", port: 6_379, tls: false, login: null, database: 0, prefix: "doorbuster" }

test.each([
  ["redis://127.0.0.1", plain],
  ["redis://localhost:6380/15", { ...plain, host: "localhost", port: 6_380, database: 15 }],
  ["redis://[::1]/", { ...plain, host: "::1" }],
  ["redis://:secret@127.0.0.1", { ...plain, login: { user: null, password: "secret" } }],
  ["rediss://redis.example", { ...plain, host: "redis.example", tls: true }],
  [
    "rediss://us%40er:p%2Fa%3As%23s@redis.example:25061/1",
    {
      ...plain,
      host: "redis.example",
      port: 25_061,
      tls: true,
      login: { user: "us@er", password: "p/a:s#s" },
      database: 1,
    },
  ],
])("REDIS_URL %s", (REDIS_URL, server) => {
  expect(read({ REDIS_URL })).toEqual(server)
})

// Each of these is a mistake that people make, or a way to send a password somewhere else.
test.each([
  ["another program's address", "http://127.0.0.1:6379"],
  ["no scheme", "127.0.0.1:6379"],
  ["a network without encryption", "redis://redis.example:6379"],
  ["a private network without encryption", "redis://10.0.0.5"],
  ["a password over a network without encryption", "redis://:hunter2@redis:6379"],
  ["a name that only begins like this machine's", "redis://localhost.example"],
  ["a user without a password", "rediss://shop@redis.example"],
  ["a password with an unescaped @", "rediss://:hun@ter2@redis.example"],
  ["a password with an unescaped /", "rediss://:hunter2/x@redis.example"],
  ["a password with an unescaped #", "rediss://:hunter2#@redis.example"],
  ["a password with a broken escape", "rediss://:hunter2%zz@redis.example"],
  ["options of the library", "rediss://redis.example?lazyConnect=false"],
  ["options that would switch verification off", "rediss://redis.example/0?tls=%7B%7D"],
  ["a path", "rediss://redis.example/shop"],
  ["a socket", "/run/redis/redis.sock"],
  ["port 0", "redis://127.0.0.1:0"],
  ["a port that does not exist", "redis://127.0.0.1:65536"],
  ["two servers", "rediss://a.example,b.example"],
  ["a second line", "redis://127.0.0.1\nADMIN_TOKEN=x"],
  ["a space", "redis://127.0.0.1 "],
  ["no host", "redis://"],
])("REDIS_URL with %s stops the start with one line that does not say it", (_, REDIS_URL) => {
  let text = ""
  try {
    read({ REDIS_URL })
  } catch (error) {
    if (error instanceof ConfigError) text = error.message
  }
  expect(text).toContain(`REDIS_URL is a secret of ${REDIS_URL.length} characters but must be rediss://`)
  expect(text).not.toContain("\n")
  expect(text).not.toContain("hunter2")
})

test("REDIS_PREFIX has letters that need no quotes anywhere", () => {
  const REDIS_URL = "redis://127.0.0.1"
  expect(read({ REDIS_URL, REDIS_PREFIX: "shop:eu-1" })?.prefix).toBe("shop:eu-1")
  for (const REDIS_PREFIX of ["a b", "*", "a\nb", "{x}", "x".repeat(65)]) {
    expect(() => read({ REDIS_URL, REDIS_PREFIX })).toThrow(/^REDIS_PREFIX is .* but must be 1 to 64 letters/)
  }
})

test("REDIS_URL may stand in a file of secrets", async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, "redis-url")
  await writeFile(path, "rediss://:secret@redis.example\n")
  expect(read({ REDIS_URL_FILE: path })?.login).toEqual({ user: null, password: "secret" })
})
