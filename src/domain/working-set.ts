import type { AccessCode } from "./access.ts"
import type { OrderDetails } from "./details.ts"
import { disputeName, type Dispute } from "./dispute.ts"
import type { Fact } from "./facts.ts"
import type { Hold } from "./hold.ts"
import type { HoldBounds, HolderUnits } from "./hold-bounds.ts"
import type { Order } from "./order.ts"
import type { Payment, PaymentEventRecord } from "./payment.ts"
import type { Product } from "./product.ts"
import { refundName, type Refund } from "./refund.ts"
import { rowsBy, type Rows } from "./rows.ts"
import type { Instant } from "./time.ts"

/** Rules set by the installation; times in seconds. */
export interface Rules {
  /** How long a hold lasts unless its product says otherwise. */
  readonly holdTtlSeconds: number
  /** How long an order waits for its payment. */
  readonly paymentTtlSeconds: number
  /** How long after an order's end money still pays it, if enough units are available. */
  readonly latePaymentSeconds: number
  /** Null or absent: holds have no holders, and no unpaid units are counted. */
  readonly holdBounds?: HoldBounds | null
}

/** A change of a product's stock; the rows are kept for ever. */
export interface StockAdjustment {
  readonly id: number
  readonly productId: number
  /** Null: the stock of the product, which has no variants. */
  readonly variantId: number | null
  readonly stockBefore: number
  readonly stockAfter: number
  readonly createdAt: Instant
}

/** The stored outcome of a request with an Idempotency-Key. */
export interface IdempotencyRecord {
  /** Route and caller; keys of different scopes do not collide. */
  readonly scope: string
  readonly key: string
  readonly fingerprint: string
  /** The outcome as JSON text; see stored-outcome.ts. */
  readonly outcome: string
  readonly createdAt: Instant
}

/** How many units of the product are held and owned together for a claim (I8). */
export interface ClaimUnits {
  /** `c:` and a customer's id, or `k:` and the digest of an access code. */
  readonly claimant: string
  readonly units: number
  /** The limit when units were last granted; null: none. */
  readonly unitLimit: number | null
}

/**
 * The rows of one product that one batch has loaded: the product itself, and the rows its commands name.
 *
 * Private to the batch. Commands change it in memory; the changes take effect when the store has written and
 * committed them.
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
  /** By order: the buyer's details, of the orders whose commands have some. */
  readonly details: Rows<number, OrderDetails>
  /** By claimant: the units of the claims that commands make; loaded to check limits. */
  readonly claims: Rows<string, ClaimUnits>
  /** By claimant: the access codes that commands name. */
  readonly accessCodes: Map<string, AccessCode>
  /** The units of the holders that commands name. */
  readonly holders: Map<number, HolderUnits>
  /** The holders of the holds that the batch has made. */
  readonly holderByHold: Map<number, number>
  /** By claimant: returned units of claims whose rows are not loaded; the store subtracts them from the stored number. */
  readonly claimReturns: Map<string, number>
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
  /** The earliest deadline in the future; null: there is none; undefined: it was not looked up. */
  nextDeadline: Instant | null | undefined
  readonly facts: Fact[]
}

/** Makes a working set without rows. */
export function emptyWorkingSet(productId: number, rules: Rules): WorkingSet {
  return {
    rules,
    productId,
    product: null,
    loadedProduct: null,
    holds: rowsBy((hold) => hold.id),
    orders: rowsBy((order) => order.id),
    orderIdByHold: new Map(),
    details: rowsBy((details) => details.orderId),
    claims: rowsBy(({ claimant }) => claimant),
    accessCodes: new Map(),
    holders: new Map(),
    holderByHold: new Map(),
    claimReturns: new Map(),
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

/** The key of an event in maps, joined from the two parts of its identity. */
export function eventName(provider: string, key: string): string {
  return `${provider}\n${key}`
}

/** The key of an idempotency record in maps, joined from the two parts of its identity. */
export function idempotencyName(scope: string, key: string): string {
  return `${scope}\n${key}`
}

/** Returns the order made from a hold, if it is loaded. */
export function orderOfHold(state: WorkingSet, holdId: number): Order | undefined {
  const orderId = state.orderIdByHold.get(holdId)
  return orderId === undefined ? undefined : state.orders.get(orderId)
}

/** Returns the product. Throws if there is none, so call it only after a missing product was refused. */
export function productOf(state: WorkingSet): Product {
  if (state.product === null) throw new Error(`product ${state.productId} is not loaded`)
  return state.product
}

/** Returns an order. Throws if it is not loaded, so call it only after a missing order was refused. */
export function orderIn(state: WorkingSet, orderId: number): Order {
  const order = state.orders.get(orderId)
  if (order === undefined) throw new Error(`order ${orderId} is not loaded`)
  return order
}

/** Changes the product, and sets the version that it has once the batch commits. */
export function changeLoadedProduct(state: WorkingSet, changes: Partial<Product>): Product {
  const version = (state.loadedProduct?.version ?? 0) + 1
  const changed = { ...productOf(state), ...changes, version }
  state.product = changed
  return changed
}
