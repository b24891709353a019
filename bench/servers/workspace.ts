import { randomBytes } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import pg from "pg"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import type { Workspace } from "./server.ts"

/** A ground to measure on, and how to clear it away. */
export interface PreparedWorkspace extends Workspace {
  /** What the database says it is. */
  readonly postgres: string
  clear(): Promise<void>
}

/**
 * An embedded PostgreSQL in a directory of its own under the working directory (a temporary one may
 * be kept in memory, where a commit costs nothing), or the server of `databaseUrl`, on which fresh
 * databases are made and dropped.
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

/** The version, and the settings that decide what a commit is worth. */
async function describe(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ text: string }>(`
    select 'PostgreSQL ' || current_setting('server_version')
             || ', fsync=' || current_setting('fsync')
             || ', synchronous_commit=' || current_setting('synchronous_commit')
             || ', full_page_writes=' || current_setting('full_page_writes')
             || ', shared_buffers=' || current_setting('shared_buffers') as text`)
  return rows[0]?.text ?? ""
}
