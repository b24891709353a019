import type { Time } from "./types.ts"

/** What an operator may do: each role may do what the one before may. */
export type Role = "viewer" | "support" | "manager" | "owner"

/** What a key may do for buyers, on the buyers' routes alone. */
export type Scope = "holds:write" | "orders:write"

/** A person may sign in to the control room with the token, a key may not. */
export type OperatorKind = "person" | "key"

/** A person or a key that may run the shop or speak for buyers. */
export interface Operator {
  readonly operator_id: number
  readonly name: string
  readonly kind: OperatorKind
  /** null: a key with scopes. */
  readonly role: Role | null
  /** null: the operator has a role. */
  readonly scopes: readonly Scope[] | null
  /** How many sessions of the control room are open. */
  readonly sessions: number
  readonly created_at: Time
  /** Up to a minute behind; null: never used. */
  readonly last_used_at: Time | null
  /** null: enabled. */
  readonly disabled_at: Time | null
}

/** The answer that shows an operator's token, once. */
export interface OperatorWithToken extends Operator {
  readonly token: string
}

/** A new operator: a person with a role, or a key with a role or with scopes. */
export interface NewOperatorBody {
  /** No other operator has it, or had it when the record of actions named it; case does not matter. */
  readonly name: string
  /** `"person"` if not given. */
  readonly kind?: OperatorKind | undefined
  readonly role?: Role | undefined
  readonly scopes?: readonly Scope[] | undefined
}

/** Changes of an operator; what is not given stays. A role replaces a key's scopes, and scopes its role. */
export interface OperatorChangesBody {
  readonly name?: string | undefined
  readonly role?: Role | undefined
  /** Only for a key. */
  readonly scopes?: readonly Scope[] | undefined
}
