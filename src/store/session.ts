import type pg from "pg"
import { ReadOnlyServer, UnfitDatabase } from "./errors.ts"

/** What a connection is for: `batches`, `lookups`, `views` and `upkeep` serve, `migrate` changes the schema, `tools` does the rest. */
export type Purpose = "batches" | "lookups" | "views" | "upkeep" | "migrate" | "tools"

/**
 * Something that the code takes for granted of its database. This list is the only one: what is in `asked` is sent
 * when a connection is opened, all of it is read back before the connection is used, and `doctor` prints it.
 */
interface Assumption {
  /** The setting's name in PostgreSQL. */
  readonly name: string
  readonly wanted: string
  /** What the server may answer, where that is not exactly `wanted`. */
  readonly accepts?: (found: string) => boolean
  /** True: the program asks for it; false: the server has to be so. */
  readonly asked: boolean
  /** Every purpose, if not given. */
  readonly purposes?: readonly Purpose[]
}

/** A batch that cannot get the row lock by then gives up and tries again. */
const LOCK_TIMEOUT = "5s"
/**
 * No statement of ours comes near this; one that does is stuck. A connection that has gone silent, as after a
 * power cut at the other end, is given up a second later, and until then its product waits.
 */
export const STATEMENT_TIMEOUT_SECONDS = 8
/** Frees the product's row when this process stops in the middle of a batch without dying. */
const IDLE_IN_TRANSACTION_TIMEOUT = "5s"
/** Oldest PostgreSQL whose SQL is enough. */
const OLDEST_SERVER = 15

const serving: readonly Purpose[] = ["batches", "lookups", "views", "upkeep"]

const ask = (name: string, wanted: string, more: Partial<Assumption> = {}): Assumption => ({
  name,
  wanted,
  asked: true,
  ...more,
})
const need = (name: string, wanted: string, more: Partial<Assumption> = {}): Assumption => ({
  name,
  wanted,
  asked: false,
  ...more,
})

