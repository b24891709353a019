import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import type { DisputeEvent } from "../../src/domain/payment.ts"
import { isRefusal } from "../../src/domain/refusals.ts"
import type { Refund } from "../../src/domain/refund.ts"
import type { PaymentProvider, RefundInstruction } from "../../src/payments/provider.ts"
import { sendRefunds } from "../../src/worker/refunds.ts"
import { disputeEventWith, eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { seededRandom } from "../support/random.ts"

const ROUNDS = 4
const ORDERS = 100
const QUANTITY = 3
/** An order with its payment. */
const CAPTURED = 9_999 * QUANTITY

interface Sold {
  readonly orderId: number
  readonly productId: number
  /** The amount of the chargeback; null if there is none. */
  readonly claim: number | null
}

/** A provider without checks: it refunds every request, each key once, and responds a moment later. */
function naiveBank() {
  const sent = new Map<string, RefundInstruction>()
  const provider: PaymentProvider = {
    name: "generic",
    async refund(order) {
      sent.set(order.idempotencyKey, order)
      await sleep(3)
      return { status: "confirmed", providerRefundId: null }
    },
  }
  const sentOf = (orderId: number) =>
    [...sent.values()].reduce((sum, order) => (order.orderId === orderId ? sum + order.amountMinor : sum), 0)
  return { provider, sentOf, count: () => sent.size }
}

// 400 orders at two servers. For each, two refunds of money and units race each other and, for most orders, a
// chargeback, and an operator retries withheld refunds. In every other round no refund is sent
// during the race, so that chargebacks and refunds can be compared with the payments at the end; in
// the others, workers send all the time, and the refunds sent before the chargeback must be recorded.
test(
  "two refunds racing, and a refund racing a chargeback: never more than was captured, never restocked twice (I2, I7)",
  { timeout: 120_000 },
  async () => {
    await using engine = await createTestEngine()
    await using other = await createTestEngine({}, engine.url)
    const random = seededRandom(20_261_128)
    const upTo = (most: number) => Math.floor(random() * (most + 1))
    const eitherOf = () => (random() < 0.5 ? engine : other)
    const bank = naiveBank()
    const outcomes = new Map<string, number>()
    const note = (what: string) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1)

    for (let round = 0; round < ROUNDS; round += 1) {
      const productId = await newProduct(engine, { stock: ORDERS * QUANTITY })
      const sold = await Promise.all(
        Array.from({ length: ORDERS }, async (_, index): Promise<Sold> => {
          const claim = index % 4 === 0 ? null : index % 4 === 1 ? upTo(CAPTURED) : CAPTURED
          return { orderId: await sell(engine, productId), productId, claim }
        }),
      )
      const isSentMeanwhile = round % 2 === 1
      const race = Promise.all(
        sold.map(async (one) => {
          const steps = [
            () => giveBack(eitherOf(), one, { amountMinor: upTo(CAPTURED), restockQty: upTo(2) }),
            () => giveBack(eitherOf(), one, { amountMinor: null, restockQty: upTo(QUANTITY) }),
            () => retry(eitherOf(), one, 1),
            () => retry(eitherOf(), one, 2),
            ...disputesOf(one).map((event) => () => dispute(eitherOf(), event)),
          ]
          const results = await Promise.all(
            steps.map(async (step) => {
              await sleep(upTo(20))
              return step()
            }),
          )
          results.forEach(note)
        }),
      )
      if (isSentMeanwhile) await Promise.all([engine, other].map((at) => sendUntil(race, at, bank.provider)))
      await race
      // An operator retries everything in the money inbox.
      const later = sold.flatMap((one) => [1, 2].map((number) => retry(eitherOf(), one, number)))
      for (const outcome of await Promise.all(later)) note(`later ${outcome}`)
      await Promise.all([sendAll(engine, bank.provider), sendAll(other, bank.provider)])

      const units = new Map<number, number>()
      for (const one of sold) {
        const { orderId, claim } = one
        const refunds = await engine.money.refundsOf(orderId)
        const restocked = refunds.reduce((sum, { restockQty }) => sum + restockQty, 0)
        units.set(orderId, restocked)
        expect(restocked).toBeLessThanOrEqual(QUANTITY)
        const hasTwice = bank.sentOf(orderId) + (claim ?? 0) > CAPTURED
        if (hasTwice) note("sent before")
        expect(hasTwice && !isSentMeanwhile).toBe(false)
        expect(bank.sentOf(orderId)).toBe(sumOf(refunds.filter(({ status }) => status === "confirmed")))
        expect((await engine.views.order(orderId))?.status).toMatch(/^(paid|refunded)$/)
        const { refundedMinor, disputedMinor } = await paymentOf(engine, orderId)
        expect(refundedMinor).toBe(sumOf(refunds))
        expect(disputedMinor).toBe(Math.min(claim ?? 0, CAPTURED - refundedMinor))
      }
      const back = [...units.values()].reduce((sum, count) => sum + count, 0)
      expect((await engine.views.product(productId))?.product.sold).toBe(ORDERS * QUANTITY - back)
    }

    // Every outcome must occur, or the race has tested too little.
    for (const what of [
      "refund",
      "payment_disputed",
      "refund_over_payment",
      "restock_over_order",
      "disputed",
      "sent before",
    ]) {
      expect.soft(outcomes.get(what) ?? 0, what).toBeGreaterThan(0)
    }
    expect.soft(outcomes.get("later payment_disputed") ?? 0).toBeGreaterThan(0)
    expect(bank.count()).toBeGreaterThan(ORDERS)
    expect(await differencesIn(engine.url)).toEqual([])
  },
)

