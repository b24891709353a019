import type pg from "pg"
import { searchPathIn } from "../base/database-url.ts"
import { ReadOnlyServer, UnfitDatabase } from "./errors.ts"

/** The use of a connection. The first four serve, `migrate` changes the schema, `tools` is for all other commands. */
export type Purpose = "batches" | "lookups" | "views" | "upkeep" | "migrate" | "tools"

/**
 * A setting of the session or the server on which the code relies. `assumptions` lists all of them. Those that are
 * `asked` are sent when a connection is opened; all are read back before the connection is used, and `doctor` prints
 * them.
 */
interface Assumption {
  /** The setting's name in PostgreSQL. */
  readonly name: string
  readonly wanted: string
  /** Whether a value is accepted; if absent, only `wanted` itself is. */
  readonly accepts?: (found: string) => boolean
  /** True: the program asks for this value when it connects; false: the server must have it already. */
  readonly asked: boolean
  /** The purposes for which it applies; if absent, all. */
  readonly purposes?: readonly Purpose[]
}

/** A batch that does not get the row lock within this time is rolled back and retried. */
const LOCK_TIMEOUT = "5s"
/**
 * Far above the time of any statement of the sale; one that takes so long is stuck. A connection whose server no longer
 * answers, as after a power cut, is closed a second later (pool.ts). Until then the batch's product waits.
 */
export const STATEMENT_TIMEOUT_SECONDS = 8
/** Releases the product's row lock when this process hangs in the middle of a batch. */
const IDLE_IN_TRANSACTION_TIMEOUT = "5s"
/** The oldest supported version of PostgreSQL. */
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
  // Other encodings cannot store every name and text that the API accepts.
  need("server_encoding", "UTF8"),
  // The driver itself asks for it.
  need("client_encoding", "UTF8"),
  // The form of times; the parser in pool.ts throws on any other form.
  ask("timezone", "UTC"),
  ask("datestyle", "ISO", { accepts: (found) => found.startsWith("ISO") }),
  // The meaning of the sign in '-1 days 2 hours'.
  ask("intervalstyle", "postgres"),
  ask("standard_conforming_strings", "on"),
  // Rows are written from arrays whose NULL elements stand for null.
  ask("array_nulls", "on"),
  // A batch locks its product, and then has to read what the batch before it has committed.
  // With a snapshot older than the lock, every batch that had to wait for the lock would fail and be retried.
  ask("default_transaction_isolation", "read committed"),
  // Before version 18, a plan node that is disabled but unavoidable gets a cost so high that PostgreSQL compiles the
  // statement at each execution, which takes a hundred times as long as the statement.
  ask("jit", "off"),
  // The planner chooses by its estimate of a table's size. A table that grows by thousands of rows a second is
  // estimated as small until the next ANALYZE, and until then every look-up and every batch, under its product's lock, would read
  // the whole table. All statements but those of the recount name their rows, and each has an index.
  ask("enable_seqscan", "off", { purposes: serving }),
  // A batch reads a product's newest row version, which comes first in an index. After ANALYZE has counted the few
  // products, the planner would instead read all the row versions that an old transaction keeps, and sort them.
  ask("enable_bitmapscan", "off", { purposes: ["batches"] }),
  ask("enable_sort", "off", { purposes: ["batches"] }),
  // A removal that a crash undoes is repeated, so removals need not wait for the disk.
  ask("synchronous_commit", "off", { purposes: ["upkeep"] }),
  ask("statement_timeout", `${STATEMENT_TIMEOUT_SECONDS}s`, { purposes: serving }),
  // The duration of a migration is not limited.
  ask("statement_timeout", "0", { purposes: ["migrate", "tools"] }),
  ask("lock_timeout", LOCK_TIMEOUT, { purposes: serving }),
  ask("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT, { purposes: serving }),
]

function assumptionsFor(purpose: Purpose, userOptions: string): readonly Assumption[] {
  const ours = assumptions.filter(({ purposes }) => purposes?.includes(purpose) ?? true)
  const path = searchPathIn(userOptions)
  // With another search path, one shop would sell the units of another in the same database.
  return path === null ? ours : [...ours, { name: "search_path", wanted: path, asked: true }]
}

/**
 * The startup parameter `options` of a connection for `purpose`. `userOptions`, the options of DATABASE_URL, come
 * first, because PostgreSQL takes the last value of a setting.
 */
export function startupOptions(purpose: Purpose, userOptions: string): string {
  const ours = assumptionsFor(purpose, "")
    .filter(({ asked }) => asked)
    .map(({ name, wanted }) => `-c ${name}=${wanted.replaceAll(/[\\ ]/g, String.raw`\$&`)}`)
  return [userOptions, ...ours].filter((text) => text !== "").join(" ")
}

/** An assumption with its value in a session. */
export interface Finding {
  readonly name: string
  readonly wanted: string
  /** "unknown": the server has no such setting. */
  readonly found: string
  readonly isMet: boolean
  /** True: the program asks for this value when it connects; false: the server must have it already. */
  readonly asked: boolean
}

/** The state of a session. */
export interface Session {
  readonly findings: readonly Finding[]
  /** Why the server takes no writes; null if it takes them. */
  readonly readOnlyBecause: string | null
}

/** Reads the state of an open connection, with one statement. `userOptions`: the options of DATABASE_URL. */
export async function readSession(
  client: pg.ClientBase,
  purpose: Purpose,
  userOptions = "",
): Promise<Session> {
  const wanted = assumptionsFor(purpose, userOptions)
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
 * Throws {@link UnfitDatabase} if the session does not meet an assumption, and {@link ReadOnlyServer} if the server
 * takes no writes. The message is one line and names every unmet assumption.
 */
export async function checkSession(client: pg.ClientBase, purpose: Purpose, userOptions = ""): Promise<void> {
  const session = await readSession(client, purpose, userOptions)
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
    ? ". Doorbuster sets them when it connects, so a connection pooler in between has dropped the startup parameter `options`: set DATABASE_POOLER=session if it is in session mode, or connect without it"
    : ""
  return `The database cannot be used: ${what}${advice}`
}
