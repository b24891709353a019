import type { Dispute } from "./dispute.ts"
import type { Hold } from "./hold.ts"
import type { Order } from "./order.ts"
import type { PaymentOutcome } from "./payment.ts"
import type { ProductSettings } from "./product.ts"
import type { Refund } from "./refund.ts"

/**
 * Something that happened and will be true for ever once the batch commits.
 *
 * Facts are what the outside hears of: log lines and metrics now. Nothing is told before the commit.
 */
export type Fact = FactBody & {
  /** The request that caused it; undefined for what time caused. */
  requestId?: string | undefined
}

type FactBody =
  | { readonly kind: "hold_created"; readonly hold: Hold }
  | { readonly kind: "hold_released"; readonly hold: Hold }
  | { readonly kind: "hold_expired"; readonly hold: Hold }
  | { readonly kind: "order_created"; readonly order: Order }
  | { readonly kind: "order_cancelled"; readonly order: Order }
  | { readonly kind: "order_expired"; readonly order: Order }
  | { readonly kind: "order_paid"; readonly order: Order }
  /** `reversals`: how often refunds of its price had been confirmed before and then failed. */
  | { readonly kind: "order_refunded"; readonly order: Order; readonly reversals: number }
  | { readonly kind: "refund_due"; readonly refund: Refund }
  /** The provider has taken it on, or said that it is back, or that it cannot be. */
  | { readonly kind: "refund_settled"; readonly refund: Refund }
  /** It had been confirmed, and its provider says that it has failed after all. */
  | { readonly kind: "refund_reversed"; readonly refund: Refund; readonly order: Order }
  | {
      readonly kind: "product_created" | "product_changed"
      readonly productId: number
      /** Those that were set. */
      readonly settings: Partial<ProductSettings>
    }
  | {
      readonly kind: "stock_adjusted"
      readonly productId: number
      readonly stockBefore: number
      readonly stockAfter: number
    }
  /** It was opened, won or lost. */
  | { readonly kind: "dispute_changed"; readonly dispute: Dispute }
  | {
      readonly kind: "payment_event"
      readonly key: string
      /** Null: a dispute's that has found no payment. */
      readonly orderId: number | null
      readonly outcome: PaymentOutcome
      readonly duplicate: boolean
      readonly late: boolean
    }
