import pg from "pg"
import { inject } from "vitest"

/** Simulates an outage of the database until `end`: open connections are terminated and new ones fail. */
export async function startOutage(databaseUrl: string): Promise<AsyncDisposable & { end(): Promise<void> }> {
  const name = new URL(databaseUrl).pathname.slice(1)
  const admin = new pg.Client({ connectionString: inject("serverUrl") })
  await admin.connect()
  const allow = (isAllowed: boolean) =>
    admin.query(`alter database ${name} with allow_connections ${isAllowed}`)
  await allow(false)
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name])
  return {
    end: async () => void (await allow(true)),
    async [Symbol.asyncDispose]() {
      await allow(true)
      await admin.end()
    },
  }
}
