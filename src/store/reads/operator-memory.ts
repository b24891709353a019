import { setTimeout as sleep } from "node:timers/promises"
import { NoConnection } from "../errors.ts"
import type { IdentifiedOperator } from "./operators.ts"

/**
 * The enabled operators, for identifying callers: however many requests come, they are read at most once a second, and not
 * at all while no request carries an operator's token or session.
 *
 * So what another process has changed, such as an operator that was disabled or a session that was ended, counts here after
 * a second, and after {@link LATEST_MS} at most while the database is slow. What this process has changed counts at once.
 */
export interface OperatorMemory {
  /**
   * Null: what is remembered is fresh. Otherwise resolves when it may be used; rejects if the operators cannot be read and
   * what is remembered is too old.
   */
  ready(): Promise<void> | null
  /** Finds an enabled operator by the SHA-256 of its token, in hexadecimal. */
  byToken(hash: string): IdentifiedOperator | undefined
  /** Finds an enabled operator by the SHA-256 of one of its open sessions. */
  bySession(hash: string): IdentifiedOperator | undefined
  /** Nothing that was read before now may be used: this process has changed the operators. */
  forget(): void
}

const FRESH_MS = 1_000
/** The longest time for which something that was read may be used. */
const LATEST_MS = 5_000
/** How long a request waits for the database before it uses what is remembered. */
const WAIT_MS = 300

/** Makes a memory of what `read` returns. `clock`: monotonic milliseconds. */
export function createOperatorMemory(
  read: () => Promise<readonly IdentifiedOperator[]>,
  clock: () => number = () => performance.now(),
): OperatorMemory {
  let byToken = new Map<string, IdentifiedOperator>()
  let bySession = new Map<string, IdentifiedOperator>()
  /** When the read began whose result is remembered: what is committed later may be missing in it. */
  let readAt = Number.NEGATIVE_INFINITY
  let changes = 0
  let reading: Promise<void> | null = null

  async function readOnce(): Promise<void> {
    const [begunAt, before] = [clock(), changes]
    const operators = await read()
    if (changes !== before) return
    byToken = new Map(operators.map((operator) => [operator.tokenHash, operator]))
    bySession = new Map(
      operators.flatMap((operator) => operator.sessionHashes.map((hash) => [hash, operator] as const)),
    )
    readAt = begunAt
  }

  function readAgain(): Promise<void> {
    reading ??= readOnce().finally(() => (reading = null))
    return reading
  }

  /** A read that began before a change of this process does not count, and is followed by another. */
  async function readUntilUsable(): Promise<void> {
    const begunAt = clock()
    do await readAgain()
    while (readAt === Number.NEGATIVE_INFINITY && clock() - begunAt < LATEST_MS)
    if (clock() - readAt >= LATEST_MS) throw new NoConnection("the operators were read too slowly")
  }

  return {
    ready() {
      const age = clock() - readAt
      if (age < FRESH_MS) return null
      if (age >= LATEST_MS - WAIT_MS) return readUntilUsable()
      const usable = readAgain().catch(() => undefined)
      return Promise.race([usable, sleep(WAIT_MS, undefined, { ref: false })])
    },
    byToken: (hash) => byToken.get(hash),
    bySession: (hash) => bySession.get(hash),
    forget() {
      changes += 1
      readAt = Number.NEGATIVE_INFINITY
    },
  }
}