async function sell(engine: TestEngine, productId: number): Promise<number> {
  const [holdId, orderId] = [await engine.ids.next("holds"), await engine.ids.next("orders")]
  const qty = QUANTITY
  await engine.lanes.submit({ kind: "place_hold", productId, holdId, qty, customerId: null })
  await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
  const event = eventWith({
    key: `key-${orderId}`,
    orderId,
    paymentId: `pay-${orderId}`,
    amountMinor: CAPTURED,
  })
  const outcome = await engine.paymentEvents.receive(event)
  if (isRefusal(outcome) || outcome.event.outcome !== "paid") throw new Error("it was not paid")
  return orderId
}

/** Sends a dispute event twice, in two messages with the same content. */
function disputesOf({ orderId, claim }: Sold): DisputeEvent[] {
  if (claim === null) return []
  const about = { paymentId: `pay-${orderId}`, disputeId: `dp-${orderId}`, amountMinor: claim }
  return ["created", "funds withdrawn"].map((word) =>
    disputeEventWith({ ...about, key: `dp-${orderId} ${word}` }),
  )
}

async function giveBack(
  engine: TestEngine,
  { orderId, productId }: Sold,
  what: { amountMinor: number | null; restockQty: number },
): Promise<string> {
  const { outcome } = await engine.lanes.submit({ kind: "refund_order", productId, orderId, ...what })
  return isRefusal(outcome) ? outcome.code : "refund"
}

async function retry(engine: TestEngine, { orderId, productId }: Sold, number: number): Promise<string> {
  const result = { status: "due" } as const
  const { outcome } = await engine.lanes.submit({ kind: "settle_refund", productId, orderId, number, result })
  return isRefusal(outcome) ? outcome.code : outcome.status
}

async function dispute(engine: TestEngine, event: DisputeEvent): Promise<string> {
  const outcome = await engine.paymentEvents.receive(event)
  return isRefusal(outcome) ? outcome.code : outcome.event.outcome
}

/** A worker that sends due refunds until the race is over. */
async function sendUntil(
  race: Promise<unknown>,
  engine: TestEngine,
  provider: PaymentProvider,
): Promise<void> {
  let isOver = false
  void race.then(() => (isOver = true))
  while (!isOver) {
    await sendAll(engine, provider)
    await sleep(1)
  }
}

async function sendAll(engine: TestEngine, provider: PaymentProvider): Promise<void> {
  while (await sendRefunds({ ...engine, providers: [provider] }));
}

async function paymentOf(engine: TestEngine, orderId: number) {
  const filter = { orderId, provider: null, outcome: null }
  const { rows } = await engine.lists.payments(filter, { after: null, limit: 2 })
  const [payment] = rows
  if (payment === undefined || rows.length > 1) throw new Error(`order ${orderId} has not one payment`)
  return payment
}

function sumOf(refunds: readonly Refund[]): number {
  return refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
}
