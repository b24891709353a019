import type { Logger } from "pino"
import type { Events } from "../events.ts"
import type { Lanes } from "../lanes/lanes.ts"
import type { PaymentDesk } from "../lanes/payment-desk.ts"
import { removeOldIdempotencyKeys } from "../store/housekeeping.ts"
import type { Database } from "../store/pool.ts"
import { verify } from "../store/verify.ts"
import { sweepDue } from "./expiry.ts"
import { startLoop } from "./loop.ts"

export interface WorkerParts {
  readonly database: Database
  readonly lanes: Lanes
  readonly desk: PaymentDesk
  readonly events: Events
  readonly log: Logger
}

/** A returned unit must show within a second; this leaves time for a slow sweep. */
const expiryPace = { pauseMs: 250 }
const parkedPace = { pauseMs: 1_000 }
const cleanupPace = { pauseMs: 10_000 }
/** On a large database a recount takes long; it must not take more than a twentieth of the time. */
const recountPace = { pauseMs: 60_000, restFactor: 20 }
const PARKED_AT_ONCE = 200

/**
 * Starts the background work: expiry, parked payment events, removal of old idempotency keys, and
 * the recount that feeds the invariant gauge. None of it is needed for correctness.
 */
export function startWorker({ database, lanes, desk, events, log }: WorkerParts): { stop(): Promise<void> } {
  const report = (task: string) => (error: unknown) =>
    log.warn({ err: error, task }, "Background task fails; it is tried again until it works.")
  const loops = [
    startLoop(
      expiryPace,
      async () => void (await sweepDue({ lanes, database, observer: events })),
      report("expiry"),
    ),
    startLoop(
      parkedPace,
      async () => void (await desk.applyParked(PARKED_AT_ONCE)),
      report("parked payment events"),
    ),
    startLoop(
      cleanupPace,
      async () => void (await removeOldIdempotencyKeys(database.views)),
      report("idempotency keys"),
    ),
    startLoop(recountPace, () => recount(database, events, log), report("recount")),
  ]
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}

async function recount(database: Database, events: Events, log: Logger): Promise<void> {
  const { violations } = await verify(database.views)
  events.invariantViolations(violations.length)
  for (const { invariant, productId, what } of violations) {
    log.error({ invariant, product_id: productId, what }, "An invariant does not hold.")
  }
}
