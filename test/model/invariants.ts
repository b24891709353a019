import assert from "node:assert/strict"
import { claimantsOf, customerOfClaimant } from "../../src/domain/claims.ts"
import type { Instant } from "../../src/domain/time.ts"
import type { MemoryDatabase } from "../support/memory-database.ts"
import { statusOf, type Reference } from "./reference.ts"

/** Recounts the database from its rows, and compares every row with the reference. */
export function assertInvariants(database: MemoryDatabase, reference: Reference, now: Instant): void {
  assertCounters(database, reference, now)
  assertEndings(database, reference, now)
  assertClaims(database, reference, now)
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
    sum(pending.map((order) => (order.expiresAt <= now ? order.qty : 0)))
  const counted = sum(active.map((hold) => hold.qty)) + sum(pending.map((order) => order.qty))
  assert.equal(held, counted, "I2: held")
  assert.equal(sold, sum(paid.map((order) => order.qty - order.restockedQty)), "I2: sold")
  assert.equal(sold, reference.sold(now), "I2: sold, by the reference")
  assert.equal(held - lapsed, reference.held(now), "I6: what is held beyond lapsed rows")
}

function assertEndings(database: MemoryDatabase, reference: Reference, now: Instant): void {
  assert.equal(database.holds.size, reference.holds.size)
  for (const hold of database.holds.values()) {
    const expected = reference.holds.get(hold.id)
    assert(expected !== undefined)
    const status = hold.status === "active" && hold.expiresAt <= now ? "expired" : hold.status
    if (status !== statusOf(expected, now)) assert.fail(`I3, I6: hold ${hold.id} is ${status}`)
    assert.equal(hold.expiresAt, expected.until)
  }
  assert.equal(database.orders.size, reference.orders.size)
  const used = new Set<number>()
  for (const order of database.orders.values()) {
    const expected = reference.orders.get(order.id)
    assert(expected !== undefined)
    const isOver = order.status === "pending_payment" && order.expiresAt <= now
    const status = isOver ? "expired" : order.status
    if (status !== statusOf(expected, now)) assert.fail(`I3, I6: order ${order.id} is ${status}`)
    const isSame =
      order.holdId === expected.holdId &&
      order.qty === expected.qty &&
      order.totalMinor === expected.total &&
      order.customerId === expected.customer &&
      order.expiresAt === expected.until &&
      order.late === expected.late
    if (!isSame) assert.fail(`order ${order.id}: ${JSON.stringify(order)}, not ${JSON.stringify(expected)}`)
    const { email = null, name = null } = database.details.get(order.id) ?? {}
    assert.equal(email !== null, expected.told.includes("email"), `I11: the address of order ${order.id}`)
    assert.equal(name !== null, expected.told.includes("name"), `I11: the name of order ${order.id}`)
    assert.equal(order.missingDetails?.length ?? 0, expected.lacks, `I11: what order ${order.id} lacks`)
    if (used.has(order.holdId)) assert.fail(`I3: hold ${order.holdId} became two orders`)
    used.add(order.holdId)
    assert.equal(database.holds.get(order.holdId)?.status, "converted", "I3")
  }
}

function assertClaims({ claims, holds, orders }: MemoryDatabase, reference: Reference, now: Instant): void {
  for (const { claimant, units, unitLimit } of claims.values()) {
    const customerId = customerOfClaimant(claimant)
    const ofClaim = [...holds.values(), ...orders.values()].filter((row) =>
      claimantsOf(row).includes(claimant),
    )
    const lapsed = sum(
      ofClaim
        .filter(
          ({ status, expiresAt }) =>
            (status === "active" || status === "pending_payment") && expiresAt <= now,
        )
        .map(({ qty }) => qty),
    )
    const owned = customerId === null ? reference.ownedBy(claimant, now) : reference.owned(customerId, now)
    assert.equal(units - lapsed, owned, `I8: units of ${claimant}`)
    assert(unitLimit === null || units <= unitLimit, `I8: ${claimant} has ${units} of ${unitLimit}`)
  }
}

