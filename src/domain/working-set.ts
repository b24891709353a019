import { disputeName, type Dispute } from "./dispute.ts"
import type { Fact } from "./facts.ts"
import type { Hold } from "./hold.ts"
import type { Order } from "./order.ts"
import type { Payment, PaymentEventRecord } from "./payment.ts"
import type { Product } from "./product.ts"
import { refundName, type Refund } from "./refund.ts"
import { rowsBy, type Rows } from "./rows.ts"
import type { Instant } from "./time.ts"

/** Deadlines of the installation, in seconds. */
export interface Rules {
  /** How long a hold lasts unless its product says otherwise. */
  readonly holdTtlSeconds: number
  /** How long an order waits for its payment. */
  readonly paymentTtlSeconds: number
  /** How long after an order's end money still pays it, if its units are there. */
  readonly latePaymentSeconds: number
}

/** A change of the number of units on offer, kept for ever. */
export interface StockAdjustment {
  readonly id: number
  readonly productId: number
  readonly stockBefore: number
  readonly stockAfter: number
  readonly createdAt: Instant
}

/** The first answer to a request with an Idempotency-Key. */
export interface IdempotencyRecord {
  /** Route and caller; the same key in another scope is another key. */
  readonly scope: string
  readonly key: string
  readonly fingerprint: string
  /** The outcome as a JSON text. */
  readonly outcome: string
  readonly createdAt: Instant
}

/** How many units a customer holds and owns of the product (I8). */
export interface CustomerUnits {
  readonly customerId: string
  readonly units: number
  /** The limit in force when units were last granted; null: none. */
  readonly unitLimit: number | null
}

/**
 * All that one batch knows of one product: its row, and the rows its commands name.
 *
 * Private to the batch. Commands change it in memory; nothing is real before the store has
 * written the changes and committed.
 */
export interface WorkingSet {
  readonly rules: Rules
  readonly productId: number
  product: Product | null
  /** The product as it was loaded; null when there was none. */
  loadedProduct: Product | null
  readonly holds: Rows<number, Hold>
  readonly orders: Rows<number, Order>
  readonly orderIdByHold: Map<number, number>
  /** Units of the customers that commands name; loaded so that limits can be judged. */
  readonly customers: Rows<string, CustomerUnits>
  /** Units that go back from customers who were not loaded; added to the stored figure. */
  readonly customerReturns: Map<string, number>
  /** By `eventName(provider, key)`. */
  readonly events: Rows<string, PaymentEventRecord>
  /** By `eventName(provider, eventKey)`: the payments of the orders that events name. */
  readonly payments: Rows<string, Payment>
  /** By `refundName(orderId, number)`: the refunds of the orders that commands about refunds name. */
  readonly refunds: Rows<string, Refund>
  /** By `disputeName(provider, eventKey, disputeId)`: the disputes of the same orders. */
  readonly disputes: Rows<string, Dispute>
  readonly adjustments: StockAdjustment[]
  /** By `idempotencyName(scope, key)`. */
  readonly idempotency: Rows<string, IdempotencyRecord>
  /** The earliest deadline still ahead; null: there is none; undefined: nobody has looked. */
  nextDeadline: Instant | null | undefined
  readonly facts: Fact[]
}

/** A working set without rows, to be filled by the store or a test. */
export function emptyWorkingSet(productId: number, rules: Rules): WorkingSet {
  return {
    rules,
    productId,
    product: null,
    loadedProduct: null,
    holds: rowsBy((hold) => hold.id),
    orders: rowsBy((order) => order.id),
    orderIdByHold: new Map(),
    customers: rowsBy((customer) => customer.customerId),
    customerReturns: new Map(),
    events: rowsBy((event) => eventName(event.provider, event.key)),
    payments: rowsBy((payment) => eventName(payment.provider, payment.eventKey)),
    refunds: rowsBy((refund) => refundName(refund.orderId, refund.number)),
    disputes: rowsBy((dispute) => disputeName(dispute.provider, dispute.eventKey, dispute.disputeId)),
    adjustments: [],
    idempotency: rowsBy((record) => idempotencyName(record.scope, record.key)),
    nextDeadline: undefined,
    facts: [],
  }
}

/** One name for an event's two-part identity. */
export function eventName(provider: string, key: string): string {
  return `${provider}\n${key}`
}

/** One name for an idempotency record's two-part identity. */
export function idempotencyName(scope: string, key: string): string {
  return `${scope}\n${key}`
}

/** The order made from a hold, as far as it is loaded. */
export function orderOfHold(state: WorkingSet, holdId: number): Order | undefined {
  const orderId = state.orderIdByHold.get(holdId)
  return orderId === undefined ? undefined : state.orders.get(orderId)
}

/** The working set's product. Only for commands that have already refused a missing one. */
export function productOf(state: WorkingSet): Product {
  if (state.product === null) throw new Error(`product ${state.productId} is not loaded`)
  return state.product
}

/** An order of the working set. Only for what has already refused, or found, one that is missing. */
export function orderIn(state: WorkingSet, orderId: number): Order {
  const order = state.orders.get(orderId)
  if (order === undefined) throw new Error(`order ${orderId} is not loaded`)
  return order
}

/** Puts a changed product into the set, with the version it will have once the batch commits. */
export function changeLoadedProduct(state: WorkingSet, changes: Partial<Product>): Product {
  const version = (state.loadedProduct?.version ?? 0) + 1
  const changed = { ...productOf(state), ...changes, version }
  state.product = changed
  return changed
}
