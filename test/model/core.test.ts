import fc from "fast-check"
import { expect, test } from "vitest"
import { purchases, sale } from "./intents.ts"
import { playSale } from "./sale.ts"

/** The number of random commands, which take a quarter of a minute; DOORBUSTER_MODEL_COMMANDS sets another. */
const COMMANDS = Number(process.env["DOORBUSTER_MODEL_COMMANDS"] ?? 300_000)
const PURCHASES = Number(process.env["DOORBUSTER_MODEL_PURCHASES"] ?? 30_000)
/** The same seed plays the same sales. */
const SEED = Number(process.env["DOORBUSTER_MODEL_SEED"] ?? Date.now() % 2 ** 31)
/** Ten times the usual duration on two cores. */
const TIMEOUT_MS = Math.max(60_000, COMMANDS / 3)
/** Fewer commands than a sale has on average, so that the sales are enough. */
const COMMANDS_PER_SALE = 50

test(
  `${COMMANDS} random commands keep I1–I4, I6 and I8, and are answered as the reference says, seed ${SEED}`,
  () => {
    let played = 0
    // A failure prints seed, path and the shortest sale that still fails.
    fc.assert(
      fc.property(sale, (turns) => {
        if (played < COMMANDS) played += playSale(turns)
      }),
      { seed: SEED, numRuns: Math.ceil(COMMANDS / COMMANDS_PER_SALE) },
    )
    expect(played).toBeGreaterThanOrEqual(COMMANDS)
  },
  TIMEOUT_MS,
)

test(`${PURCHASES} random purchases end with every minor unit in a paid order or in a refund (I7)`, () => {
  let played = 0
  fc.assert(
    fc.property(purchases, (turns) => {
      played += playSale(turns)
    }),
    { seed: SEED, numRuns: PURCHASES },
  )
  expect(played).toBeGreaterThan(4 * PURCHASES)
}, 300_000)

test("events of one order that arrived in the same millisecond act in their order of arrival", () => {
  const early = {
    does: "pay",
    pick: 0,
    early: "by id",
    paymentId: null,
    amount: "unsaid",
    currency: null,
  } as const
  const turns = [
    [{ does: "hold", qty: 1, customer: null, code: null }],
    [{ ...early, kind: "failed" }],
    [{ ...early, kind: "succeeded" }],
    // The batch that makes the order names the second event as well.
    [
      { does: "order", pick: 0, tells: null },
      { does: "pay_again", pick: 1, altered: false },
    ],
  ] as const
  expect(playSale(turns.map((intents) => ({ pauseMs: 0, keyed: false, intents })))).toBe(5)
})
