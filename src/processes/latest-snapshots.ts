import { countedBy, type Snapshot } from "./snapshot.ts"

/**
 * The latest metrics of every child, and the counters of children that have died. The sum of a counter over all
 * children must never go down: Prometheus takes a drop for a restart and counts everything before it twice.
 */
export interface LatestSnapshots {
  save(childId: number, snapshot: Snapshot): void
  /** Keeps the counters of a child that has died, as of its last snapshot, and drops its gauges. */
  childDied(childId: number): void
  /** The snapshots of all children except `childId`, and the counters of dead ones. */
  othersOf(childId: number): Promise<Snapshot[]>
}

/** Starts without any snapshot. */
export function createLatestSnapshots(): LatestSnapshots {
  const latest = new Map<number, Snapshot>()
  let countedByDead = Promise.resolve<Snapshot>([])
  return {
    save: (childId, snapshot) => void latest.set(childId, snapshot),
    childDied(childId) {
      const last = latest.get(childId)
      if (last === undefined) return
      latest.delete(childId)
      countedByDead = countedByDead.then((before) => countedBy(before, last))
    },
    async othersOf(childId) {
      const living = [...latest].filter(([id]) => id !== childId).map(([, snapshot]) => snapshot)
      return [await countedByDead, ...living]
    },
  }
}
