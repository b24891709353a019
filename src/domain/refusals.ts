import type { PhaseNeed } from "./access.ts"
import type { DetailsError } from "./details.ts"
import type { SaleState } from "./product.ts"
import type { LackingLine } from "./product-variants.ts"
import type { MetadataOverLimit } from "./shop-fields.ts"
import type { Instant } from "./time.ts"

/** A phase that begins later. `needs` null: everybody may buy in it. */
export interface NextPhase {
  readonly from: Instant
  readonly needs: PhaseNeed["kind"] | null
}

/** Why no hold was placed, in order of precedence: the first that applies is returned. */
export type PlaceHoldRefusal =
  | { readonly code: "product_not_found" }
  /** The product has variants, and the request names none. */
  | { readonly code: "variant_required" }
  | { readonly code: "variant_not_found"; readonly variantId: number }
  | { readonly code: "sale_closed"; readonly closedAt: Instant }
  | { readonly code: "sale_not_open"; readonly opensAt: Instant }
  | { readonly code: "sale_paused" }
  | { readonly code: "variant_disabled"; readonly variantId: number }
  /** `variantId`: the limit is that of the variant. */
  | { readonly code: "quantity_over_limit"; readonly maxPerHold: number; readonly variantId?: number }
  | { readonly code: "customer_required" }
  /** The product is sold to customers with a token of this kind, and there is none. */
  | { readonly code: "customer_token_required"; readonly needs: "signed" | "email" }
  /** The product is sold to customers with a token, and nothing but the request says who this one is. */
  | { readonly code: "customer_not_signed" }
  /** No phase is on in which this buyer may buy with what the request shows. */
  | {
      readonly code: "access_required"
      /** What the phases that are on need; empty: none is on. */
      readonly needs: readonly PhaseNeed["kind"][]
      /** The next phase that this buyer may buy in, as far as is known; otherwise the next of all; null: there is none. */
      readonly nextPhase: NextPhase | null
    }
  /** The code is not one of the product's, or was revoked. */
  | { readonly code: "access_code_unknown"; readonly nextPhase: NextPhase | null }
  | { readonly code: "customer_limit_reached"; readonly unitsLeft: number }
  /** `unitsLeft`: of the code, fewer than were asked for. */
  | { readonly code: "access_code_used_up"; readonly unitsLeft: number; readonly nextPhase: NextPhase | null }
  | {
      readonly code: "too_many_open_holds"
      /** Whether the holder has too many unpaid units, or let too many lapse. */
      readonly because: "unpaid" | "lapsed"
      /** How many more the holder may hold now. */
      readonly unitsLeft: number
      /** When the holder may hold more again; null: never so many. */
      readonly retryAt: Instant | null
    }
  | {
      readonly code: "out_of_stock"
      /** As `availableStock`: of the variant or of the product. */
      readonly saleState: SaleState
      /** Of the variant where the request has one line, otherwise of the product. */
      readonly availableStock: number
      /** The lines that have too few units, of a product with variants. */
      readonly lines?: readonly LackingLine[]
      /** The earliest time at which held units may be returned; null when none can. */
      readonly retryAt: Instant | null
      /** Buyers are told neither `availableStock` nor what is available of a line. */
      readonly hidesUnits?: true
    }

/** Why a hold could not be released. */
export type ReleaseHoldRefusal =
  | { readonly code: "hold_not_found" }
  | { readonly code: "hold_already_used"; readonly orderId: number | null }
  | { readonly code: "hold_expired" }

/** Why no order was made from a hold. */
export type PlaceOrderRefusal =
  | { readonly code: "hold_not_found" }
  | { readonly code: "hold_already_used"; readonly orderId: number | null }
  | { readonly code: "hold_released" }
  | { readonly code: "hold_expired" }
  | MetadataOverLimit
  | DetailsInvalid

/** The details have something that the product does not ask for or does not accept. */
export interface DetailsInvalid {
  readonly code: "details_invalid"
  readonly errors: readonly DetailsError[]
}

/** Why the buyer's details of an order were not replaced. */
export type SetDetailsRefusal =
  | { readonly code: "order_not_found" }
  | { readonly code: "details_erased" }
  /** Only for the owner. */
  | { readonly code: "order_expired" }
  | { readonly code: "order_not_pending" }
  | DetailsInvalid

