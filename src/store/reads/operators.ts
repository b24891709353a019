import type pg from "pg"
import type { OperatorKind, Permission } from "../../domain/operator.ts"
import type { Instant } from "../../domain/time.ts"
import { transaction, type Tx } from "../tx.ts"
import {
  changeOperator,
  disableOperator,
  enableOperator,
  findOperator,
  operatorColumns,
  refuseName,
  refuseOneMore,
  rotateToken,
  type Operator,
  type OperatorChanges,
  type OperatorRefusal,
} from "./operator-changes.ts"
import { deleteSession, deleteSessions, insertSession, type NewSession } from "./operator-sessions.ts"

/** A new operator. */
export type NewOperator = Permission & {
  readonly name: string
  readonly kind: OperatorKind
  /** SHA-256 of its token, in hexadecimal. */
  readonly tokenHash: string
}

/** An enabled operator with what identifies it: hashes in hexadecimal. */
export type IdentifiedOperator = Permission & {
  readonly id: number
  readonly name: string
  readonly kind: OperatorKind
  readonly tokenHash: string
  readonly sessionHashes: readonly string[]
}

/**
 * The operators. Changes take turns, and `by` names the operator who asks for one; null: ADMIN_TOKEN, a command, or open
 * mode. An operator who is no enabled owner any more when its turn comes changes nothing (`unauthorized`): of two owners
 * who disable each other, one succeeds.
 */
export interface Operators {
  add(operator: NewOperator, by: number | null): Promise<Operator | OperatorRefusal>
  /** Lists the enabled operators by id, then the disabled ones, the last disabled first; at most {@link MOST_LISTED}. */
  list(): Promise<Operator[]>
  /** The id of an operator; null: no operator has this name. Case does not matter. */
  idOf(name: string): Promise<number | null>
  /** The operator with this id; null: there is none. */
  find(id: number): Promise<Operator | null>
  /**
   * Gives it another name, or other rights, which count for its token and its open sessions. What is not given stays. Also
   * for a disabled operator, so that it can be enabled with less.
   */
  change(id: number, changes: OperatorChanges, by: number | null): Promise<Operator | OperatorRefusal>
  /** Ends its token and its sessions for good. Disabling a disabled operator changes nothing. */
  disable(id: number, by: number | null): Promise<Operator | OperatorRefusal>
  /** Lets a disabled operator in again, with a new token: the previous one may have been the reason to disable it. */
  enable(id: number, tokenHash: string, by: number | null): Promise<Operator | OperatorRefusal>
  /** Replaces its token, and ends its sessions. Of several rotations at once the last one counts. */
  rotate(id: number, tokenHash: string, by: number | null): Promise<Operator | OperatorRefusal>
  /** Ends all its sessions; its token goes on. */
  endSessions(id: number, by: number | null): Promise<Operator | OperatorRefusal>
  /**
   * Begins a session of `seconds`, and ends the operator's oldest ones beyond twenty. Returns its end; null:
   * the operator was disabled, or its token was replaced.
   */
  beginSession(session: NewSession): Promise<Instant | null>
  /** Ends a session, if there is one with this hash. */
  endSession(sessionHash: string): Promise<void>
  /** Lists the enabled operators, for the memory that identifies callers. */
  identified(): Promise<IdentifiedOperator[]>
  /** Notes that an operator was used now, unless that was noted within the last minute. */
  noteUse(id: number): Promise<void>
}

