import assert from "node:assert/strict"
import type { Instant } from "../../src/domain/time.ts"
import type { MemoryDatabase } from "../support/memory-database.ts"
import { statusOf, type Reference } from "./reference.ts"

/** Recounts the database from its rows, and compares every row with the reference. */
export function assertInvariants(database: MemoryDatabase, reference: Reference, now: Instant): void {
  assertCounters(database, reference, now)
  assertEndings(database, reference, now)
  assertCustomers(database, reference, now)
  assertMoney(database, reference)
}

function assertCounters(database: MemoryDatabase, reference: Reference, now: Instant): void {
  const { product, holds, orders, adjustments } = database
  assert(product !== null)
  const { stock, held, sold } = product
  assert(held >= 0 && sold >= 0 && held + sold <= stock, `I1: stock ${stock}, held ${held}, sold ${sold}`)
  assert.equal(stock, reference.stock)
  assert.equal(
    stock,
    sum(adjustments.map((adjustment) => adjustment.stockAfter - adjustment.stockBefore)),
    "I1: adjustments add up to the stock",
  )

  const active = [...holds.values()].filter((hold) => hold.status === "active")
  const pending = [...orders.values()].filter((order) => order.status === "pending_payment")
  const paid = [...orders.values()].filter((order) => order.paidAt !== null)
  const lapsed =
    sum(active.map((hold) => (hold.expiresAt <= now ? hold.qty : 0))) +
    sum(pending.map((order) => (order.expiresAt <= now ? order.quantity : 0)))
  const counted = sum(active.map((hold) => hold.qty)) + sum(pending.map((order) => order.quantity))
  assert.equal(held, counted, "I2: held")
  assert.equal(sold, sum(paid.map((order) => order.quantity - order.restockedQty)), "I2: sold")
  assert.equal(sold, reference.sold(now), "I2: sold, by the reference")
  assert.equal(held - lapsed, reference.held(now), "I6: what is held beyond lapsed rows")
}

function assertEndings(database: MemoryDatabase, reference: Reference, now: Instant): void {
  assert.equal(database.holds.size, reference.holds.size)
  for (const hold of database.holds.values()) {
    const expected = reference.holds.get(hold.id)
    assert(expected !== undefined)
    const status = hold.status === "active" && hold.expiresAt <= now ? "expired" : hold.status
    assert.equal(status, statusOf(expected, now), `I3, I6: hold ${hold.id}`)
    assert.equal(hold.expiresAt, expected.until)
  }
  assert.equal(database.orders.size, reference.orders.size)
  const used = new Set<number>()
  for (const order of database.orders.values()) {
    const expected = reference.orders.get(order.id)
    assert(expected !== undefined)
    const isOver = order.status === "pending_payment" && order.expiresAt <= now
    assert.equal(isOver ? "expired" : order.status, statusOf(expected, now), `I3, I6: order ${order.id}`)
    assert.deepEqual(
      [order.holdId, order.quantity, order.totalMinor, order.customerId, order.expiresAt, order.late],
      [expected.holdId, expected.qty, expected.total, expected.customer, expected.until, expected.late],
    )
    assert(!used.has(order.holdId), `I3: hold ${order.holdId} became two orders`)
    used.add(order.holdId)
    assert.equal(database.holds.get(order.holdId)?.status, "converted", "I3")
  }
}

function assertCustomers(
  { customers, holds, orders }: MemoryDatabase,
  reference: Reference,
  now: Instant,
): void {
  for (const { customerId, units, unitLimit } of customers.values()) {
    const lapsed =
      sum(
        [...holds.values()].map((hold) =>
          hold.customerId === customerId && hold.status === "active" && hold.expiresAt <= now ? hold.qty : 0,
        ),
      ) +
      sum(
        [...orders.values()].map((order) =>
          order.customerId === customerId && order.status === "pending_payment" && order.expiresAt <= now
            ? order.quantity
            : 0,
        ),
      )
    assert.equal(units - lapsed, reference.owned(customerId, now), `I8: units of ${customerId}`)
    assert(unitLimit === null || units <= unitLimit, `I8: ${customerId} has ${units} of ${unitLimit}`)
  }
}

function assertMoney(
  { events, payments, refunds, disputes, orders }: MemoryDatabase,
  reference: Reference,
): void {
  assert.deepEqual(
    [...events.values()].map((event) => `${event.key} ${event.outcome}`).sort(),
    [...reference.events.values()].map(({ event, outcome }) => `${event.key} ${outcome}`).sort(),
    "I4",
  )
  assert.deepEqual(
    [...payments.values()]
      .map(
        (payment) =>
          `${payment.orderId} ${payment.eventKey} ${payment.amountMinor} ${payment.currency} ${payment.allocation === "order"} disputed ${payment.disputedMinor}`,
      )
      .sort(),
    reference.money
      .map(
        (money) =>
          `${money.order} ${money.key} ${money.amount} ${money.currency} ${money.pays} disputed ${reference.disputed(money)}`,
      )
      .sort(),
    "I7",
  )
  const paying = [...payments.values()].filter((payment) => payment.allocation === "order")
  assert.deepEqual(
    [...refunds.values()]
      .map(
        (refund) =>
          `${refund.orderId}-${refund.number} ${refund.eventKey} ${refund.amountMinor} ${refund.reason} ${refund.restockQty} ${refund.notBefore} ${refund.status} ${refund.lastError === "disputed"}`,
      )
      .sort(),
    reference.refunds
      .map(
        (refund) =>
          `${refund.order}-${refund.number} ${refund.key} ${refund.amount} ${refund.reason} ${refund.restock} ${refund.after} ${refund.status} ${refund.withheld}`,
      )
      .sort(),
    "I7: refunds",
  )
  assert.deepEqual(
    [...disputes.values()]
      .map((dispute) => `${dispute.disputeId} ${dispute.eventKey} ${dispute.amountMinor} ${dispute.status}`)
      .sort(),
    reference.disputes
      .map(({ name, of, claim, said }) => `${name} ${of.key} ${claim} ${["open", "won", "lost"][said]}`)
      .sort(),
    "I7: disputes",
  )
  // Every minor unit that came is an order's price, or goes back.
  for (const payment of payments.values()) {
    const of = [...refunds.values()].filter((refund) => refund.eventKey === payment.eventKey)
    assert.equal(payment.refundedMinor, sum(of.map((refund) => refund.amountMinor)), "I7: the counter")
    const held = [...disputes.values()].filter((dispute) => dispute.eventKey === payment.eventKey)
    assert.equal(payment.disputedMinor, sum(held.map((dispute) => dispute.heldMinor)), "I7: disputed")
    assert(payment.refundedMinor + payment.disputedMinor <= payment.amountMinor, "I7: more went than came")
    const byItself = sum(of.map((refund) => (refund.reason === "requested" ? 0 : refund.amountMinor)))
    const kept = payment.allocation === "order" ? (orders.get(payment.orderId)?.totalMinor ?? 0) : 0
    assert.equal(payment.amountMinor - byItself, kept, "I7: what came is kept as a price or goes back")
  }
  const paid = [...orders.values()].filter((order) => order.paidAt !== null)
  assert.deepEqual(
    numbers(paying.map((payment) => payment.orderId)),
    numbers(paid.map((order) => order.id)),
    "I4",
  )
}

function numbers(unsorted: readonly number[]): number[] {
  return [...unsorted].sort((a, b) => a - b)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
