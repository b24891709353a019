import type pg from "pg"
import type { OperatorKind, Permission } from "../../domain/operator.ts"
import type { Instant } from "../../domain/time.ts"
import type { Tx } from "../tx.ts"
import { deleteSessions } from "./operator-sessions.ts"

/** A person or a key. Its token is known to nobody but its bearer. */
export type Operator = Permission & {
  readonly id: number
  readonly name: string
  readonly kind: OperatorKind
  readonly createdAt: Instant
  /** At most a minute behind; null: never. */
  readonly lastUsedAt: Instant | null
  /** Null: enabled. */
  readonly disabledAt: Instant | null
  /** How many sessions of the control room are open. */
  readonly sessions: number
}

/** A new name, new rights, or both. */
export interface OperatorChanges {
  readonly name?: string | undefined
  readonly permission?: Permission | undefined
}

/** Why a change of operators was refused. */
export type OperatorRefusal =
  | { readonly code: "operator_not_found" }
  /** Also one whose own owner was disabled in this moment. */
  | { readonly code: "unauthorized" }
  | { readonly code: "operator_disabled" }
  | { readonly code: "operator_enabled" }
  | { readonly code: "operator_name_used" }
  | { readonly code: "too_many_operators"; readonly mostOperators: number }

/** Enabled operators; each process remembers all of them. */
const MOST_OPERATORS = 200

/** The columns of an operator `o`, under the names of their fields. */
export const operatorColumns = `
  id, name, kind, role, scopes,
  created_at as "createdAt",
  last_used_at as "lastUsedAt",
  disabled_at as "disabledAt",
  (select count(*)
     from operator_sessions s
    where s.operator_id = o.id
      and s.ends_at > clock_timestamp()) as sessions`

/** Finds an operator; null: there is none with this id. */
export async function findOperator(tx: Tx | pg.Pool, id: number): Promise<Operator | null> {
  const { rows } = await tx.query<Operator>({
    name: "find-operator",
    text: `
      select ${operatorColumns}
        from operators o
       where id = $1`,
    values: [id],
  })
  return rows[0] ?? null
}

/** Refuses one more enabled operator where there are {@link MOST_OPERATORS}; null: there is room. */
export async function refuseOneMore(tx: Tx): Promise<OperatorRefusal | null> {
  const { rows: counted } = await tx.query<{ count: number }>({
    name: "count-operators",
    text: `
      select count(*) as count
        from operators
       where disabled_at is null`,
  })
  const isFull = (counted[0]?.count ?? 0) >= MOST_OPERATORS
  return isFull ? { code: "too_many_operators", mostOperators: MOST_OPERATORS } : null
}

/**
 * Refuses a name for the operator `id` (null: for a new one) that another operator has, or under which the record of actions
 * names another one, who has been renamed since. Case does not matter. The record has no index by name: it is read whole,
 * which an owner waits for once in a while.
 */
export async function refuseName(
  tx: Tx,
  { name, id }: { readonly name: string; readonly id: number | null },
): Promise<OperatorRefusal | null> {
  const { rows } = await tx.query({
    name: "operator-name-used",
    text: `
      select 1
       where exists (select 1
                       from operators
                      where lower(name) = lower($1)
                        and id is distinct from $2)
          or exists (select 1
                       from admin_actions
                      where lower(operator_name) = lower($1)
                        and operator_id is distinct from $2)`,
    values: [name, id],
  })
  return rows.length === 0 ? null : { code: "operator_name_used" }
}

/** See `Operators.change`. */
export async function changeOperator(
  tx: Tx,
  id: number,
  { name, permission }: OperatorChanges,
): Promise<Operator | OperatorRefusal> {
  const refusal = name === undefined ? null : await refuseName(tx, { name, id })
  if (refusal !== null) return refusal
  await tx.query({
    name: "change-operator",
    text: `
      update operators
         set name = coalesce($2, name),
             role = case when $3 then $4 else role end,
             scopes = case when $3 then $5 else scopes end
       where id = $1`,
    values: [
      id,
      name ?? null,
      permission !== undefined,
      permission?.role ?? null,
      permission?.scopes ?? null,
    ],
  })
  return (await findOperator(tx, id)) ?? { code: "operator_not_found" }
}

/** See `Operators.disable`. */
export async function disableOperator(tx: Tx, id: number): Promise<Operator | OperatorRefusal> {
  await tx.query({
    name: "disable-operator",
    text: `
      update operators
         set disabled_at = date_trunc('milliseconds', clock_timestamp())
       where id = $1
         and disabled_at is null`,
    values: [id],
  })
  // Afterwards, because the update has waited for sessions that began before it.
  await deleteSessions(tx, id)
  return (await findOperator(tx, id)) ?? { code: "operator_not_found" }
}

/** See `Operators.enable`. */
export async function enableOperator(
  tx: Tx,
  id: number,
  tokenHash: string,
): Promise<Operator | OperatorRefusal> {
  const operator = await findOperator(tx, id)
  if (operator === null) return { code: "operator_not_found" }
  if (operator.disabledAt === null) return { code: "operator_enabled" }
  const refusal = await refuseOneMore(tx)
  if (refusal !== null) return refusal
  await giveToken(tx, id, tokenHash)
  return { ...operator, disabledAt: null }
}

/** See `Operators.rotate`. */
export async function rotateToken(
  tx: Tx,
  id: number,
  tokenHash: string,
): Promise<Operator | OperatorRefusal> {
  const operator = await findOperator(tx, id)
  if (operator === null) return { code: "operator_not_found" }
  if (operator.disabledAt !== null) return { code: "operator_disabled" }
  await giveToken(tx, id, tokenHash)
  await deleteSessions(tx, id)
  return { ...operator, sessions: 0 }
}

/** Gives a token to an operator, who is enabled from then on. */
async function giveToken(tx: Tx, id: number, tokenHash: string): Promise<void> {
  await tx.query({
    name: "give-operator-token",
    text: `
      update operators
         set disabled_at = null,
             token_hash = decode($2, 'hex')
       where id = $1`,
    values: [id, tokenHash],
  })
}
