import { createServer, type AddressInfo } from "node:net"
import { once } from "node:events"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase } from "../support/database.ts"
import { runSql } from "../support/rows.ts"

// If the database refuses something, a command prints one line with advice, without a stack trace or a password.

const role = `poor_${process.pid}`
const password = "correct horse"

beforeAll(() => runSql(inject("serverUrl"), `create role ${role} login password '${password}'`))
afterAll(() => runSql(inject("serverUrl"), `drop owned by ${role}`, `drop role ${role}`))

/** The URL for a role with hardly any rights. */
function asPoorRole(url: string): string {
  const own = new URL(url)
  own.username = role
  own.password = encodeURIComponent(password)
  return own.href
}

const oneLine = /^[^\n]+\n$/

test.each([
  [
    ["serve", "--port", "0"],
    "grant usage on schema public to public",
    /permission denied for schema public\. /,
  ],
  [["migrate"], "grant usage on schema public to public", /permission denied for schema public\. /],
  [["worker"], "grant usage on schema public to public", /permission denied for schema public\. /],
  [["migrate"], "revoke all on schema public from public", /no schema has been selected to create in\. /],
])("%j where the role may not create tables (%s)", async (command, rights, line) => {
  await using own = await createTestDatabase()
  await runSql(own.url, "drop schema public cascade", "create schema public", rights)

  const { status, stderr } = await runCommand(command, { DATABASE_URL: asPoorRole(own.url) })

  expect(status).toBe(1)
  expect(stderr).toMatch(oneLine)
  expect(stderr).toMatch(/^The database role may not do this: /)
  expect(stderr).toMatch(line)
})

test("verify of tables that the role may not read", async () => {
  await using own = await createTestDatabase()

  const { status, stderr } = await runCommand(["verify"], { DATABASE_URL: asPoorRole(own.url) })

  expect(status).toBe(1)
  expect(stderr).toMatch(oneLine)
  expect(stderr).toMatch(/^The database role may not do this: permission denied for /)
})

test.each([[["race"]], [["rehearse", "--crowd", "1"]]])(
  "%j with a role that may not create databases",
  async (command) => {
    await using own = await createTestDatabase()

    const { status, stderr } = await runCommand(command, { DATABASE_URL: asPoorRole(own.url) })

    expect(status).toBe(1)
    expect(stderr).toMatch(oneLine)
    expect(stderr).toMatch(/may not: grant it CREATEDB/)
  },
)

test("a role that may not connect, and one that does not exist", async () => {
  await using own = await createTestDatabase()
  const name = new URL(own.url).pathname.slice(1)
  await runSql(inject("serverUrl"), `revoke connect on database ${name} from public`)
  const unknown = new URL(own.url)
  unknown.username = "nobody-of-this-name"

  const refused = await runCommand(["doctor"], { DATABASE_URL: asPoorRole(own.url) })
  const denied = await runCommand(["migrate"], { DATABASE_URL: unknown.href })

  expect(refused.status).toBe(1)
  expect(refused.stdout).toMatch(
    /^BAD {2}database: The database cannot be reached: permission denied for database/m,
  )
  expect(denied).toMatchObject({ status: 1, stderr: expect.stringMatching(oneLine) })
  expect(denied.stderr).toMatch(/^The database cannot be reached: .*authentication failed/)
})

test("a server without TLS where sslmode asks for it", async () => {
  // The server answers as PostgreSQL does: N means that there is no TLS.
  const server = createServer((socket) => {
    socket.on("error", () => undefined)
    socket.once("data", () => socket.write("N"))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const url = `postgresql://u:p@127.0.0.1:${port}/shop?sslmode=verify-full`
  try {
    for (const command of [["serve", "--port", "0"], ["migrate"], ["verify"]]) {
      const { status, stderr } = await runCommand(command, { DATABASE_URL: url })
      expect(status).toBe(1)
      expect(stderr).toBe(
        "The database cannot be reached: The server does not support SSL connections; sslmode in DATABASE_URL requires TLS: enable it on the server or set sslmode=disable\n",
      )
    }
  } finally {
    server.close()
  }
})

describe("a password that is not escaped for a URL is not printed, in whole or in part", () => {
  test.each([
    ["postgresql://u:Zebra@Okapi/Quagga#Giraffe@127.0.0.1:1/db"],
    ["postgresql://u:Zebra%E4Quagga@127.0.0.1:1/db"],
  ])("%s", async (url) => {
    const served = await runCommand(["migrate", "status"], { DATABASE_URL: url })
    const rehearsed = await runCommand(["rehearse", "--database", url], {})

    for (const { status, stdout, stderr } of [served, rehearsed]) {
      expect(status).toBe(2)
      expect(stderr).toMatch(oneLine)
      expect(stderr).toMatch(/percent|%40/)
      expect(`${stdout}${stderr}`).not.toMatch(/Zebra|Quagga|Okapi|Giraffe/)
    }
  })

  test("a password that is escaped works", async () => {
    await using own = await createTestDatabase()
    const hard = "p@ss/w#rd?100%"
    await runSql(inject("serverUrl"), `alter role ${role} password '${hard}'`)
    const url = new URL(own.url)
    url.username = role
    url.password = ""
    const given = url.href.replace(`${role}@`, `${role}:${encodeURIComponent(hard)}@`)
    const mended = url.href.replace(`${role}@`, `${role}:p%40ss%2Fw%23rd%3F100%@`)

    const results = [
      await runCommand(["doctor"], { DATABASE_URL: given }),
      await runCommand(["doctor"], { DATABASE_URL: mended }),
    ]
    await runSql(inject("serverUrl"), `alter role ${role} password '${password}'`)

    for (const { stdout } of results) {
      expect(stdout).toMatch(/^ok {3}timezone: UTC/m)
      expect(stdout).toMatch(/^BAD {2}schema: The database role may not do this: permission denied/m)
    }
  })
})
