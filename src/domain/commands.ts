import type { AskedAccess } from "./access.ts"
import type { CollectChanges, Details } from "./details.ts"
import type { Hold } from "./hold.ts"
import type { WantedLine } from "./lines.ts"
import type { Order, PaymentAttempt } from "./order.ts"
import type { DisputeEvent, PaymentEvent, PaymentEventRecord } from "./payment.ts"
import type { Product, ProductSettings } from "./product.ts"
import type {
  AdjustStockRefusal,
  CancelOrderRefusal,
  ChangeProductRefusal,
  ChangeVariantRefusal,
  ExtendOrderRefusal,
  PaymentEventRefusal,
  PlaceHoldRefusal,
  PlaceOrderRefusal,
  RecordRefundRefusal,
  RefundOrderRefusal,
  ReleaseHoldRefusal,
  SetDetailsRefusal,
  SettleRefundRefusal,
  StartPaymentRefusal,
} from "./refusals.ts"
import type { Refund } from "./refund.ts"
import type { GivenShopFields } from "./shop-fields.ts"
import type { VariantSettings } from "./variant.ts"

/** Fields of every command. The caller chooses the ids of new rows, so that a repeated batch is the same batch. */
interface CommandBase {
  readonly productId: number
  /** The id of the HTTP request, for the log. */
  readonly requestId?: string | undefined
  /** Present when the caller sent an Idempotency-Key. */
  readonly idempotency?: Idempotency | undefined
}

/** The identity of a request that may be repeated. */
export interface Idempotency {
  readonly scope: string
  readonly key: string
  /** Digest of the request; the same key with a different digest is refused. */
  readonly fingerprint: string
}

/** `shop`: the shop itself places the hold. `signed`: the shop's signature. `email`: the buyer has confirmed a mailbox. */
export type CustomerProof = "shop" | "signed" | "email"

export interface PlaceHold extends CommandBase, GivenShopFields, AskedAccess {
  readonly kind: "place_hold"
  readonly holdId: number
  /** The units of all lines together. */
  readonly qty: number
  readonly customerId: string | null
  /** What says who the customer is, besides the request; null or absent: nothing. */
  readonly customerProof?: CustomerProof | null | undefined
  /** At least one, each of another variant; undefined: the request names none. */
  readonly lines?: readonly WantedLine[] | undefined
  /** Who answers for the hold. Undefined: the shop itself, which nothing but the product's settings binds. */
  readonly holder?: number | undefined
}

export interface ReleaseHold extends CommandBase {
  readonly kind: "release_hold"
  readonly holdId: number
}

export interface PlaceOrder extends CommandBase, GivenShopFields {
  readonly kind: "place_order"
  readonly orderId: number
  readonly holdId: number
  /** Undefined: the request says nothing of the buyer. */
  readonly details?: Details | undefined
  /** The language in which the buyer orders; undefined: not known. */
  readonly language?: string | undefined
}

/** Replaces the buyer's details of an order. */
export interface SetDetails extends CommandBase {
  readonly kind: "set_details"
  readonly orderId: number
  readonly details: Details
  /** The order's owner may change them while it waits for payment, the shop until they are erased. */
  readonly by: "owner" | "shop"
}

export interface CancelOrder extends CommandBase {
  readonly kind: "cancel_order"
  readonly orderId: number
  /** An administrator cancels the order; the buyer hears of it by mail. */
  readonly byShop?: true
}

export interface RecordPaymentEvent extends CommandBase {
  readonly kind: "record_payment_event"
  readonly event: PaymentEvent
  /** The id of the order that this event makes if it arrives before the buyer's request. */
  readonly newOrderId: number
}

export interface RecordDispute extends CommandBase {
  readonly kind: "record_dispute"
  readonly event: DisputeEvent
  /** The order of the disputed payment. */
  readonly orderId: number
}

export interface StartPayment extends CommandBase {
  readonly kind: "start_payment"
  readonly orderId: number
  /** Null: the page did not name the payment. */
  readonly payment: PaymentAttempt | null
}

export interface AwaitPayment extends CommandBase {
  readonly kind: "await_payment"
  readonly orderId: number
}

/** Refunds money of a paid order, restocks units of it, or both. */
export interface RefundOrder extends CommandBase {
  readonly kind: "refund_order"
  readonly orderId: number
  /** Null: all that is left of the order's payment. */
  readonly amountMinor: number | null
  /** The units of all lines together. */
  readonly restockQty: number
  /** The units of each variant that are restocked; undefined: the request names none. */
  readonly restockLines?: readonly WantedLine[] | undefined
}

/** Records the result of a refund, as its provider or an administrator reports it. */
export interface SettleRefund extends CommandBase {
  readonly kind: "settle_refund"
  readonly orderId: number
  readonly number: number
  readonly result: RefundResult
}

