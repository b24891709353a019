import pg from "pg"
import { describe, expect, inject, test } from "vitest"
import { openConnection } from "../../src/store/connection.ts"
import { ReadOnlyServer, UnfitDatabase } from "../../src/store/errors.ts"
import { checkSession, startupOptions, type Purpose } from "../../src/store/session.ts"
import { startTestApp } from "../support/app.ts"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase } from "../support/database.ts"
import { startDroppingPooler } from "../support/dropping-pooler.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

// The settings that the code needs override all others, and are read back before the session is used.

/** Settings of a database or role that other programs may need, and with which Doorbuster could not work. */
const foreign = {
  timezone: "America/New_York",
  datestyle: "German",
  intervalstyle: "iso_8601",
  standard_conforming_strings: "off",
  array_nulls: "off",
  default_transaction_isolation: "serializable",
  jit: "on",
  enable_seqscan: "on",
  statement_timeout: "1ms",
  lock_timeout: "1ms",
  idle_in_transaction_session_timeout: "1ms",
} as const

const served = {
  TimeZone: "UTC",
  DateStyle: expect.stringMatching(/^ISO,/),
  IntervalStyle: "postgres",
  standard_conforming_strings: "on",
  array_nulls: "on",
  default_transaction_isolation: "read committed",
  jit: "off",
  enable_seqscan: "off",
  statement_timeout: "8000",
  lock_timeout: "5000",
  idle_in_transaction_session_timeout: "5000",
}

async function settingsOf(client: pg.ClientBase | pg.Pool): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name = any($1)",
    [[...Object.keys(served), "enable_sort", "enable_bitmapscan", "synchronous_commit"]],
  )
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
}

describe("the settings that Doorbuster asks for win", () => {
  const inUrl = Object.entries(foreign)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ")

  test.each<[string, (url: string) => Promise<string>]>([
    [
      "over the database's settings",
      async (url) => {
        const name = new URL(url).pathname.slice(1)
        for (const [setting, value] of Object.entries(foreign)) {
          await runSql(inject("serverUrl"), `alter database ${name} set ${setting} = '${value}'`)
        }
        return url
      },
    ],
    ["over options in DATABASE_URL", async (url) => `${url}&options=${encodeURIComponent(inUrl)}`],
    [
      "over parameters of the driver in DATABASE_URL",
      async (url) => {
        const parameters = "statement_timeout=1&lock_timeout=1&idle_in_transaction_session_timeout=1"
        return `${url}&${parameters}&query_timeout=1&client_encoding=latin1&application_name=x&binary=true`
      },
    ],
  ])("%s", async (_, prepare) => {
    await using own = await createTestDatabase()
    const url = await prepare(own.url)
    await using database = openScopedDatabase(url)

    expect(await settingsOf(database.views)).toMatchObject({ ...served, enable_sort: "on" })
    expect(await settingsOf(database.upkeep)).toMatchObject({ ...served, synchronous_commit: "off" })
    expect(await settingsOf(database.batches)).toMatchObject({
      ...served,
      enable_sort: "off",
      enable_bitmapscan: "off",
    })
    const migration = await openConnection(url, "migrate")
    expect(await settingsOf(migration)).toMatchObject({ TimeZone: "UTC", jit: "off", statement_timeout: "0" })
    await migration.end()
  })

  test("and other settings in DATABASE_URL are kept", async () => {
    await using own = await createTestDatabase()
    const url = `${own.url}&options=${encodeURIComponent(String.raw`-c search_path=shop,public -c work_mem=7MB`)}`
    await using database = openScopedDatabase(url)

    const { rows } = await database.batches.query("select current_setting('work_mem') as memory")
    const { rows: paths } = await database.views.query("show search_path")

    expect(rows).toEqual([{ memory: "7MB" }])
    expect(paths).toEqual([{ search_path: "shop,public" }])
  })

  test.each(["America/New_York", "Europe/Berlin", "Asia/Kolkata"])(
    "so a hold lasts its hold time in a database whose time zone is %s",
    async (zone) => {
      await using own = await createTestDatabase()
      const name = new URL(own.url).pathname.slice(1)
      await runSql(inject("serverUrl"), `alter database ${name} set timezone = '${zone}'`)
      const url = `${own.url}&options=${encodeURIComponent("-c search_path=public")}`
      await using app = await startTestApp({ databaseUrl: url, config: { holdTtlSeconds: 60 } })

      const { body: hold } = await app.post("/api/holds", { product_id: 1, qty: 1 })
      const order = await app.post("/api/orders", { hold_id: hold.hold_id })

      const seconds = (Date.parse(hold.expires_at) - Date.now()) / 1_000
      expect(seconds).toBeGreaterThan(50)
      expect(seconds).toBeLessThan(61)
      expect(order.status).toBe(201)
    },
  )
})

