import type { RunSettings } from "./trials/trial.ts"

/** Enough connections to keep every server busy, and as many as a batch needs to be worth its commit. */
const CONNECTIONS = 256

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

/** To see that it works, and roughly where one stands. */
export const quick: RunSettings = {
  ...full,
  rounds: 2,
  warmUpSeconds: 0.2,
  seconds: 0.6,
  drop: { rounds: 1, connections: 1_000, units: 100 },
}
