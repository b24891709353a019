import { hash, randomBytes } from "node:crypto"
import type { IdentifiedOperator, Operators } from "../../store/reads/operators.ts"
import type { OperatorMemory } from "../../store/reads/operator-memory.ts"
import type { Instant } from "../../domain/time.ts"

/** The beginning of every operator's token, by which requests with one are recognised, and leaked ones by scanners. */
const TOKEN_PREFIX = "dbo1_"
/** The beginning of every session of an operator. Those of ADMIN_TOKEN begin with `dbs1.`. */
const SESSION_PREFIX = "dbs2."
const SECRET_BYTES = 32

/** Makes a new token. It is shown once: only its hash is stored. */
export function newOperatorToken(): { readonly token: string; readonly tokenHash: string } {
  const token = `${TOKEN_PREFIX}${randomBytes(SECRET_BYTES).toString("base64url")}`
  return { token, tokenHash: hashOf(token) }
}

/** Whether a text has the form of an operator's token. */
export function isOperatorToken(token: string): boolean {
  return token.startsWith(TOKEN_PREFIX)
}

/** Whether a text has the form of an operator's session. */
export function isOperatorSession(value: string): boolean {
  return value.startsWith(SESSION_PREFIX)
}

/** Whether a `Cookie` header may hold an operator's session. Cheap, because buyers' requests have cookies, too. */
export function mayHoldOperatorSession(cookie: string | undefined): boolean {
  return cookie !== undefined && cookie.includes(`=${SESSION_PREFIX}`)
}

/** Identifies operators by their tokens and sessions, and begins and ends their sessions. */
export interface OperatorAccess extends Pick<OperatorMemory, "ready"> {
  byToken(token: string): IdentifiedOperator | undefined
  bySession(value: string): IdentifiedOperator | undefined
  /** Begins a session of a person. Null: the token is nobody's, a key's, or was replaced in this moment. */
  signIn(token: string): Promise<OperatorSession | null>
  /** Ends a session, or with `everywhere` all sessions of its operator. */
  signOut(value: string, everywhere: boolean): Promise<void>
}

/** A new session, for its cookie. */
export interface OperatorSession {
  readonly value: string
  readonly endsAt: Date
  readonly name: string
}

/** How often the use of an operator is noted, in milliseconds. */
const NOTE_EVERY_MS = 60_000

export interface OperatorAccessParts {
  readonly memory: Pick<OperatorMemory, "ready" | "byToken" | "bySession">
  readonly operators: Pick<Operators, "beginSession" | "endSession" | "endSessions" | "noteUse">
  readonly sessionSeconds: number
  readonly onFailure: (error: unknown) => void
}

/**
 * Makes the way in for operators. Tokens and sessions are 256 random bits and are looked up by their SHA-256. A comparison in
 * constant time would protect nothing: the time of the look-up depends on the hash, of which a guesser chooses no digit. For
 * the same reason a fast hash is enough: there is no list of likely tokens to try.
 */
export function createOperatorAccess(parts: OperatorAccessParts): OperatorAccess {
  const { memory, operators, sessionSeconds, onFailure } = parts
  const noted = new Map<number, number>()

  /** The request does not wait for the note, and does not fail with it. */
  function used(operator: IdentifiedOperator | undefined): IdentifiedOperator | undefined {
    if (operator === undefined) return undefined
    const now = performance.now()
    if (now - (noted.get(operator.id) ?? Number.NEGATIVE_INFINITY) >= NOTE_EVERY_MS) {
      noted.set(operator.id, now)
      operators.noteUse(operator.id).catch(onFailure)
    }
    return operator
  }

  return {
    ready: () => memory.ready(),
    byToken: (token) => used(memory.byToken(hashOf(token))),
    bySession: (value) => used(memory.bySession(hashOf(value))),
    async signIn(token) {
      await memory.ready()
      const tokenHash = hashOf(token)
      const operator = memory.byToken(tokenHash)
      if (operator?.kind !== "person") return null
      const value = `${SESSION_PREFIX}${randomBytes(SECRET_BYTES).toString("base64url")}`
      const session = {
        operatorId: operator.id,
        tokenHash,
        sessionHash: hashOf(value),
        seconds: sessionSeconds,
      }
      const endsAt: Instant | null = await operators.beginSession(session)
      return endsAt === null ? null : { value, endsAt: new Date(endsAt), name: operator.name }
    },
    async signOut(value, everywhere) {
      if (!isOperatorSession(value)) return
      const operator = everywhere ? memory.bySession(hashOf(value)) : undefined
      await (operator === undefined
        ? operators.endSession(hashOf(value))
        : operators.endSessions(operator.id, null))
    },
  }
}

function hashOf(secret: string): string {
  return hash("sha256", secret, "hex")
}
