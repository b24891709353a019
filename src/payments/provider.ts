import type { DisputeEvent, PaymentEvent } from "../domain/payment.ts"

/**
 * What Doorbuster asks of a payment provider. Everything but the name is optional: a provider that
 * cannot send money back leaves its refunds to the money inbox, and one that cannot be asked about a
 * payment is not asked.
 *
 * Nothing here knows of orders, lanes or the database. What fails for a passing reason, such as a
 * network that is down, is told as such and tried again; faults are thrown.
 */
export interface PaymentProvider {
  /** In `payments.provider` and in the address of its webhook, for ever. */
  readonly name: string
  /**
   * Reads a webhook of its own format. Believes nothing that its signature does not cover. What it throws is a
   * fault of ours, answered with 500, so that the provider sends the message again.
   */
  readWebhook?(message: WebhookMessage): Promise<WebhookReading> | WebhookReading
  /**
   * Opens a payment of an order, which the buyer's page goes on with. The one that was begun before is gone on
   * with, if it is the order's: two payments of one order are one too many. The same `idempotencyKey` again is
   * the same payment.
   */
  open?(wish: PaymentRequest): Promise<OpenReport>
  /** Sends money back. The same `idempotencyKey` again is the same refund, sent once. */
  refund?(order: RefundInstruction): Promise<RefundReport>
  /**
   * Ends a payment that has not succeeded, so that it cannot succeed any more, but only if it is the
   * order's: its name comes from a buyer's page. The same `idempotencyKey` again is the same wish.
   */
  cancel?(payment: CancelInstruction): Promise<CancelReport>
  /**
   * How many seconds one `refund` or `cancel` takes at most, with all its calls; 60 if not given. So long the
   * worker waits, and a little longer no other worker tries the same.
   */
  readonly callSeconds?: number
  /** How many payments each worker may ask about in a second; 40 if not given. */
  readonly lookUpsPerSecond?: number
  /** What has become of a payment. */
  lookUp?(payment: PaymentReference): Promise<PaymentReport>
}

/** A webhook as it came: names of headers in small letters, the body's bytes and their text. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /**
   * What a signature covers: of bytes that are not UTF-8 the text is another one. Such a message is refused whatever
   * the adapter reads in it, but only once its signature holds. Absent: the text's own bytes.
   */
  readonly bytes?: Buffer
  readonly nowSeconds: number
}

/** What a webhook came to. */
export type WebhookReading =
  /**
   * It is the provider's. No news: it speaks of nothing that matters here, and is answered with 200.
   * `ignored`: it may be money all the same, and this is why nothing comes of it, for the log.
   */
  | { readonly kind: "events"; readonly events: readonly ProviderEvent[]; readonly ignored?: string }
  /** It is not the provider's, or old (401). */
  | { readonly kind: "not authentic"; readonly detail: string }
  /** It is the provider's, and makes no sense (422). */
  | { readonly kind: "not understood"; readonly detail: string }

/** One thing that a provider tells. */
export type ProviderEvent =
  | { readonly about: "payment"; readonly event: PaymentEvent }
  | { readonly about: "refund"; readonly refund: RefundUpdate }
  | { readonly about: "dispute"; readonly event: DisputeEvent }

/**
 * What has become of a refund: of one that we sent, or of one that the shop made elsewhere, such as in the
 * provider's dashboard. Of the latter only those are recorded that name their payment, themselves, an amount
 * and a currency.
 */
export interface RefundUpdate {
  /** Our name for it, such as `17-1`, as it was given in the {@link RefundInstruction}; null: it was made elsewhere. */
  readonly refundId: string | null
  /** The payment it gives back, where the provider says so: one that is not the refund's is another's news. */
  readonly paymentId: string | null
  /**
   * `sent`: on its way; says nothing new of a refund that we sent. `failed` after `confirmed` counts if it
   * has the `providerRefundId` that was confirmed; then it is the last word on that one.
   */
  readonly status: "sent" | "confirmed" | "failed"
  readonly providerRefundId: string | null
  readonly amountMinor?: number | null
  readonly currency?: string | null
  /** Why it failed, in the provider's words. */
  readonly error: string | null
}

/** An order that its buyer wants to pay. */
export interface PaymentRequest {
  readonly orderId: number
  readonly holdId: number
  readonly productId: number
  readonly quantity: number
  readonly amountMinor: number
  readonly currency: string
  /** The payment that was begun last, as a buyer's page has named it; null: none. */
  readonly startedPaymentId: string | null
  readonly idempotencyKey: string
}

/** What came of a wish to pay. */
export type OpenReport =
  /** `clientSecret`: with it the provider's script on the buyer's page shows the payment, and nothing else. */
  | { readonly status: "open"; readonly paymentId: string; readonly clientSecret: string }
  /** It will never work like this: somebody has to look. */
  | { readonly status: "refused"; readonly error: string }
  /** It may work later. */
  | { readonly status: "not now"; readonly error: string }

/** Money to be sent back. */
export interface RefundInstruction {
  /** Our name for it. */
  readonly refundId: string
  readonly orderId: number
  readonly paymentId: string
  readonly amountMinor: number
  readonly currency: string
  readonly idempotencyKey: string
}

/** How sending a refund went. */
export type RefundReport =
  | { readonly status: "sent" | "confirmed"; readonly providerRefundId: string | null }
  /** It will never work like this: somebody has to look. `providerRefundId`: if one was made, and failed. */
  | { readonly status: "failed"; readonly error: string; readonly providerRefundId?: string | null }
  /** It may work later. */
  | { readonly status: "not now"; readonly error: string }

/** A payment that an order waits for. */
export interface PaymentReference {
  readonly orderId: number
  readonly paymentId: string
}

/** A payment that must not succeed any more. */
export interface CancelInstruction extends PaymentReference {
  /** The hold that the order was made from; a payment that names another one is not the order's. */
  readonly holdId: number
  readonly idempotencyKey: string
}

/** What came of a wish to cancel. */
export type CancelReport =
  /** As its webhook would tell it. */
  | { readonly status: "succeeded"; readonly event: PaymentEvent }
  /** It cannot succeed any more. */
  | { readonly status: "over" }
  /** There is no such payment, or it is not the order's. */
  | { readonly status: "not ours" }
  /** It may work later; so does whatever is thrown. */
  | { readonly status: "not now" }

/** What a provider says of a payment when it is asked. */
export type PaymentReport =
  /** As its webhook would tell it, under the same key, so that it acts once. */
  | { readonly status: "succeeded"; readonly event: PaymentEvent }
  /** It cannot succeed any more. */
  | { readonly status: "over" }
  /** It may still succeed, or nobody could say. */
  | { readonly status: "open" }
