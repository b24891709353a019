import type { Dispute } from "./dispute.ts"
import type { Hold } from "./hold.ts"
import type { Order } from "./order.ts"
import type { PaymentOutcome } from "./payment.ts"
import type { ProductSettings } from "./product.ts"
import type { Refund } from "./refund.ts"
import type { VariantSettings } from "./variant.ts"

/**
 * A change that a command has made in the working set.
 *
 * Log lines, metrics and outgoing events are made from facts. Log lines and metrics follow the commit of the
 * batch; outgoing events are written in its transaction. A batch that does not commit leaves no trace of them.
 */
export type Fact = FactBody & {
  /** The id of the HTTP request that caused the change; undefined when a deadline has passed. */
  requestId?: string | undefined
}

type FactBody =
  | { readonly kind: "hold_created"; readonly hold: Hold }
  | { readonly kind: "hold_released"; readonly hold: Hold }
  | { readonly kind: "hold_expired"; readonly hold: Hold }
  | { readonly kind: "order_created"; readonly order: Order }
  /** `byShop`: an administrator has cancelled it. */
  | { readonly kind: "order_cancelled"; readonly order: Order; readonly byShop?: true }
  | { readonly kind: "order_expired"; readonly order: Order }
  | { readonly kind: "order_paid"; readonly order: Order }
  /** `reversals`: how many confirmed refunds of the order's price have failed before. */
  | { readonly kind: "order_refunded"; readonly order: Order; readonly reversals: number }
  | { readonly kind: "refund_due"; readonly refund: Refund }
  /** The refund's status has changed: sent, confirmed, failed, withheld, or due again. */
  | { readonly kind: "refund_settled"; readonly refund: Refund }
  /** The provider reports that a confirmed refund has failed. */
  | { readonly kind: "refund_reversed"; readonly refund: Refund; readonly order: Order }
  | {
      readonly kind: "product_created" | "product_changed"
      readonly productId: number
      /** The settings that were given. */
      readonly settings: Partial<ProductSettings>
    }
  | {
      readonly kind: "variant_added" | "variant_changed"
      readonly productId: number
      readonly variantId: number
      /** The settings that were given. */
      readonly settings: Partial<VariantSettings>
    }
  | {
      readonly kind: "stock_adjusted"
      readonly productId: number
      /** Undefined: the product has no variants. */
      readonly variantId?: number
      readonly stockBefore: number
      readonly stockAfter: number
    }
  /** The dispute was opened, won or lost, or its amount has changed. */
  | { readonly kind: "dispute_changed"; readonly dispute: Dispute }
  | {
      readonly kind: "payment_event"
      readonly key: string
      /** Null: the event is about a dispute whose payment is unknown. */
      readonly orderId: number | null
      readonly outcome: PaymentOutcome
      readonly duplicate: boolean
      readonly late: boolean
    }
