import { randomBytes } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import pg from "pg"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import type { Workspace } from "./server.ts"

/** A workspace with its owner's methods. */
export interface PreparedWorkspace extends Workspace {
  /** The version and the durability settings of the database server. */
  readonly postgres: string
  /** Drops the databases, stops an embedded server and removes the directory. */
  clear(): Promise<void>
}

/**
 * Starts an embedded PostgreSQL in a directory of its own under the working directory (a temporary one may
 * be in memory, where a commit costs nothing), or uses the server of `databaseUrl`, on which fresh
 * databases are created and dropped.
 */
export async function createWorkspace(databaseUrl: string | undefined): Promise<PreparedWorkspace> {
  const directory = resolve(`.doorbuster-bench-${process.pid}`)
  await mkdir(directory, { recursive: true })
  const embedded =
    databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataDirectory: join(directory, "postgres"), role: "owner" })
      : null
  const url = embedded?.url ?? databaseUrl ?? ""
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  const created: string[] = []

  return {
    directory,
    postgres: await describe(admin),
    async createDatabase(name) {
      const database = `bench_${name.replaceAll("-", "_")}_${randomBytes(4).toString("hex")}`
      await admin.query(`create database ${database}`)
      created.push(database)
      const other = new URL(url)
      other.pathname = `/${database}`
      return other.href
    },
    async clear() {
      for (const database of created) await admin.query(`drop database if exists ${database} with (force)`)
      await admin.end()
      await embedded?.stop()
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The version, and the settings that decide how durable a commit is. */
async function describe(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ text: string }>(`
    select 'PostgreSQL ' || current_setting('server_version')
             || ', fsync=' || current_setting('fsync')
             || ', synchronous_commit=' || current_setting('synchronous_commit')
             || ', full_page_writes=' || current_setting('full_page_writes')
             || ', shared_buffers=' || current_setting('shared_buffers') as text`)
  return rows[0]?.text ?? ""
}
