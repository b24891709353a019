import { expect, test } from "vitest"
import type { PaymentOutcome } from "../../src/domain/payment.ts"
import { isRefusal } from "../../src/domain/refusals.ts"
import { createLog } from "../../src/base/log.ts"
import { startWorker } from "../../src/worker/worker.ts"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { seededRandom } from "../support/random.ts"

const ROUNDS = 10
const ORDERS = 1_000

// Most of 10,000 payments arrive within a few milliseconds of their orders' deadlines, at two servers, beside a
// worker that expires the orders and buyers who want the units that become available.
test(
  "a success that races its order's expiry pays the order or is refunded, and no unit is sold twice (I2, I7)",
  {
    timeout: 180_000,
  },
  async () => {
    await using engine = await createTestEngine({ paymentTtlSeconds: 1, latePaymentSeconds: 600 })
    await using other = await createTestEngine({ paymentTtlSeconds: 1, latePaymentSeconds: 600 }, engine.url)
    const retention = {
      holdRetentionDays: 0,
      eventRetentionDays: 0,
      outgoingRetentionDays: 0,
      detailsRetentionDays: 0,
    }
    const worker = startWorker({
      ...other,
      log: createLog("silent"),
      providers: [],
      retention,
      ways: { post: { allowPrivate: false } },
    })
    const random = seededRandom(20_261_121)
    const outcomes: Record<string, number> = {}
    let ordersSeen = 0

    for (let round = 0; round < ROUNDS; round += 1) {
      const productId = await newProduct(engine, { stock: ORDERS })
      const orders = await Promise.all(Array.from({ length: ORDERS }, () => placeOrder(engine, productId)))
      const results = await Promise.all(
        orders.map(async ({ id, expiresAt }) => {
          // The test and the database run on the same machine and share its clock.
          // A tenth comes earlier, so that some are in time on a slow machine as well.
          await until(random() < 0.1 ? expiresAt - random() * 300 : expiresAt - 3 + random() * 6)
          const [first, second] = random() < 0.5 ? [engine, other] : [other, engine]
          const [outcome] = await Promise.all([pay(first, id), grab(second, productId)])
          return outcome
        }),
      )
      for (const outcome of results) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      ordersSeen += orders.length
      const { rows } = await engine.database.views.query<{ wrong: number; sold: number }>(
        `select (select count(*) from orders o
                where o.product_id = $1
                  and (o.status = 'paid') = exists (
                      select from refunds r where r.order_id = o.id and r.product_id = o.product_id)) as wrong,
              (select sold from products where id = $1) as sold`,
        [productId],
      )
      expect(rows[0]?.wrong).toBe(0)
      expect(rows[0]?.sold).toBe(results.filter((outcome) => outcome.startsWith("paid")).length)
    }
    await worker.stop()

    expect(ordersSeen).toBe(ROUNDS * ORDERS)
    // Every outcome must occur, or the race has tested too little.
    expect(Object.keys(outcomes).sort()).toEqual(["paid", "paid late", "refund_due"])
    expect(await differencesIn(engine.url)).toEqual([])
  },
)

function until(moment: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - Date.now())))
}

async function placeOrder(engine: TestEngine, productId: number) {
  const holdId = await engine.ids.next("holds")
  const orderId = await engine.ids.next("orders")
  const hold = { kind: "place_hold", productId, holdId, qty: 1, customerId: null } as const
  const held = await engine.lanes.submit(hold)
  if (isRefusal(held.outcome)) throw new Error(held.outcome.code)
  const { outcome } = await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
  if (isRefusal(outcome)) throw new Error(outcome.code)
  return outcome.order
}

async function pay(engine: TestEngine, orderId: number): Promise<PaymentOutcome | "paid late"> {
  const event = eventWith({ key: `key-${orderId}`, orderId, paymentId: `pay-${orderId}` })
  const outcome = await engine.paymentEvents.receive(event)
  if (isRefusal(outcome)) throw new Error(outcome.code)
  return outcome.event.late ? "paid late" : outcome.event.outcome
}

/** A buyer who holds units that become available, if any do. */
async function grab(engine: TestEngine, productId: number): Promise<void> {
  const holdId = await engine.ids.next("holds")
  await engine.lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: null })
}
