import pg from "pg"
import type { DatabaseServer } from "../base/database-url.ts"
import { NoConnection } from "./errors.ts"
import { checkWritable } from "./session.ts"

/** How long one of several servers may take to say that it takes writes. */
const ANSWER_WITHIN_MS = 1_500

/** Finds the server for the next connection. Throws {@link NoConnection} when none takes writes. */
export type ServerChoice = () => Promise<DatabaseServer>

/**
 * Chooses among the servers of DATABASE_URL, as `target_session_attrs=read-write` does in libpq, which the driver
 * does not know: the one that was chosen last, as long as it takes writes, else the first in order that does.
 *
 * All are asked at once, so that a dead one costs its time-out only when it comes first. Calls that come while a
 * choice is being made share it. A choice may be old by the time of its use; the check of the new connection finds that.
 */
export function createServerChoice(servers: readonly DatabaseServer[]): ServerChoice {
  let order = servers
  let choosing: Promise<DatabaseServer> | null = null

  async function choose(): Promise<DatabaseServer> {
    const asked = order.map((server) => ({ server, problem: problemOf(server) }))
    const problems: string[] = []
    for (const { server, problem } of asked) {
      const found = await problem
      if (found === null) {
        order = [server, ...servers.filter((other) => other !== server)]
        return server
      }
      problems.push(`${server.name}: ${found}`)
    }
    throw new NoConnection(`no server of DATABASE_URL takes writes (${problems.join("; ")})`)
  }

  return () => (choosing ??= choose().finally(() => (choosing = null)))
}

/** Null: the server takes writes. */
async function problemOf({ url }: DatabaseServer): Promise<string | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "doorbuster choice",
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    // Instead of PGOPTIONS, which no connection of the program heeds.
    options: `-c statement_timeout=${ANSWER_WITHIN_MS}`,
  })
  // A connection that breaks fails the call that uses it.
  client.on("error", () => undefined)
  try {
    await client.connect()
    await checkWritable(client)
    return null
  } catch (error) {
    return messageOf(error)
  } finally {
    // Not awaited: the server may not answer.
    void client.end().catch(() => undefined)
  }
}

/** The message of an error; of several in one, all of them. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ")
  return error instanceof Error ? error.message : String(error)
}
