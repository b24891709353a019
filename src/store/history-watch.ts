import pg from "pg"
import { readDatabaseUrl } from "../base/database-url.ts"
import { connectionKinds } from "./connection.ts"
import type { Origin } from "./history.ts"
import type { Admit } from "./server-choice.ts"

/** How often a new connection is opened to every server of DATABASE_URL. */
const LOOK_EVERY_MS = 1_000

/** SQLSTATEs of a server that withholds its origin: not allowed, no such function, not supported. */
const withheld = new Set(["42501", "42883", "0A000"])

/**
 * Makes the function that reads the origin of a server which takes writes: null if the server withholds it, as some hosted ones
 * do. It is then not asked again. Throws when the connection is lost.
 */
export function createOriginReader(): (client: pg.ClientBase) => Promise<Origin | null> {
  let isWithheld = false
  return async (client) => {
    if (isWithheld) return null
    try {
      const { rows } = await client.query<Origin>(readOrigin)
      return rows[0] ?? null
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && withheld.has(error.code ?? ""))) throw error
      isWithheld = true
      return null
    }
  }
}

// The timeline comes from the write-ahead log: the control file names the old one until the first checkpoint after a
// promotion.
const readOrigin = `
  select system_identifier::text as system,
         ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer as timeline
    from pg_control_system()`

/**
 * Opens a connection to every server of `url` once a second, has it admitted, and closes it. The pools keep their
 * connections, and would not meet a second primary that a proxy leads only new connections to. A server that cannot be
 * reached or takes no writes is no news.
 */
export function watchHistory(url: string, admit: Admit): { stop(): void } {
  const servers = readDatabaseUrl(url).servers.map((server) => connectionKinds(server.url, admit)("lookups"))
  let timer: NodeJS.Timeout | null = null
  let isStopped = false

  async function look(): Promise<void> {
    await Promise.all(
      servers.map(async ({ Client, settings }) => {
        const client = new Client(settings)
        await client.connect().catch(() => undefined)
        // Not awaited: the server may not answer.
        void client.end().catch(() => undefined)
      }),
    )
    next()
  }
  function next(): void {
    if (isStopped) return
    timer = setTimeout(() => void look(), LOOK_EVERY_MS)
    timer.unref()
  }
  next()
  return {
    stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
