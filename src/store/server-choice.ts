import pg from "pg"
import type { DatabaseServer } from "../base/database-url.ts"
import { NoConnection } from "./errors.ts"
import { checkWritable, type Purpose } from "./session.ts"

/** How long one of several servers may take to answer whether it takes writes. */
const ANSWER_WITHIN_MS = 1_500

/** Chooses the server for the next connection. Throws {@link NoConnection} if none takes writes. */
export type ServerChoice = () => Promise<DatabaseServer>

/** Is called with a connection whose server takes writes, and refuses it by throwing. No purpose: the server is only looked at. */
export type Admit = (client: pg.Client, purpose?: Purpose) => Promise<void>

/**
 * Chooses among the servers of DATABASE_URL like `target_session_attrs=read-write` in libpq, which the driver does not
 * support: the server that was chosen last if it still takes writes, else the first one in order that does.
 *
 * A server that `admit` refuses is passed over. All servers are asked at once, so a dead one costs its time-out only if
 * it comes first. Concurrent calls share one choice. If the chosen server stops taking writes before the connection is
 * open, the check of the connection finds it.
 */
export function createServerChoice(
  servers: readonly DatabaseServer[],
  admit: Admit = async () => undefined,
): ServerChoice {
  let order = servers
  let choosing: Promise<DatabaseServer> | null = null

  async function choose(): Promise<DatabaseServer> {
    const asked = order.map((server) => ({ server, problem: problemOf(server, admit) }))
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

/** Returns why the server cannot be used; null if it takes writes, and `admit` has not thrown. */
async function problemOf({ url }: DatabaseServer, admit: Admit): Promise<string | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "doorbuster choice",
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    // Given so that the driver does not read PGOPTIONS, which no connection of the program uses.
    options: `-c statement_timeout=${ANSWER_WITHIN_MS}`,
  })
  // Without a listener a broken connection would end the process. The call that uses it fails anyway.
  client.on("error", () => undefined)
  try {
    await client.connect()
    await checkWritable(client)
    await admit(client)
    return null
  } catch (error) {
    return messageOf(error)
  } finally {
    // Not awaited: the server may not answer.
    void client.end().catch(() => undefined)
  }
}

/** The message of an error; for an AggregateError, the messages of all its errors. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ")
  return error instanceof Error ? error.message : String(error)
}