/** Why an order was not cancelled. */
export type CancelOrderRefusal =
  | { readonly code: "order_not_found" }
  | { readonly code: "order_expired" }
  | { readonly code: "order_not_pending" }

/** Why the deadline of an order was not extended. */
export type ExtendOrderRefusal = CancelOrderRefusal

/** Why no payment attempt was recorded. */
export type StartPaymentRefusal =
  | ExtendOrderRefusal
  /** `missing`: JSON pointers to what the product requires. */
  | { readonly code: "details_required"; readonly missing: readonly string[] }

/** Why a payment event was not recorded. */
export type PaymentEventRefusal =
  | { readonly code: "event_key_reused" }
  /** Not shown to clients: no order or payment matches the event, so the caller parks it. */
  | { readonly code: "order_unknown" }

/** Why no refund of an order was created. */
export type RefundOrderRefusal =
  | { readonly code: "order_not_found" }
  /** No payment pays the order. Money that cannot pay an order is refunded without a request. */
  | { readonly code: "order_not_paid" }
  /** `refundableMinor`: what refunds and disputes have left of the payment. */
  | { readonly code: "payment_disputed"; readonly refundableMinor: number }
  /** `refundableMinor`: what refunds have left of the payment. */
  | { readonly code: "refund_over_payment"; readonly refundableMinor: number }
  /** `restockableQty`: how many of the order's units are not restocked yet. */
  | { readonly code: "restock_over_order"; readonly restockableQty: number }
  /** The order has several lines, and the request does not say of which units are restocked. */
  | { readonly code: "restock_lines_required" }
  /** The order has no line of this variant. */
  | { readonly code: "variant_not_found"; readonly variantId: number }
  | { readonly code: "nothing_to_refund" }

/** Why the result of a refund was not recorded. */
export type SettleRefundRefusal =
  | { readonly code: "refund_not_found" }
  | { readonly code: "refund_not_open" }
  /** The buyer gets the money from the bank. */
  | { readonly code: "payment_disputed"; readonly refundableMinor: number }

/** Why a refund made outside Doorbuster was not recorded. */
export type RecordRefundRefusal =
  /** Not shown to clients: the payment is not known. */
  | { readonly code: "order_unknown" }
  /** Nothing is left of the payment, the currency differs, or the refund had failed before it was reported. */
  | { readonly code: "nothing_to_refund" }

/** Why a product was not created or changed. */
export type ChangeProductRefusal =
  | { readonly code: "product_not_found" }
  | { readonly code: "invalid_sale_window" }
  | StockOverLimit

/** The stock of the variants together would be larger than `mostStock`. */
export interface StockOverLimit {
  readonly code: "stock_over_limit"
  readonly mostStock: number
}

/** Why a variant was not added or changed. */
export type ChangeVariantRefusal =
  | { readonly code: "product_not_found" }
  | { readonly code: "variant_not_found"; readonly variantId: number }
  /** Units of the product are held or sold that belong to no variant. */
  | { readonly code: "product_in_use"; readonly held: number; readonly sold: number }
  | { readonly code: "too_many_variants"; readonly mostVariants: number }
  | StockOverLimit

/** Why the stock was not changed. */
export type AdjustStockRefusal =
  | { readonly code: "product_not_found" }
  /** The product has variants, and each of them has a stock of its own. */
  | { readonly code: "variant_required" }
  | { readonly code: "variant_not_found"; readonly variantId: number }
  | { readonly code: "stock_changed"; readonly stock: number }
  | { readonly code: "stock_in_use"; readonly held: number; readonly sold: number }
  | StockOverLimit

/** The same Idempotency-Key was sent with another request. */
export type IdempotencyRefusal = { readonly code: "idempotency_key_reused" }

/** Every refusal of a command. */
export type Refusal =
  | PlaceHoldRefusal
  | ReleaseHoldRefusal
  | PlaceOrderRefusal
  | SetDetailsRefusal
  | StartPaymentRefusal
  | CancelOrderRefusal
  | PaymentEventRefusal
  | RefundOrderRefusal
  | SettleRefundRefusal
  | RecordRefundRefusal
  | ChangeProductRefusal
  | ChangeVariantRefusal
  | AdjustStockRefusal
  | IdempotencyRefusal

/** True for a refusal: only refusals have a `code`. */
export function isRefusal<Outcome extends object>(
  outcome: Outcome,
): outcome is Extract<Outcome, { readonly code: string }> {
  return "code" in outcome
}
