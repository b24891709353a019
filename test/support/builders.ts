import type { AccessCode } from "../../src/domain/access.ts"
import type { PlaceHold } from "../../src/domain/commands.ts"
import type { Dispute } from "../../src/domain/dispute.ts"
import type { Hold } from "../../src/domain/hold.ts"
import type { Order } from "../../src/domain/order.ts"
import type { DisputeEvent, Payment, PaymentEvent, PaymentEventRecord } from "../../src/domain/payment.ts"
import type { Refund } from "../../src/domain/refund.ts"
import { noShopFields } from "../../src/domain/shop-fields.ts"
import type { Product } from "../../src/domain/product.ts"
import { instant, later, type Instant } from "../../src/domain/time.ts"
import { emptyWorkingSet, type ClaimUnits, type WorkingSet } from "../../src/domain/working-set.ts"

/** The time of most tests. */
export const NOON = instant(Date.parse("2026-11-27T12:00:00.000Z"))
/** One millisecond, the smallest step of an instant, in seconds. */
export const TICK = 0.001
/** The installation's time limits in tests, in seconds. */
export const RULES = { holdTtlSeconds: 120, paymentTtlSeconds: 300, latePaymentSeconds: 600 }
const PRODUCT_ID = 1

/** The moment `seconds` after noon; before it, when negative. */
export function afterNoon(seconds: number): Instant {
  return later(NOON, seconds)
}

/** Product 1: 10 units at 99.99 EUR, on sale without limits. */
export function productWith(given: Partial<Product> = {}): Product {
  return {
    id: PRODUCT_ID,
    stock: 10,
    held: 0,
    sold: 0,
    version: 7,
    variants: null,
    name: "Lamp",
    description: null,
    imageUrl: null,
    priceMinor: 9_999,
    currency: "EUR",
    opensAt: null,
    closesAt: null,
    paused: false,
    maxPerHold: null,
    maxPerCustomer: null,
    holdTtlSeconds: null,
    collect: null,
    status: "listed",
    sku: null,
    externalId: null,
    stockDisplay: "exact",
    customer: "any",
    phases: null,
    createdAt: afterNoon(-3_600),
    updatedAt: afterNoon(-3_600),
    ...given,
  }
}

/** Hold 1: 2 units, active for another minute, without a customer. */
export function holdWith(given: Partial<Hold> = {}): Hold {
  return {
    id: 1,
    productId: PRODUCT_ID,
    qty: 2,
    status: "active",
    expiresAt: afterNoon(60),
    createdAt: afterNoon(-60),
    endedAt: given.status === undefined || given.status === "active" ? null : afterNoon(-30),
    customerId: null,
    claimants: null,
    lines: null,
    unitPriceMinor: 9_999,
    currency: "EUR",
    ...noShopFields,
    ...given,
  }
}

/** Order 11, made from hold 1: 2 units for 199.98 EUR, to be paid within ten minutes. */
export function orderWith(given: Partial<Order> = {}): Order {
  return {
    id: 11,
    productId: PRODUCT_ID,
    holdId: 1,
    customerId: null,
    claimants: null,
    qty: 2,
    lines: null,
    unitPriceMinor: 9_999,
    totalMinor: 19_998,
    currency: "EUR",
    status: "pending_payment",
    origin: "buyer",
    expiresAt: afterNoon(600),
    paidAt: given.status === "paid" || given.status === "refunded" ? afterNoon(-30) : null,
    late: false,
    restockedQty: 0,
    refundCount: 0,
    paymentAttempts: 0,
    attempt: null,
    awaited: false,
    missingDetails: null,
    language: null,
    createdAt: afterNoon(-60),
    updatedAt: afterNoon(-60),
    ...noShopFields,
    ...given,
  }
}

/** A success for order 11 with the required fields only. The fingerprint is derived from the content. */
export function eventWith(given: Partial<PaymentEvent> = {}): PaymentEvent {
  const content = {
    provider: "generic",
    key: "key-1",
    kind: "succeeded" as const,
    orderId: 11,
    paymentId: null,
    amountMinor: null,
    currency: null,
    holdId: null,
    productId: null,
    quantity: null,
    ...given,
  }
  return { fingerprint: JSON.stringify(content), disputeId: null, ...content }
}

/** The event that opens dispute `dp-1` of payment `pay-1`, without an amount. */
export function disputeEventWith(given: Partial<DisputeEvent> = {}): DisputeEvent {
  const content = {
    provider: "generic",
    key: `${given.disputeId ?? "dp-1"} ${given.kind ?? "dispute_opened"}`,
    kind: "dispute_opened" as const,
    paymentId: "pay-1",
    disputeId: "dp-1",
    amountMinor: null,
    currency: null,
    ...given,
  }
  const nothing = { orderId: null, holdId: null, productId: null, quantity: null }
  return { fingerprint: JSON.stringify(content), ...nothing, ...content }
}

/** An event that is parked in the inbox until its order exists. */
export function parkedEvent(
  given: Partial<Extract<PaymentEventRecord, { disputeId: null }>> = {},
): PaymentEventRecord {
  return { ...eventWith(given), ...waiting, ...given }
}

