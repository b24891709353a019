import { countedBy, type Snapshot } from "./snapshot.ts"

/**
 * The newest numbers of every child, and what dead ones have counted. Counters of a whole must never
 * go back: a drop reads as a restart, and everything before it is counted twice.
 */
export interface Ledger {
  write(childId: number, snapshot: Snapshot): void
  /** Keeps what the child has counted, as far as it was told. */
  close(childId: number): void
  /** What the others have, `childId` left out. */
  othersOf(childId: number): Promise<Snapshot[]>
}

/** Nothing is known at first. */
export function createLedger(): Ledger {
  const newest = new Map<number, Snapshot>()
  let countedByDead = Promise.resolve<Snapshot>([])
  return {
    write: (childId, snapshot) => void newest.set(childId, snapshot),
    close(childId) {
      const last = newest.get(childId)
      if (last === undefined) return
      newest.delete(childId)
      countedByDead = countedByDead.then((before) => countedBy(before, last))
    },
    async othersOf(childId) {
      const living = [...newest].filter(([id]) => id !== childId).map(([, snapshot]) => snapshot)
      return [await countedByDead, ...living]
    },
  }
}
