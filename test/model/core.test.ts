import fc from "fast-check"
import { expect, test } from "vitest"
import { sale } from "./intents.ts"
import { playSale } from "./sale.ts"

/** Random commands in all; `npm test` must stay short. DOORBUSTER_MODEL_COMMANDS asks for more. */
const COMMANDS = Number(process.env["DOORBUSTER_MODEL_COMMANDS"] ?? 200_000)
/** Ten times what it takes on two cores. */
const TIMEOUT_MS = Math.max(60_000, COMMANDS / 2)
/** Fewer than a sale has on average. */
const COMMANDS_PER_SALE = 50

test(
  `${COMMANDS} random commands keep I1–I4, I6 and I8, and are answered as the reference says`,
  () => {
    let played = 0
    // A failure prints seed, path and the shortest sale that still fails.
    fc.assert(
      fc.property(sale, (turns) => {
        if (played < COMMANDS) played += playSale(turns)
      }),
      { numRuns: Math.ceil(COMMANDS / COMMANDS_PER_SALE) },
    )
    expect(played).toBeGreaterThanOrEqual(COMMANDS)
  },
  TIMEOUT_MS,
)