/** Opens a connection with the needed settings, one of which a later option overrides. */
async function sessionWith(url: string, purpose: Purpose, options: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    options: `${startupOptions(purpose, "")} ${options}`,
  })
  await client.connect()
  return client
}

describe("a session without the settings that the code needs is not used", () => {
  test.each([
    ["timezone", "Europe/Berlin", /timezone is Europe\/Berlin and has to be UTC/],
    ["datestyle", "German", /datestyle is German, \w+ and has to be ISO/],
    ["intervalstyle", "sql_standard", /intervalstyle is sql_standard and has to be postgres/],
    ["client_encoding", "LATIN1", /client_encoding is LATIN1 and has to be UTF8/],
    ["standard_conforming_strings", "off", /standard_conforming_strings is off and has to be on/],
    ["array_nulls", "off", /array_nulls is off and has to be on/],
    ["default_transaction_isolation", "serializable", /is serializable and has to be read committed/],
    ["jit", "on", /jit is on and has to be off/],
    ["enable_seqscan", "on", /enable_seqscan is on and has to be off/],
    ["enable_bitmapscan", "on", /enable_bitmapscan is on and has to be off/],
    ["enable_sort", "on", /enable_sort is on and has to be off/],
    ["statement_timeout", "0", /statement_timeout is 0 and has to be 8s/],
    ["lock_timeout", "0", /lock_timeout is 0 and has to be 5s/],
    ["idle_in_transaction_session_timeout", "0", /idle_in_transaction_session_timeout is 0 and has to be 5s/],
  ])("%s = %s", async (name, value, line) => {
    const client = await sessionWith(inject("serverUrl"), "batches", "")
    await expect(checkSession(client, "batches")).resolves.toBeUndefined()
    await client.query(`set ${name} = '${value}'`)

    const refusal = await checkSession(client, "batches").catch((error: unknown) => error)
    await client.end()

    expect(refusal).toBeInstanceOf(UnfitDatabase)
    expect(String(refusal)).toMatch(line)
    expect(String(refusal)).not.toMatch(/\n/)
  })

  test("another schema than that of DATABASE_URL", async () => {
    const client = await sessionWith(inject("serverUrl"), "views", "-c search_path=public")
    const refusal = await checkSession(client, "views", "-c search_path=shop").catch(String)
    await client.end()

    expect(refusal).toMatch(/search_path is public and has to be shop/)
  })

  test("a server that takes no writes", async () => {
    const client = await sessionWith(inject("serverUrl"), "views", "-c default_transaction_read_only=on")
    const refusal = await checkSession(client, "views").catch((error: unknown) => error)
    await client.end()

    expect(refusal).toBeInstanceOf(ReadOnlyServer)
    expect(String(refusal)).toMatch(/The database takes no writes: default_transaction_read_only is on/)
  })

  test("a PostgreSQL that is too old", async () => {
    const rows = [{ server_version: "14.9 (Debian)" }]
    const old = { query: async () => ({ rows }) } as unknown as pg.ClientBase

    await expect(checkSession(old, "views")).rejects.toThrow(
      /server_version is 14\.9 \(Debian\) and has to be 15 or newer/,
    )
  })

  test("a database whose encoding cannot store every name: serve, migrate and doctor say so in one line", async () => {
    const name = `latin_${process.pid}`
    await runSql(
      inject("serverUrl"),
      `create database ${name} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0`,
    )
    const url = new URL(inject("serverUrl"))
    url.pathname = `/${name}`
    try {
      const served = await runCommand(["serve", "--port", "0"], { DATABASE_URL: url.href })
      const migrated = await runCommand(["migrate"], { DATABASE_URL: url.href })
      const examined = await runCommand(["doctor"], { DATABASE_URL: url.href })

      const line = "The database cannot be used: server_encoding is LATIN1 and has to be UTF8\n"
      expect(served.status).toBe(1)
      expect(served.stderr).toBe(line)
      expect(migrated).toMatchObject({ status: 1, stderr: line })
      expect(examined.status).toBe(1)
      expect(examined.stdout).toMatch(/^BAD {2}server_encoding: LATIN1, and has to be UTF8/m)
    } finally {
      await runSql(inject("serverUrl"), `drop database ${name} with (force)`)
    }
  })

  test("a pooler that drops the startup options: serve says so in one line, and doctor lists the settings", async () => {
    await using own = await createTestDatabase()
    await using pooler = await startDroppingPooler(own.url)
    const environment = { DATABASE_URL: pooler.url }

    const served = await runCommand(["serve", "--port", "0"], environment)
    const examined = await runCommand(["doctor"], environment)

    expect(served.status).toBe(1)
    expect(served.stderr).toMatch(
      /^The database cannot be used: .*jit is on and has to be off\. Doorbuster sets them .* a connection pooler in between has dropped.*\n$/,
    )
    expect(examined.status).toBe(1)
    expect(examined.stdout).toMatch(/^BAD {2}enable_seqscan: on, and has to be off/m)
    expect(examined.stdout).toMatch(/^BAD {2}lock_timeout: 0, and has to be 5s/m)
  })
})

