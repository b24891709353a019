import { randomBytes } from "node:crypto"
import pg from "pg"
import { inject } from "vitest"
import type { Rules } from "../../src/domain/working-set.ts"
import { createEngine, type Engine, type MailOptions } from "../../src/engine.ts"
import { createLog } from "../../src/base/log.ts"
import { openDatabase } from "../../src/store/pool.ts"
import { verify } from "../../src/store/upkeep/verify.ts"

/** A database for one test, with the schema and without rows. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
}

/** Copies the template database. The disposal closes all connections to the copy and drops it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`
  await onServer(`create database ${name} template doorbuster_template`)
  const url = new URL(inject("serverUrl"))
  url.pathname = `/${name}`
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      await onServer(`drop database if exists ${name} with (force)`)
    },
  }
}

let admin: pg.Pool | null = null

/** Runs a statement on the server that all tests share. A worker keeps its connection: opening one takes as long as a copy. */
export async function onServer(sql: string): Promise<void> {
  admin ??= new pg.Pool({ connectionString: inject("serverUrl"), max: 2, allowExitOnIdle: true }).on(
    "error",
    () => undefined,
  )
  await admin.query(sql)
}

/** An engine without a server, on a database of its own. */
export interface TestEngine extends Engine, AsyncDisposable {
  readonly url: string
}

/** Opens an engine, on the existing database at `url` if given; mail is off unless `mail` says otherwise. */
export async function createTestEngine(
  rules: Partial<Rules> = {},
  url?: string,
  mail?: MailOptions,
): Promise<TestEngine> {
  const own = url === undefined ? await createTestDatabase() : null
  const database = openDatabase({ url: own?.url ?? url ?? "" })
  const engine = createEngine(
    database,
    { holdTtlSeconds: 120, paymentTtlSeconds: 900, latePaymentSeconds: 600, ...rules },
    createLog("silent"),
    mail,
  )
  return {
    ...engine,
    url: own?.url ?? url ?? "",
    async [Symbol.asyncDispose]() {
      await engine.lanes.drain()
      await database.close()
      await own?.[Symbol.asyncDispose]()
    },
  }
}

/** The violations that `verify` finds, a line each; none for a consistent database. */
export async function differencesIn(url: string): Promise<string[]> {
  const database = openDatabase({ url })
  try {
    const { violations } = await verify(database.views)
    return violations.map(({ invariant, productId, what }) => `${invariant} product ${productId}: ${what}`)
  } finally {
    await database.close()
  }
}