/** A dispute event that is parked in the inbox until its payment exists. */
export function parkedDispute(
  given: Partial<Extract<PaymentEventRecord, { disputeId: string }>> = {},
): PaymentEventRecord {
  return { ...disputeEventWith(given), ...waiting, ...given }
}

const waiting = {
  outcome: "parked",
  appliedOrderId: null,
  orderStatus: null,
  late: false,
  receivedAt: afterNoon(-10),
  appliedAt: null,
  returnedAt: null,
} as const

/** The payment `pay-1` that pays order 11. */
export function paymentWith(given: Partial<Payment> = {}): Payment {
  return {
    productId: PRODUCT_ID,
    orderId: 11,
    provider: "generic",
    eventKey: "first-key",
    paymentId: "pay-1",
    amountMinor: 19_998,
    currency: "EUR",
    allocation: "order",
    refundedMinor: 0,
    disputedMinor: 0,
    receivedAt: afterNoon(-30),
    ...given,
  }
}

/** Refund 1 of order 11: all of payment `pay-1`, requested by the shop. */
export function refundWith(given: Partial<Refund> = {}): Refund {
  return {
    productId: PRODUCT_ID,
    orderId: 11,
    number: 1,
    provider: "generic",
    eventKey: "first-key",
    paymentId: "pay-1",
    amountMinor: 19_998,
    currency: "EUR",
    reason: "requested",
    restockQty: 0,
    status: "due",
    notBefore: afterNoon(-10),
    attempts: 0,
    lastError: null,
    providerRefundId: null,
    reversals: 0,
    createdAt: afterNoon(-10),
    updatedAt: afterNoon(-10),
    ...given,
  }
}

/** Dispute `dp-1` of payment `pay-1`: open, about all of it. */
export function disputeWith(given: Partial<Dispute> = {}): Dispute {
  return {
    productId: PRODUCT_ID,
    orderId: 11,
    provider: "generic",
    disputeId: "dp-1",
    eventKey: "first-key",
    paymentId: "pay-1",
    amountMinor: 19_998,
    currency: "EUR",
    heldMinor: 19_998,
    status: "open",
    createdAt: afterNoon(-10),
    updatedAt: afterNoon(-10),
    ...given,
  }
}

/** The rows that {@link stateWith} puts into a working set. */
export interface Given {
  /** Null: the product does not exist. `held` and `sold` count units of rows that are not loaded. */
  readonly product?: Partial<Product> | null
  readonly holds?: readonly Hold[]
  readonly orders?: readonly Order[]
  readonly claims?: readonly ClaimUnits[]
  readonly accessCodes?: readonly AccessCode[]
  readonly events?: readonly PaymentEventRecord[]
  readonly payments?: readonly Payment[]
  readonly refunds?: readonly Refund[]
  readonly disputes?: readonly Dispute[]
  readonly nextDeadline?: Instant
}

/** A working set as the store would load it: the counters are derived from the rows. */
export function stateWith(given: Given = {}): WorkingSet {
  const { product = {}, holds = [], orders = [], claims = [], events = [], payments = [] } = given
  const state = emptyWorkingSet(PRODUCT_ID, RULES)
  if (product !== null) {
    const active = sum(holds.map((hold) => (hold.status === "active" ? hold.qty : 0)))
    const pending = sum(orders.map((order) => (order.status === "pending_payment" ? order.qty : 0)))
    const paid = sum(orders.map((order) => (order.paidAt === null ? 0 : order.qty - order.restockedQty)))
    state.product = productWith({
      ...product,
      held: (product.held ?? 0) + active + pending,
      sold: (product.sold ?? 0) + paid,
    })
    state.loadedProduct = state.product
  }
  for (const hold of holds) state.holds.load(hold)
  for (const order of orders) {
    state.orders.load(order)
    state.orderIdByHold.set(order.holdId, order.id)
  }
  for (const claim of claims) state.claims.load(claim)
  for (const code of given.accessCodes ?? []) state.accessCodes.set(code.claimant, code)
  for (const event of events) state.events.load(event)
  for (const payment of payments) state.payments.load(payment)
  for (const refund of given.refunds ?? []) state.refunds.load(refund)
  for (const dispute of given.disputes ?? []) state.disputes.load(dispute)
  state.nextDeadline = given.nextDeadline ?? null
  return state
}

/** The command that holds units; the hold's id is 100 unless given. */
export function askFor(qty: number, given: Partial<PlaceHold> = {}): PlaceHold {
  return { kind: "place_hold", productId: PRODUCT_ID, holdId: 100, qty, customerId: null, ...given }
}

/** The product's counters, which the invariants are about. */
export function counters(state: WorkingSet): { held: number; sold: number } | null {
  return state.product === null ? null : { held: state.product.held, sold: state.product.sold }
}

/** The code of a refusal; null for a success. */
export function codeOf(outcome: object): string | null {
  return "code" in outcome ? String(outcome.code) : null
}

/** The success in an outcome; a refusal fails the test. */
export function successOf<Outcome extends object>(outcome: Outcome): Success<Outcome> {
  if ("code" in outcome) throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return outcome as Success<Outcome>
}

type Success<Outcome> = Exclude<Outcome, { readonly code: string }>

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
