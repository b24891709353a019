import type { RunSettings } from "./trials/trial.ts"

/** Enough connections to keep every server busy and to fill batches. */
const CONNECTIONS = 256

/** The settings of a full run, about 25 minutes. */
export const full: RunSettings = {
  rounds: 5,
  connections: CONNECTIONS,
  warmUpSeconds: 1,
  seconds: 4,
  openLoop: { rounds: 5, seconds: 6, connections: 1_000 },
  drop: { rounds: 3, connections: 15_000, units: 1_000 },
  overload: { calmSeconds: 10, overloadSeconds: 60, connections: 2_000 },
  aged: { endedHolds: 10_000_000, openTransactionSeconds: 300 },
}

/** The settings of --quick: rough figures in about 45 seconds. */
export const quick: RunSettings = {
  ...full,
  rounds: 2,
  warmUpSeconds: 0.2,
  seconds: 0.6,
  drop: { rounds: 1, connections: 1_000, units: 100 },
}
