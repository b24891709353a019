import { tracing } from "../base/tracing.ts"
import type { Command } from "../domain/commands.ts"
import type { BatchContext } from "./batch.ts"
import { createGroups, type GroupBounds } from "./groups.ts"
import { createLane, type LaneResult, type Lane, type LaneLimits } from "./lane.ts"

/** Every product's lane in this process. */
export interface Lanes {
  /** Runs a command in its product's lane. Rejects only with a fault of the program or the database. */
  submit<C extends Command>(command: C): Promise<LaneResult<C>>
  /** Commands waiting in all lanes. */
  readonly queued: number
  /** True while a submitted command is unanswered. */
  readonly busy: boolean
  /** Refuses new commands and resolves when all that were accepted are answered. */
  drain(): Promise<void>
}

/**
 * The limits of each lane of a process. A queue of 20,000 commands is a second or less of work on two cores,
 * and 20 MB at most; a batch of 1,000 holds the row for a few milliseconds.
 */
export const defaultLimits: LaneLimits = { queueLength: 20_000, batchSize: 1_000, waitMs: 5_000 }

/** Lanes that may be busy at one time. A limit, because requests for products that do not exist open lanes too. */
const BUSY_LANES = 10_000

/** Makes the lanes of a process: each when it is first needed, dropped when it is idle. */
export function createLanes(
  context: BatchContext,
  limits: LaneLimits = defaultLimits,
  groups?: GroupBounds,
): Lanes {
  const lanes = new Map<number, Lane>()
  const commit = createGroups(context, groups)
  let draining = false

  function laneOf(productId: number): Lane | null {
    const known = lanes.get(productId)
    if (known !== undefined) return known
    if (lanes.size >= BUSY_LANES) return null
    const lane = createLane((commands) => commit({ productId, commands }), limits)
    lanes.set(productId, lane)
    return lane
  }

  async function dropWhenIdle(productId: number, lane: Lane): Promise<void> {
    while (lane.busy) await lane.idle()
    lanes.delete(productId)
  }

  return {
    submit<C extends Command>(command: C) {
      const isNew = !lanes.has(command.productId)
      const lane = draining ? null : laneOf(command.productId)
      if (lane === null) {
        const refusal = { code: draining ? "unavailable" : "overloaded" } as const
        return Promise.resolve({ outcome: refusal, replayed: false })
      }
      tracing()?.sent(command)
      const answer = lane.submit(command)
      if (isNew) void dropWhenIdle(command.productId, lane)
      return answer
    },
    get queued() {
      let sum = 0
      for (const lane of lanes.values()) sum += lane.length
      return sum
    },
    get busy() {
      return lanes.size > 0
    },
    async drain() {
      draining = true
      await Promise.all([...lanes.values()].map((lane) => lane.idle()))
    },
  }
}
