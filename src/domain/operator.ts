/**
 * What operators may do, as a ladder: each role may do what the one before it may. A ladder is easy to check for the shop
 * that gives the roles, and a route names one word.
 *
 * `viewer` sees products, sales and the record of actions, but no data of buyers, which the messages of payment providers may
 * have, too. `support` also searches and sees orders, holds and the money inbox, and cancels, releases and refunds. `manager` also changes products, their stock and their
 * content, and pauses sales. `owner` may do everything: webhook endpoints, the shop's settings, erasing, operators.
 */
export const roles = ["viewer", "support", "manager", "owner"] as const

/** What an operator may do in the control room and on the admin routes. */
export type Role = (typeof roles)[number]

/** True if `role` may do what `needed` may. */
export function mayActAs(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

/**
 * What a key of the shop's server may do for buyers, on the buyers' routes alone: `holds:write` places, reads and releases
 * holds; `orders:write` makes, reads, changes and cancels orders, and opens their payments.
 */
export const scopes = ["holds:write", "orders:write"] as const

/** See {@link scopes}. */
export type Scope = (typeof scopes)[number]

/** A person, who may sign in to the control room, or a program, which may not. */
export const operatorKinds = ["person", "key"] as const

export type OperatorKind = (typeof operatorKinds)[number]

/** What a person or a key may do: a role, or for a key instead some scopes. */
export type Permission =
  | { readonly role: Role; readonly scopes: null }
  | { readonly role: null; readonly scopes: readonly Scope[] }

/** The name under which ADMIN_TOKEN stands in the record of actions. No operator can have it. */
export const OWNER_NAME = "owner"

/** Longest name, in UTF-16 units. */
export const LONGEST_NAME = 60

/** What is wrong with the name of a new operator, to follow "the name"; null: nothing. */
export function nameFault(name: string): string | null {
  if (name.trim() !== name || name === "") return "must begin and end with a visible character"
  // Such as a zero-width space, with which one name looks like another.
  if (/\p{C}/u.test(name)) return "must have visible characters only"
  if (name.length > LONGEST_NAME) return `must have at most ${LONGEST_NAME} characters`
  return name.toLowerCase() === OWNER_NAME ? `must not be ${OWNER_NAME}, which stands for ADMIN_TOKEN` : null
}

/** What an operator is to be. */
export interface WantedOperator {
  readonly kind: OperatorKind
  readonly role?: Role | undefined
  readonly scopes?: readonly Scope[] | undefined
}

/** What an operator of this kind may do; a text that says what is wrong where the kind cannot have it. */
export function permissionOf({ kind, role, scopes: wanted }: WantedOperator): Permission | string {
  if (role !== undefined && wanted !== undefined) return "a role and scopes exclude each other"
  if (role !== undefined) return { role, scopes: null }
  if (wanted !== undefined && kind === "key")
    return { role: null, scopes: scopes.filter((scope) => wanted.includes(scope)) }
  return kind === "key" ? "a key needs a role or scopes" : "a person needs a role, and cannot have scopes"
}
