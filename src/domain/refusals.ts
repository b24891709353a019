import type { SaleState } from "./product.ts"
import type { Instant } from "./time.ts"

/** Why no hold was placed, in order of precedence: the first that applies is returned. */
export type PlaceHoldRefusal =
  | { readonly code: "product_not_found" }
  | { readonly code: "sale_closed"; readonly closedAt: Instant }
  | { readonly code: "sale_not_open"; readonly opensAt: Instant }
  | { readonly code: "sale_paused" }
  | { readonly code: "quantity_over_limit"; readonly maxPerHold: number }
  | { readonly code: "customer_required" }
  | { readonly code: "customer_limit_reached"; readonly unitsLeft: number }
  | {
      readonly code: "out_of_stock"
      readonly saleState: SaleState
      readonly availableStock: number
      /** When held units may come back at the earliest; null when none can. */
      readonly retryAt: Instant | null
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

/** Why an order was not cancelled. */
export type CancelOrderRefusal =
  | { readonly code: "order_not_found" }
  | { readonly code: "order_expired" }
  | { readonly code: "order_not_pending" }

/** Why an order gets no more time. */
export type ExtendOrderRefusal = CancelOrderRefusal

/** Why a payment event was not recorded. */
export type PaymentEventRefusal =
  | { readonly code: "event_key_reused" }
  /** Not an answer for the outside: nothing here matches the event, so the caller parks it. */
  | { readonly code: "order_unknown" }

/** Why nothing is given back for an order. */
export type RefundOrderRefusal =
  | { readonly code: "order_not_found" }
  /** No payment pays it, so there is nothing to give back but what goes back by itself. */
  | { readonly code: "order_not_paid" }
  /** What is left of the payment beside what the buyer's bank takes back. */
  | { readonly code: "payment_disputed"; readonly refundableMinor: number }
  /** What is left of the payment. */
  | { readonly code: "refund_over_payment"; readonly refundableMinor: number }
  /** How many of the order's units are not on offer again yet. */
  | { readonly code: "restock_over_order"; readonly restockableQty: number }
  | { readonly code: "nothing_to_refund" }

/** Why a refund stays as it is. */
export type SettleRefundRefusal =
  | { readonly code: "refund_not_found" }
  | { readonly code: "refund_not_open" }
  /** The buyer gets it from his bank. */
  | { readonly code: "payment_disputed"; readonly refundableMinor: number }

/** Why a refund that was made elsewhere is not recorded. */
export type RecordRefundRefusal =
  /** Not an answer for the outside: its payment is not here. */
  | { readonly code: "order_unknown" }
  /** Nothing is left of the payment, it is in another currency, or it failed before it was known. */
  | { readonly code: "nothing_to_refund" }

/** Why a product was not created or changed. */
export type ChangeProductRefusal =
  | { readonly code: "product_not_found" }
  | { readonly code: "invalid_sale_window" }

/** Why the stock was not changed. */
export type AdjustStockRefusal =
  | { readonly code: "product_not_found" }
  | { readonly code: "stock_changed"; readonly stock: number }
  | { readonly code: "stock_in_use"; readonly held: number; readonly sold: number }

/** The same Idempotency-Key came with another request. */
export type IdempotencyRefusal = { readonly code: "idempotency_key_reused" }

/** Every refusal of the core. */
export type Refusal =
  | PlaceHoldRefusal
  | ReleaseHoldRefusal
  | PlaceOrderRefusal
  | CancelOrderRefusal
  | PaymentEventRefusal
  | RefundOrderRefusal
  | SettleRefundRefusal
  | RecordRefundRefusal
  | ChangeProductRefusal
  | AdjustStockRefusal
  | IdempotencyRefusal

/** Tells a refusal from a success: only refusals carry a code. */
export function isRefusal<Outcome extends object>(
  outcome: Outcome,
): outcome is Extract<Outcome, { readonly code: string }> {
  return "code" in outcome
}
