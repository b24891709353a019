import { expect, test } from "vitest"
import { isRefusal } from "../../src/domain/refusals.ts"
import { startWorker } from "../../src/worker/worker.ts"
import { sweepDue } from "../../src/worker/expiry.ts"
import { createLog } from "../../src/base/log.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { seededRandom } from "../support/random.ts"

const HOLDS = 5_000
const TTL_MS = 1_000

// For each of 5,000 holds, its expiry races a release and an order at a random moment around it (A4).
test.each([
  ["with a worker", true],
  ["without a worker", false],
])("5,000 holds end exactly once each, %s", { timeout: 120_000 }, async (_, hasWorker) => {
  await using engine = await createTestEngine()
  await using other = await createTestEngine({}, engine.url)
  const random = seededRandom(20_261_127)
  const productId = await newProduct(engine, { stock: HOLDS, settings: { holdTtlSeconds: TTL_MS / 1000 } })
  const retention = {
    holdRetentionDays: 1,
    eventRetentionDays: 1,
    outgoingRetentionDays: 1,
    detailsRetentionDays: 1,
  }
  const worker = hasWorker
    ? startWorker({
        ...other,
        log: createLog("silent"),
        providers: [],
        retention,
        ways: { post: { allowPrivate: false } },
      })
    : null

  const endings = await Promise.all(
    Array.from({ length: HOLDS }, async () => {
      const hold = await placeHold(engine, productId)
      const moment = hold.createdAt + random() * TTL_MS * 1.5
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - Date.now())))
      // A release and an order at the same time, through the lanes of two engines.
      const [released, ordered] = await Promise.all([
        releaseHold(random() < 0.5 ? engine : other, productId, hold.id),
        placeOrder(random() < 0.5 ? other : engine, productId, hold.id),
      ])
      return { released, ordered }
    }),
  )
  await worker?.stop()
  await sweepDue({ ...engine, observer: engine.events })

  // No hold was both released and ordered, and each refusal names another ending.
  for (const { released, ordered } of endings) {
    expect([released, ordered]).toSatisfy(isOneEnding)
  }
  expect(new Set(endings.map(({ released, ordered }) => `${released} ${ordered}`)).size).toBeGreaterThan(2)
  expect(await differencesIn(engine.url)).toEqual([])
  expect(await endingsByStatus(engine)).toEqual({
    released: endings.filter(({ released }) => released === "released").length,
    converted: endings.filter(({ ordered }) => ordered === "ordered").length,
    expired: endings.filter(({ ordered, released }) => ordered !== "ordered" && released !== "released")
      .length,
  })
})

function isOneEnding([released, ordered]: string[]): boolean {
  return ["released hold_released", "hold_already_used ordered", "hold_expired hold_expired"].includes(
    `${released} ${ordered}`,
  )
}

async function placeHold(engine: TestEngine, productId: number) {
  const holdId = await engine.ids.next("holds")
  const { outcome } = await engine.lanes.submit({
    kind: "place_hold",
    productId,
    holdId,
    qty: 1,
    customerId: null,
  })
  if (isRefusal(outcome)) throw new Error(outcome.code)
  return outcome
}

async function releaseHold(engine: TestEngine, productId: number, holdId: number): Promise<string> {
  const { outcome } = await engine.lanes.submit({ kind: "release_hold", productId, holdId })
  return isRefusal(outcome) ? outcome.code : "released"
}

async function placeOrder(engine: TestEngine, productId: number, holdId: number): Promise<string> {
  const orderId = await engine.ids.next("orders")
  const { outcome } = await engine.lanes.submit({ kind: "place_order", productId, orderId, holdId })
  return isRefusal(outcome) ? outcome.code : "ordered"
}

async function endingsByStatus(engine: TestEngine): Promise<Record<string, number>> {
  const { rows } = await engine.database.views.query<{ status: string; count: number }>(
    "select status, count(*) as count from holds group by status",
  )
  return {
    released: 0,
    converted: 0,
    expired: 0,
    ...Object.fromEntries(rows.map((row) => [row.status, row.count])),
  }
}