test("doctor prints every assumption, and the parameters of DATABASE_URL without effect", async () => {
  await using own = await createTestDatabase()

  const { status, stdout } = await runCommand(["doctor"], { DATABASE_URL: `${own.url}&statement_timeout=1` })

  expect(status).toBe(0)
  expect(stdout).toMatch(/^!! {3}DATABASE_URL: these parameters have no effect, .*: statement_timeout$/m)
  for (const name of [
    ...Object.keys(foreign),
    "server_version",
    "server_encoding",
    "client_encoding",
    "enable_sort",
  ]) {
    expect(stdout.match(new RegExp(`^ok {3}${name}: `, "gm"))).toHaveLength(1)
  }
  expect(stdout).toMatch(/^ok {3}writable: yes/m)
})

test("a time that is not written in UTC is an error, not a guess", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const client = await database.views.connect()
  const moment = "select timestamptz '2026-11-27 12:00:00.123456+00' as moment"
  const read = async (...settings: string[]) => {
    for (const setting of settings) await client.query(setting)
    return client.query<{ moment: unknown }>(moment).then(
      ({ rows }) => rows[0]?.moment,
      (error: unknown) => String(error),
    )
  }
  try {
    expect(await read()).toBe(Date.parse("2026-11-27T12:00:00.123Z"))
    expect(await read("set timezone = 'Europe/Berlin'")).toMatch(
      /2026-11-27 13:00:00.123456\+01, which is not in UTC/,
    )
    expect(await read("set timezone = 'America/New_York'")).toMatch(/not in UTC/)
    expect(await read("set timezone = 'Asia/Kolkata'")).toMatch(/\+05:30, which is not in UTC/)
    expect(await read("set timezone = 'UTC'", "set datestyle = 'German'")).toMatch(/not in UTC/)
    expect(await read("set datestyle = 'SQL, DMY'")).toMatch(/not in UTC/)
  } finally {
    client.release(true)
  }
})
