import type { AdminAction } from "./admin-types.ts"
import type { Dispute, ListedPaymentEvent, Payment, Refund } from "./money-types.ts"
import type { Hold, Order, OrderLine, ShopProduct, Time } from "./types.ts"
import type { WebhookDelivery } from "./webhook-types.ts"

/** A line of an order, with the names that its variant has now. */
export interface NamedOrderLine extends OrderLine {
  readonly name: string
  readonly sku: string | null
}

/** An outgoing event, with a delivery for each endpoint that wants it. */
export interface OutgoingEvent {
  readonly webhook_id: string
  readonly type: string
  readonly created_at: Time
  readonly deliveries: readonly WebhookDelivery[]
}

/** A mail to the buyer, without address and text. `skipped`: the order has no address. */
export interface OrderMail {
  /** The kind and the order's or refund's id: `"receipt-17"`. */
  readonly mail_id: string
  readonly kind: "receipt" | "refund" | "cancelled" | "links"
  readonly status: "due" | "sent" | "failed" | "skipped"
  readonly attempts: number
  readonly last_error: string | null
  readonly created_at: Time
  readonly updated_at: Time
}

/** One entry of an order's timeline. */
export interface TimelineEntry {
  readonly at: Time
  readonly what:
    | "hold_placed"
    | "order_created"
    | "payment_event"
    | "order_paid"
    | "order_cancelled"
    | "order_expired"
    | "refund_created"
    | "refund_confirmed"
    | "refund_failed"
    | "refund_withheld"
    | "order_refunded"
    | "shop_action"
    | "event_delivered"
    | "event_failed"
    | "mail_sent"
    | "mail_failed"
  /**
   * The entry of the answer's lists that it is about: a `refund_id`, an `action_id`, `provider/key` of a payment event,
   * a `mail_id`, or `endpoint_id/webhook_id` of a delivery; null: the order or its hold.
   */
  readonly of: string | null
}

/** An order with everything that is known of it. Lists are in time order; each has the newest 200 entries. */
export interface WholeOrder {
  readonly order: Omit<Order, "lines"> & { readonly lines?: readonly NamedOrderLine[] }
  readonly product: ShopProduct
  readonly hold: Hold | null
  /** The payment that the buyer has opened last, whether or not it was paid. */
  readonly payment_attempt: { readonly provider: string; readonly payment_id: string } | null
  readonly payments: readonly Payment[]
  readonly payment_events: readonly ListedPaymentEvent[]
  readonly refunds: readonly Refund[]
  readonly disputes: readonly Dispute[]
  readonly outgoing_events: readonly OutgoingEvent[]
  readonly mails: readonly OrderMail[]
  readonly actions: readonly AdminAction[]
  /** Everything above that has a time, oldest first. */
  readonly timeline: readonly TimelineEntry[]
}
