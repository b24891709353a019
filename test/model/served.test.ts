import fc from "fast-check"
import { expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { sale } from "./intents.ts"
import { playServedSale } from "./served-sale.ts"

/** The number of random commands; DOORBUSTER_SERVED_COMMANDS sets another. */
const COMMANDS = Number(process.env["DOORBUSTER_SERVED_COMMANDS"] ?? 1_500)
/** The same seed plays the same sales. */
const SEED = Number(process.env["DOORBUSTER_SERVED_SEED"] ?? Date.now() % 2 ** 31)
/** Far fewer commands than a sale has on average, so that the sales are enough by any seed. Those left over are not played. */
const COMMANDS_PER_SALE = 12
/** The longest time for which a failing sale is made shorter. */
const SHRINKING_MS = 20_000

test(
  `${COMMANDS} random commands over HTTP are answered as the reference says, seed ${SEED}`,
  async () => {
    await using app = await startTestApp()
    let played = 0
    let shrinksUntil = Infinity
    const property = fc.asyncProperty(sale, async (turns) => {
      if (played >= COMMANDS || performance.now() > shrinksUntil) return
      try {
        played += await playServedSale(
          app,
          turns.flatMap(({ intents }) => intents),
        )
      } catch (error) {
        shrinksUntil = Math.min(shrinksUntil, performance.now() + SHRINKING_MS)
        throw error
      }
    })
    const numRuns = Math.ceil(COMMANDS / COMMANDS_PER_SALE)
    const { failed, errorInstance, counterexample } = await fc.check(property, { seed: SEED, numRuns })
    if (failed) {
      const shortest = JSON.stringify(counterexample)
      throw new Error(`DOORBUSTER_SERVED_SEED=${SEED}: ${String(errorInstance)}\nshortest sale: ${shortest}`)
    }
    expect(played).toBeGreaterThanOrEqual(COMMANDS)
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  },
  120_000 + COMMANDS * 20,
)
