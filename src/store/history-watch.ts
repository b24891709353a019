import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { readDatabaseUrl } from "../base/database-url.ts"
import { connectionKinds, type ConnectionKind } from "./connection.ts"
import { isConnectionLoss } from "./errors.ts"
import type { Origin } from "./history.ts"
import type { Admit } from "./server-choice.ts"

/** How often a new connection is opened to every server of DATABASE_URL. */
const LOOK_EVERY_MS = 1_000
/** A server that freezes accepts connections and answers nothing. */
const ANSWER_WITHIN_MS = 2_000

/**
 * Makes the function that reads the origin of a server which takes writes: null if the server withholds it, as some hosted ones
 * do. Such a server is not asked again. Throws when the connection is lost.
 */
export function createOriginReader(): (client: pg.Client) => Promise<Origin | null> {
  const withholding = new Set<string>()
  return async (client) => {
    const server = `${client.host}:${client.port}`
    if (withholding.has(server)) return null
    try {
      const { rows } = await client.query<Origin>(readOrigin)
      return rows[0] ?? null
    } catch (error) {
      // Whatever the server says to the question, it can be sold with.
      if (!(error instanceof pg.DatabaseError) || isConnectionLoss(error)) throw error
      withholding.add(server)
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
 * reached or takes no writes is no news, and does not keep the program from looking at the others.
 */
export function watchHistory(url: string, admit: Admit): { stop(): void } {
  const watches = readDatabaseUrl(url).servers.map((server) =>
    watchServer(connectionKinds(server.url, admit)("lookups")),
  )
  return { stop: () => watches.forEach((watch) => watch.stop()) }
}

function watchServer({ Client, settings }: ConnectionKind): { stop(): void } {
  let timer: NodeJS.Timeout | null = null
  let underWay: pg.Client | null = null
  let isStopped = false

  async function look(): Promise<void> {
    const client = new Client({ ...settings, query_timeout: ANSWER_WITHIN_MS })
    underWay = client
    const isThere = await client.connect().then(
      () => true,
      () => false,
    )
    if (isThere)
      await Promise.race([
        client.end().catch(() => undefined),
        sleep(ANSWER_WITHIN_MS, undefined, { ref: false }),
      ])
    // Without an answer, a connection that is only ended would stay open.
    breakOff(client)
    underWay = null
    if (!isStopped) plan()
  }
  function plan(): void {
    timer = setTimeout(() => void look(), LOOK_EVERY_MS)
    timer.unref()
  }
  plan()
  return {
    stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      if (underWay !== null) breakOff(underWay)
    },
  }
}

function breakOff(client: pg.Client): void {
  // The driver has no method for this. The property is public, but missing from its types.
  const { connection } = client as pg.Client & { readonly connection: pg.Connection }
  connection.stream.destroy()
}