/** Records a refund that was made outside Doorbuster, such as in the provider's dashboard. */
export interface RecordRefund extends CommandBase {
  readonly kind: "record_refund"
  /** The order of the refunded payment. */
  readonly orderId: number
  readonly refund: ExternalRefund
}

/** A provider's report of a refund that Doorbuster did not request. */
export interface ExternalRefund {
  readonly provider: string
  readonly paymentId: string
  readonly providerRefundId: string
  readonly amountMinor: number
  readonly currency: string
  readonly status: "sent" | "confirmed" | "failed"
  readonly error: string | null
}

/** The result of a refund, or the wish to try it again. */
export type RefundResult =
  | { readonly status: "sent" | "confirmed"; readonly providerRefundId: string | null }
  /**
   * `providerRefundId`: the id of the provider's refund that failed. A confirmed refund fails only if this is the id it
   * was confirmed with.
   */
  | { readonly status: "failed"; readonly error: string; readonly providerRefundId?: string | null }
  /** The refund is to be sent again. */
  | { readonly status: "due" }

/** Ends due holds and orders; the store loads at most `limit` of them. */
export interface ExpireDue extends CommandBase {
  readonly kind: "expire_due"
  readonly limit: number
}

export interface CreateProduct extends CommandBase {
  readonly kind: "create_product"
  readonly settings: ProductSettings
  /** Ignored where there are variants, which have a stock of their own. */
  readonly stock: number
  readonly adjustmentId: number
  /** Undefined: the product has none. */
  readonly variants?: readonly NewVariant[] | undefined
}

/** A variant to be added. */
export interface NewVariant {
  readonly variantId: number
  /** Position null: it is listed after those there are. */
  readonly settings: Omit<VariantSettings, "position"> & { readonly position: number | null }
  readonly stock: number
  readonly adjustmentId: number
}

/** Adds variants to a product that has some, or of which no unit is held or sold. */
export interface AddVariants extends CommandBase {
  readonly kind: "add_variants"
  readonly variants: readonly NewVariant[]
  /** Of the adjustment that takes the product's own stock to 0, if these are its first variants. */
  readonly adjustmentId: number
}

/** Changes the settings of a variant that are present. */
export interface ChangeVariant extends CommandBase {
  readonly kind: "change_variant"
  readonly variantId: number
  readonly changes: Partial<VariantSettings>
}

/** Changes the settings that are present. */
export interface ChangeProduct extends CommandBase {
  readonly kind: "change_product"
  readonly changes: ProductSettingChanges
}

/** The settings of a product that are given; of what it asks its buyers for, the parts. */
export type ProductSettingChanges = Partial<Omit<ProductSettings, "collect">> & {
  readonly collect?: CollectChanges
}

/** Sets the stock of a product or of one of its variants only if it still is `expected` (compare-and-set). */
export interface AdjustStock extends CommandBase {
  readonly kind: "adjust_stock"
  /** Undefined: the stock of the product, which has no variants. */
  readonly variantId?: number | undefined
  readonly stock: number
  readonly expected: number
  readonly adjustmentId: number
}

/** Every command that a product's lane executes. */
export type Command =
  | PlaceHold
  | ReleaseHold
  | PlaceOrder
  | SetDetails
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
  | AddVariants
  | ChangeVariant
  | AdjustStock

/** The order that was made from a hold. */
export interface PlacedOrder {
  readonly order: Order
  /** True: a payment event arrived before the buyer's request and had already made the order. */
  readonly existed: boolean
}

/** An event as the inbox has it. */
export interface RecordedEvent {
  readonly event: PaymentEventRecord
  /** True: the event was in the inbox before this command. */
  readonly duplicate: boolean
}

/** How many holds, orders and units a sweep ended. `more`: its limit was reached, so more may be due. */
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
  set_details: Order | SetDetailsRefusal
  cancel_order: Order | CancelOrderRefusal
  record_payment_event: RecordedEvent | PaymentEventRefusal
  record_dispute: RecordedEvent | PaymentEventRefusal
  start_payment: Order | StartPaymentRefusal
  await_payment: Order | ExtendOrderRefusal
  refund_order: Refund | RefundOrderRefusal
  settle_refund: Refund | SettleRefundRefusal
  record_refund: Refund | RecordRefundRefusal
  expire_due: Sweep
  create_product: Product | ChangeProductRefusal
  change_product: Product | ChangeProductRefusal
  add_variants: Product | ChangeVariantRefusal
  change_variant: Product | ChangeVariantRefusal
  adjust_stock: Product | AdjustStockRefusal
}

/** The possible outcomes of a command of type `C`, apart from a reused Idempotency-Key. */
export type OutcomeOf<C extends Command> = OutcomeByKind[C["kind"]]