function assertMoney(
  { events, payments, refunds, disputes, orders }: MemoryDatabase,
  reference: Reference,
): void {
  assert.equal(events.size, reference.events.size, "I4: events")
  for (const { key, outcome } of events.values()) {
    if (outcome !== reference.events.get(key)?.outcome) assert.fail(`I4: event ${key} is ${outcome}`)
  }
  const givenBack = assertRefunds(refunds, reference)
  const heldBack = assertDisputes(disputes, reference)
  const expected = new Map(reference.money.map((money) => [money.key, money]))
  assert.equal(payments.size, reference.money.length, "I7: payments")
  const paying = new Set<number>()
  for (const payment of payments.values()) {
    const { orderId, eventKey, amountMinor, currency } = payment
    const money = expected.get(eventKey)
    if (money === undefined) assert.fail(`I7: payment ${eventKey}`)
    const pays = payment.allocation === "order"
    const isSame =
      money.order === orderId &&
      money.amount === amountMinor &&
      money.currency === currency &&
      money.pays === pays &&
      reference.disputed(money) === payment.disputedMinor
    if (!isSame)
      assert.fail(`I7: payment ${eventKey}: ${JSON.stringify(payment)}, not ${JSON.stringify(money)}`)
    if (pays) {
      if (paying.has(orderId)) assert.fail(`I4: order ${orderId} is paid twice`)
      paying.add(orderId)
    }
    // Every minor unit of the payment is a part of the order's price, or is refunded.
    const { all, byItself } = givenBack.get(eventKey) ?? nothing
    assert.equal(payment.refundedMinor, all, "I7: the counter")
    assert.equal(payment.disputedMinor, heldBack.get(eventKey) ?? 0, "I7: disputed")
    assert(
      payment.refundedMinor + payment.disputedMinor <= amountMinor,
      "I7: more was refunded than was paid",
    )
    const kept = pays ? (orders.get(orderId)?.totalMinor ?? 0) : 0
    assert.equal(amountMinor - byItself, kept, "I7: a payment is the price of its order, or is refunded")
  }
  let paid = 0
  for (const order of orders.values()) {
    if (order.paidAt === null) continue
    paid += 1
    if (!paying.has(order.id)) assert.fail(`I4: nothing pays order ${order.id}`)
  }
  assert.equal(paying.size, paid, "I4: a payment is allocated to an order that is not paid")
}

/** The refunded amounts of a payment: of all refunds, and of those that the shop did not ask for. */
interface GivenBack {
  all: number
  byItself: number
}

const nothing: GivenBack = { all: 0, byItself: 0 }

/** Compares the refunds, and returns their sums by the key of the payment's event. */
function assertRefunds(refunds: MemoryDatabase["refunds"], reference: Reference): Map<string, GivenBack> {
  const expected = new Map(reference.refunds.map((refund) => [`${refund.order}-${refund.number}`, refund]))
  assert.equal(refunds.size, reference.refunds.length, "I7: refunds")
  const sums = new Map<string, GivenBack>()
  for (const refund of refunds.values()) {
    const { orderId, number, eventKey, amountMinor, reason, restockQty, notBefore, status, lastError } =
      refund
    const { providerRefundId, reversals } = refund
    const wanted = expected.get(`${orderId}-${number}`)
    if (wanted === undefined) assert.fail(`I7: refund ${orderId}-${number}`)
    const isSame =
      wanted.key === eventKey &&
      wanted.amount === amountMinor &&
      wanted.reason === reason &&
      wanted.restock === restockQty &&
      wanted.after === notBefore &&
      wanted.status === status &&
      wanted.name === providerRefundId &&
      wanted.reversals === reversals &&
      wanted.withheld === (lastError === "disputed")
    if (!isSame) assert.fail(`I7: refund: ${JSON.stringify(refund)}, not ${JSON.stringify(wanted)}`)
    const sum = sums.get(eventKey) ?? { ...nothing }
    sum.all += amountMinor
    if (reason !== "requested" && reason !== "elsewhere") sum.byItself += amountMinor
    sums.set(eventKey, sum)
  }
  return sums
}

/** Compares the disputes, and returns their sums by the key of the payment's event. */
function assertDisputes(disputes: MemoryDatabase["disputes"], reference: Reference): Map<string, number> {
  const expected = new Map(
    reference.disputes.map((dispute) => [`${dispute.of.key} ${dispute.name}`, dispute]),
  )
  assert.equal(disputes.size, reference.disputes.length, "I7: disputes")
  const sums = new Map<string, number>()
  for (const dispute of disputes.values()) {
    const { disputeId, eventKey, amountMinor, status, heldMinor } = dispute
    const wanted = expected.get(`${eventKey} ${disputeId}`)
    if (wanted?.claim !== amountMinor || ["open", "won", "lost"][wanted.said] !== status)
      assert.fail(`I7: dispute: ${JSON.stringify(dispute)}, not ${JSON.stringify(wanted)}`)
    sums.set(eventKey, (sums.get(eventKey) ?? 0) + heldMinor)
  }
  return sums
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
