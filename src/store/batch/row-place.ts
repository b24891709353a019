import type { WorkingSet } from "../../domain/working-set.ts"

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

const marks = new WeakMap<WorkingSet, string>()

/** Keeps the name of the transaction that loaded a set, under which it can be found afterwards. */
export function rememberMark(state: WorkingSet, mark: string): void {
  marks.set(state, mark)
}

export function markOf(state: WorkingSet): string {
  const mark = marks.get(state)
  if (mark === undefined) throw new Error(`product ${state.productId} was not loaded by a transaction`)
  return mark
}
