import type { Hold } from "./hold.ts"
import type { Order, PaymentAttempt } from "./order.ts"
import type { DisputeEvent, PaymentEvent, PaymentEventRecord } from "./payment.ts"
import type { Product, ProductSettings } from "./product.ts"
import type {
  AdjustStockRefusal,
  CancelOrderRefusal,
  ChangeProductRefusal,
  ExtendOrderRefusal,
  PaymentEventRefusal,
  PlaceHoldRefusal,
  PlaceOrderRefusal,
  RecordRefundRefusal,
  RefundOrderRefusal,
  ReleaseHoldRefusal,
  SettleRefundRefusal,
} from "./refusals.ts"
import type { Refund } from "./refund.ts"

/** What every command says. Ids of new rows are given, so that a batch can be repeated as it was. */
interface CommandBase {
  readonly productId: number
  /** The request that caused it, for the log. */
  readonly requestId?: string | undefined
  /** Present when the caller sent an Idempotency-Key. */
  readonly idempotency?: Idempotency | undefined
}

/** The identity of a request that may be repeated. */
export interface Idempotency {
  readonly scope: string
  readonly key: string
  /** Digest of the request; another one under the same key is refused. */
  readonly fingerprint: string
}

export interface PlaceHold extends CommandBase {
  readonly kind: "place_hold"
  readonly holdId: number
  readonly qty: number
  readonly customerId: string | null
}

export interface ReleaseHold extends CommandBase {
  readonly kind: "release_hold"
  readonly holdId: number
}

export interface PlaceOrder extends CommandBase {
  readonly kind: "place_order"
  readonly orderId: number
  readonly holdId: number
}

export interface CancelOrder extends CommandBase {
  readonly kind: "cancel_order"
  readonly orderId: number
}

export interface RecordPaymentEvent extends CommandBase {
  readonly kind: "record_payment_event"
  readonly event: PaymentEvent
  /** The id an order gets if this event has to make it. */
  readonly newOrderId: number
}

export interface RecordDispute extends CommandBase {
  readonly kind: "record_dispute"
  readonly event: DisputeEvent
  /** The order that its payment came for. */
  readonly orderId: number
}

export interface StartPayment extends CommandBase {
  readonly kind: "start_payment"
  readonly orderId: number
  /** Null: the page does not say. */
  readonly payment: PaymentAttempt | null
}

export interface AwaitPayment extends CommandBase {
  readonly kind: "await_payment"
  readonly orderId: number
}

/** Money back for a paid order, units on offer again, or both. */
export interface RefundOrder extends CommandBase {
  readonly kind: "refund_order"
  readonly orderId: number
  /** Null: all that is left of its payment. */
  readonly amountMinor: number | null
  readonly restockQty: number
}

/** What became of a refund: at its provider, or by a human's word. */
export interface SettleRefund extends CommandBase {
  readonly kind: "settle_refund"
  readonly orderId: number
  readonly number: number
  readonly result: RefundResult
}

/** A refund that was made elsewhere, such as in the provider's dashboard. */
export interface RecordRefund extends CommandBase {
  readonly kind: "record_refund"
  /** The order that its payment came for. */
  readonly orderId: number
  readonly refund: ExternalRefund
}

/** What a provider says of a refund that Doorbuster did not ask for. */
export interface ExternalRefund {
  readonly provider: string
  readonly paymentId: string
  readonly providerRefundId: string
  readonly amountMinor: number
  readonly currency: string
  readonly status: "sent" | "confirmed" | "failed"
  readonly error: string | null
}

export type RefundResult =
  | { readonly status: "sent" | "confirmed"; readonly providerRefundId: string | null }
  /** `providerRefundId`: which of the provider's refunds failed; one that was confirmed fails only by its name. */
  | { readonly status: "failed"; readonly error: string; readonly providerRefundId?: string | null }
  /** To be tried once more. */
  | { readonly status: "due" }

/** Ends what is due; the store loads at most as many due rows as `limit` says. */
export interface ExpireDue extends CommandBase {
  readonly kind: "expire_due"
  readonly limit: number
}

export interface CreateProduct extends CommandBase {
  readonly kind: "create_product"
  readonly settings: ProductSettings
  readonly stock: number
  readonly adjustmentId: number
}

/** Absent fields stay as they are. */
export interface ChangeProduct extends CommandBase {
  readonly kind: "change_product"
  readonly changes: Partial<ProductSettings>
}

/** Compare-and-set: changes the stock only while it is `expected`. */
export interface AdjustStock extends CommandBase {
  readonly kind: "adjust_stock"
  readonly stock: number
  readonly expected: number
  readonly adjustmentId: number
}

/** Everything that can be asked of a product's lane. */
export type Command =
  | PlaceHold
  | ReleaseHold
  | PlaceOrder
  | CancelOrder
  | RecordPaymentEvent
  | RecordDispute
  | StartPayment
  | AwaitPayment
  | RefundOrder
  | SettleRefund
  | RecordRefund
  | ExpireDue
  | CreateProduct
  | ChangeProduct
  | AdjustStock

/** An order, and whether it was there before (made by a payment event that came first). */
export interface PlacedOrder {
  readonly order: Order
  readonly existed: boolean
}

/** An event as the inbox has it, and whether it had come before. */
export interface RecordedEvent {
  readonly event: PaymentEventRecord
  readonly duplicate: boolean
}

/** How much a sweep ended. `more`: as much as its limit allowed, so there may be more. */
export interface Sweep {
  readonly holds: number
  readonly orders: number
  readonly units: number
  readonly more: boolean
}

/** The outcome of each kind of command: a success or one of its refusals. */
export interface OutcomeByKind {
  place_hold: Hold | PlaceHoldRefusal
  release_hold: Hold | ReleaseHoldRefusal
  place_order: PlacedOrder | PlaceOrderRefusal
  cancel_order: Order | CancelOrderRefusal
  record_payment_event: RecordedEvent | PaymentEventRefusal
  record_dispute: RecordedEvent | PaymentEventRefusal
  start_payment: Order | ExtendOrderRefusal
  await_payment: Order | ExtendOrderRefusal
  refund_order: Refund | RefundOrderRefusal
  settle_refund: Refund | SettleRefundRefusal
  record_refund: Refund | RecordRefundRefusal
  expire_due: Sweep
  create_product: Product | ChangeProductRefusal
  change_product: Product | ChangeProductRefusal
  adjust_stock: Product | AdjustStockRefusal
}

/** What a command of type `C` may come to, apart from a reused Idempotency-Key. */
export type OutcomeOf<C extends Command> = OutcomeByKind[C["kind"]]
