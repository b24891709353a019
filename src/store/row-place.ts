import type { WorkingSet } from "../domain/working-set.ts"

const places = new WeakMap<WorkingSet, string>()

/**
 * Keeps where the locked version of a set's product lies (`ctid`). While the lock is held nobody can
 * move it, so the update that follows need not look for it among all versions of the row.
 */
export function rememberPlace(state: WorkingSet, place: string): void {
  places.set(state, place)
}

export function placeOf(state: WorkingSet): string {
  const place = places.get(state)
  if (place === undefined) throw new Error(`product ${state.productId} is not locked`)
  return place
}

const transactions = new WeakMap<WorkingSet, string>()

/** Keeps the id of the transaction that loaded a set: PostgreSQL knows for long what became of it. */
export function rememberTransaction(state: WorkingSet, id: string): void {
  transactions.set(state, id)
}

export function transactionOf(state: WorkingSet): string {
  const id = transactions.get(state)
  if (id === undefined) throw new Error(`product ${state.productId} was not loaded by a transaction`)
  return id
}