const MOST_LISTED = 1_000
/** Makes the operators over PostgreSQL; `onChange` is called after each change by this process. */
export function createOperators(pool: pg.Pool, onChange: () => void): Operators {
  async function change(by: number | null, work: (tx: Tx) => Promise<Operator | OperatorRefusal>) {
    const result = await transaction(pool, async (tx) => {
      await takeTurn(tx)
      return (await mayChange(tx, by)) ? await work(tx) : ({ code: "unauthorized" } as const)
    })
    onChange()
    return result
  }

  return {
    add: (operator, by) => change(by, (tx) => insertOperator(tx, operator)),
    list: () => listOperators(pool),
    idOf: (name) => findByName(pool, name),
    find: (id) => findOperator(pool, id),
    change: (id, changes, by) => change(by, (tx) => changeOperator(tx, id, changes)),
    enable: (id, tokenHash, by) => change(by, (tx) => enableOperator(tx, id, tokenHash)),
    disable: (id, by) => change(by, (tx) => disableOperator(tx, id)),
    rotate: (id, tokenHash, by) => change(by, (tx) => rotateToken(tx, id, tokenHash)),
    endSessions: (id, by) =>
      change(by, async (tx) => {
        await deleteSessions(tx, id)
        return (await findOperator(tx, id)) ?? { code: "operator_not_found" }
      }),
    async beginSession(session) {
      const endsAt = await transaction(pool, (tx) => insertSession(tx, session))
      onChange()
      return endsAt
    },
    async endSession(sessionHash) {
      // Anybody may ask to sign out: what ends nothing must not make this process read the operators again.
      if (await deleteSession(pool, sessionHash)) onChange()
    },
    identified: () => identifiedOperators(pool),
    noteUse: (id) => noteUse(pool, id),
  }
}

/** Reads go on meanwhile. Without turns two owners could disable each other, and the limit could be passed. */
async function takeTurn(tx: Tx): Promise<void> {
  await tx.query("lock table operators in share row exclusive mode")
}

async function mayChange(tx: Tx, by: number | null): Promise<boolean> {
  if (by === null) return true
  const { rows } = await tx.query({
    name: "operator-may-change",
    text: `
      select 1
        from operators
       where id = $1
         and role = 'owner'
         and disabled_at is null`,
    values: [by],
  })
  return rows.length > 0
}

async function insertOperator(tx: Tx, operator: NewOperator): Promise<Operator | OperatorRefusal> {
  const refusal = (await refuseOneMore(tx)) ?? (await refuseName(tx, { name: operator.name, id: null }))
  if (refusal !== null) return refusal
  const { rows } = await tx.query<{ id: number }>({
    name: "add-operator",
    text: `
      insert into operators (name, kind, role, scopes, token_hash, created_at)
      values ($1, $2, $3, $4, decode($5, 'hex'), date_trunc('milliseconds', clock_timestamp()))
      on conflict do nothing
      returning id`,
    values: [operator.name, operator.kind, operator.role, operator.scopes, operator.tokenHash],
  })
  const [added] = rows
  if (added === undefined) return { code: "operator_name_used" }
  return (await findOperator(tx, added.id)) ?? { code: "operator_not_found" }
}

async function listOperators(pool: pg.Pool): Promise<Operator[]> {
  const { rows } = await pool.query<Operator>({
    name: "list-operators",
    text: `
      select ${operatorColumns}
        from operators o
       order by disabled_at desc nulls first, id
       limit ${MOST_LISTED}`,
  })
  return rows
}

async function findByName(pool: pg.Pool, name: string): Promise<number | null> {
  const { rows } = await pool.query<{ id: number }>({
    name: "operator-of-name",
    text: `
      select id
        from operators
       where lower(name) = lower($1)`,
    values: [name],
  })
  return rows[0]?.id ?? null
}

async function identifiedOperators(pool: pg.Pool): Promise<IdentifiedOperator[]> {
  const { rows } = await pool.query<IdentifiedOperator>({
    name: "identified-operators",
    text: `
      select id, name, kind, role, scopes,
             encode(token_hash, 'hex') as "tokenHash",
             array(select encode(s.token_hash, 'hex')
                     from operator_sessions s
                    where s.operator_id = o.id
                      and s.ends_at > clock_timestamp()) as "sessionHashes"
        from operators o
       where disabled_at is null`,
  })
  return rows
}

async function noteUse(pool: pg.Pool, id: number): Promise<void> {
  await pool.query({
    name: "note-operator-use",
    text: `
      update operators
         set last_used_at = date_trunc('milliseconds', clock_timestamp())
       where id = $1
         and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute')`,
    values: [id],
  })
}