const assumptions: readonly Assumption[] = [
  need("server_version", `${OLDEST_SERVER} or newer`, {
    accepts: (found) => Number.parseInt(found, 10) >= OLDEST_SERVER,
  }),
  // Other encodings cannot hold every name and text that the API takes.
  need("server_encoding", "UTF8"),
  // The driver asks for it by itself.
  need("client_encoding", "UTF8"),
  // How times are written; the parser in pool.ts refuses any other form.
  ask("timezone", "UTC"),
  ask("datestyle", "ISO", { accepts: (found) => found.startsWith("ISO") }),
  // How '-1 days 2 hours' is read.
  ask("intervalstyle", "postgres"),
  ask("standard_conforming_strings", "on"),
  // Rows are written from arrays in which NULL means null.
  ask("array_nulls", "on"),
  // A batch locks its product first and reads what the one before it has committed.
  ask("default_transaction_isolation", "read committed"),
  // Before 18 a plan node that is switched off but cannot be avoided costs so much that PostgreSQL compiles the
  // statement at each execution, which takes a hundred times longer than the statement.
  ask("jit", "off"),
  // The planner chooses by the size it believes a table to have, and a table that grows by thousands of
  // rows a second is believed small until the next ANALYZE: then every batch reads it whole, under the
  // product's lock, and so does every look-up. All statements but those of the recount name their rows,
  // and there is an index for each of them.
  ask("enable_seqscan", "off", { purposes: serving }),
  // Of a product's versions a batch wants the newest, which an index has first. Once ANALYZE has counted the few
  // products, the planner would rather read every version that an old transaction keeps, and sort them.
  ask("enable_bitmapscan", "off", { purposes: ["batches"] }),
  ask("enable_sort", "off", { purposes: ["batches"] }),
  // What a crash brings back is removed again, so removing need not make a sale's commits wait for the disk.
  ask("synchronous_commit", "off", { purposes: ["upkeep"] }),
  ask("statement_timeout", `${STATEMENT_TIMEOUT_SECONDS}s`, { purposes: serving }),
  // A migration takes as long as it takes.
  ask("statement_timeout", "0", { purposes: ["migrate", "tools"] }),
  ask("lock_timeout", LOCK_TIMEOUT, { purposes: serving }),
  ask("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT, { purposes: serving }),
]

function assumptionsFor(purpose: Purpose): readonly Assumption[] {
  return assumptions.filter(({ purposes }) => purposes?.includes(purpose) ?? true)
}

/**
 * The startup option `options` of a connection for `purpose`. `theirs`, the options of DATABASE_URL, come first:
 * of two that set the same, PostgreSQL takes the last.
 */
export function startupOptions(purpose: Purpose, theirs: string): string {
  const ours = assumptionsFor(purpose)
    .filter(({ asked }) => asked)
    .map(({ name, wanted }) => `-c ${name}=${wanted.replaceAll(/[\\ ]/g, String.raw`\$&`)}`)
  return [theirs, ...ours].filter((text) => text !== "").join(" ")
}

/** One assumption and what a session says about it. */
export interface Finding {
  readonly name: string
  readonly wanted: string
  /** "unknown": the server has no such setting. */
  readonly found: string
  readonly isMet: boolean
  /** True: the program asked for it when it connected. */
  readonly asked: boolean
}

/** What a session says about itself. */
export interface Session {
  readonly findings: readonly Finding[]
  /** Why it takes no writes; null: it takes them. */
  readonly readOnlyBecause: string | null
}

/** Asks an open connection for everything that the code takes for granted; one statement. */
export async function readSession(client: pg.ClientBase, purpose: Purpose): Promise<Session> {
  const wanted = assumptionsFor(purpose)
  const columns = wanted.map(({ name }) => `current_setting('${name}', true) as "${name}"`)
  const { rows } = await client.query<Record<string, string | null>>(
    `select ${columns.join(", ")}, ${readOnlyBecause} as "read only because"`,
  )
  const row = rows[0] ?? {}
  const findings = wanted.map(({ name, wanted, asked, accepts = (found) => found === wanted }) => {
    const found = row[name] ?? "unknown"
    return { name, wanted, found, isMet: accepts(found), asked }
  })
  return { findings, readOnlyBecause: row["read only because"] ?? null }
}

const readOnlyBecause = `
  case when pg_is_in_recovery() then 'it is a standby in recovery'
       when current_setting('transaction_read_only') = 'on' then 'default_transaction_read_only is on'
  end`

/**
 * Throws {@link ReadOnlyServer} or {@link UnfitDatabase}, with one line that says all that is wrong, when the
 * session is not what the code takes for granted.
 */
export async function checkSession(client: pg.ClientBase, purpose: Purpose): Promise<void> {
  const session = await readSession(client, purpose)
  const unmet = session.findings.filter(({ isMet }) => !isMet)
  if (unmet.length > 0) throw new UnfitDatabase(explainUnmet(unmet))
  if (session.readOnlyBecause !== null) throw new ReadOnlyServer(readOnlyText(session.readOnlyBecause))
}

/** Throws {@link ReadOnlyServer} when the server takes no writes at present. */
export async function checkWritable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ reason: string | null }>(`select ${readOnlyBecause} as reason`)
  const reason = rows[0]?.reason ?? null
  if (reason !== null) throw new ReadOnlyServer(readOnlyText(reason))
}

function readOnlyText(reason: string): string {
  return `The database takes no writes: ${reason}`
}

function explainUnmet(unmet: readonly Finding[]): string {
  const what = unmet
    .map(({ name, found, wanted }) => `${name} is ${found} and has to be ${wanted}`)
    .join("; ")
  const advice = unmet.some(({ asked }) => asked)
    ? ". The program asks for these settings when it connects, so a connection pooler on the way has dropped them: let it pass on the startup parameter options, or connect without it"
    : ""
  return `The database cannot be used: ${what}${advice}`
}
