import { randomBytes } from "node:crypto"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { version } from "../../src/base/version.ts"
import { noteMigrated, schemaState } from "../../src/store/upkeep/schema.ts"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase, differencesIn, onServer, type TestDatabase } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"
import { startServerProcess, startWorkerProcess } from "../support/server-process.ts"

const FUTURE = "9999_from_the_future"
const addFuture = `insert into kysely_migration values ('${FUTURE}', now()::text)`
const migratedBy = (needs: string) => `update schema_program set version = '9.8.7', needs = '${needs}'`

// The role's rights are those that docs/operate/upgrade.md names for `--no-migrate`.
const seller = `seller_${randomBytes(6).toString("hex")}`

beforeAll(() => onServer(`create role ${seller} login password 'secret'`))
afterAll(() => onServer(`drop role ${seller}`))

async function rowsOf(url: string, text: string): Promise<unknown[]> {
  await using database = openScopedDatabase(url)
  return (await database.views.query(text)).rows
}

async function createSellersDatabase(): Promise<TestDatabase & { readonly sellerUrl: string }> {
  const database = await createTestDatabase()
  const role = new URL(database.url)
  const name = role.pathname.slice(1)
  role.username = seller
  role.password = "secret"
  await runSql(
    database.url,
    `grant connect on database ${name} to ${seller}`,
    `grant usage on schema public to ${seller}`,
    `grant select, insert, update, delete on all tables in schema public to ${seller}`,
    `grant usage on all sequences in schema public to ${seller}`,
  )
  return { ...database, sellerUrl: role.href }
}

describe("a schema that is newer, and that this version may sell on", () => {
  test.each(["1", "2"])("is sold on by a server of %s processes, and left as it is", async (processes) => {
    await using database = await createSellersDatabase()
    await runSql(database.url, addFuture, migratedBy("0031_schema_program"))
    const before = await rowsOf(database.url, "select * from kysely_migration order by name")

    const environment = { DATABASE_URL: database.sellerUrl, PROCESSES: processes }
    await using server = await startServerProcess(environment, ["serve", "--no-migrate"])
    await using worker = await startWorkerProcess({ DATABASE_URL: database.sellerUrl }, [
      "worker",
      "--no-migrate",
    ])
    await server.post("/api/admin/products", { name: "Lamp", stock: 5, price_minor: 100, currency: "EUR" })
    const { body } = await server.post("/api/holds", { product_id: 1, qty: 1 })
    const { status } = await server.post("/api/orders", { hold_id: body.hold_id })
    expect((await server.get("/readyz")).status).toBe(200)
    await worker.end("SIGTERM")
    const migrated = await runCommand(["migrate"], { DATABASE_URL: database.url })

    expect(status).toBe(201)
    expect(migrated).toMatchObject({ status: 0, stdout: "The schema is up to date.\n" })
    expect(await rowsOf(database.url, "select * from kysely_migration order by name")).toEqual(before)
    expect(await differencesIn(database.url)).toEqual([])
  })

  test("is said so by migrate status and doctor", async () => {
    await using database = await createTestDatabase()
    await runSql(database.url, addFuture, migratedBy("0031_schema_program"))
    const environment = { DATABASE_URL: database.url }

    const status = await runCommand(["migrate", "status"], environment)
    const json = await runCommand(["migrate", "status", "--json"], environment)
    const doctor = await runCommand(["doctor", "--json"], environment)

    expect(status.status).toBe(0)
    expect(status.stdout).toMatch(
      new RegExp(
        `\\n${FUTURE}  .*  unknown to this version\\nDoorbuster 9\\.8\\.7 has migrated this database\\. This version \\(.*\\) may sell on it too\\.\\n$`,
      ),
    )
    expect(JSON.parse(json.stdout)).toMatchObject({
      unknown_migrations: [{ name: FUTURE }],
      migrated_by: "9.8.7",
      may_run: true,
    })
    expect(JSON.parse(doctor.stdout).findings).toContainEqual({
      check: "schema",
      ok: true,
      found: "Doorbuster 9.8.7 has migrated it; this version may sell on it too",
    })
  })
})

describe("a schema that is newer, and needs a newer version", () => {
  test.each([[["serve"]], [["serve", "--no-migrate"]], [["worker"]], [["migrate"]], [["verify"]]])(
    "%j names the version in one line",
    async (command) => {
      await using database = await createTestDatabase()
      await runSql(database.url, addFuture, migratedBy(FUTURE))

      const { status, stderr } = await runCommand(command, {
        DATABASE_URL: database.url,
        PORT: "0",
        LOG_LEVEL: "error",
      })

      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: `The database's schema is newer than this program (it has ${FUTURE}); use Doorbuster 9.8.7\n`,
      })
    },
  )

  test("migrate status ends with 1", async () => {
    await using database = await createTestDatabase()
    await runSql(database.url, addFuture, migratedBy(FUTURE))

    const { status, stdout } = await runCommand(["migrate", "status"], { DATABASE_URL: database.url })

    expect(status).toBe(1)
    expect(stdout).toMatch(/This version \(.*\) may not run here: use the newer one\.\n$/)
  })
})

test.each([[["serve", "--no-migrate"]], [["worker", "--no-migrate"]]])(
  "%j on a schema that is older says to migrate, and changes nothing",
  async (command) => {
    await using database = await createTestDatabase()
    await runSql(
      database.url,
      "drop table schema_program",
      "delete from kysely_migration where name = '0031_schema_program'",
    )
    const { status, stderr } = await runCommand(command, {
      DATABASE_URL: database.url,
      PORT: "0",
      LOG_LEVEL: "error",
    })

    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        "The database's schema is older than this program (0031_schema_program missing); run migrate first\n",
    })
    expect(await rowsOf(database.url, "select to_regclass('schema_program') as found")).toEqual([
      { found: null },
    ])
  },
)

test("migrate notes its version, and does not replace the note of a newer one that went on meanwhile", async () => {
  await using own = await createTestDatabase()
  await runSql(own.url, "delete from schema_program")
  await runCommand(["migrate"], { DATABASE_URL: own.url })
  await using database = openScopedDatabase(own.url)
  const state = await schemaState(database.views)
  await runSql(own.url, addFuture, migratedBy(FUTURE))

  await noteMigrated(database.views, state)

  expect(state.migratedBy).toEqual({ version, needs: "0031_schema_program" })
  expect((await schemaState(database.views)).migratedBy).toEqual({ version: "9.8.7", needs: FUTURE })
})
