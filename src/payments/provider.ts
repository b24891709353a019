import type { NamedLine } from "../domain/lines.ts"
import type { DisputeEvent, PaymentEvent } from "../domain/payment.ts"

/**
 * The interface between Doorbuster and a payment provider. Everything but the name is optional: the refunds of a
 * provider without `refund` wait in the money inbox, and a provider without `lookUp` is not asked about payments.
 *
 * A provider knows neither lanes nor the database, and does not read or change orders; it only passes their ids. It
 * reports a passing failure, such as a network that is down, with a status that is tried again; it throws only faults.
 */
export interface PaymentProvider {
  /** Stored in `payments.provider` and part of the webhook's address, so it must never change. */
  readonly name: string
  /**
   * Checks and reads a webhook in the provider's own format. It must not use any part that the signature does not
   * cover. An exception counts as a fault of the server and is answered with 500, so that the provider sends the
   * message again.
   */
  readWebhook?(message: WebhookMessage): Promise<WebhookReading> | WebhookReading
  /**
   * Opens a payment of an order, for the buyer's page to complete. Returns the payment that was started before if it is
   * the order's, because a second payment of one order would have to be refunded. The same `idempotencyKey` again
   * returns the same payment.
   */
  open?(request: PaymentRequest): Promise<OpenReport>
  /** Sends a refund. The same `idempotencyKey` again is the same refund, sent once. */
  refund?(instruction: RefundInstruction): Promise<RefundReport>
  /**
   * Cancels a payment that has not succeeded, so that it cannot succeed later. Must check that the payment is the
   * order's, because its id comes from a buyer's page. The same `idempotencyKey` again is the same cancellation.
   */
  cancel?(instruction: CancelInstruction): Promise<CancelReport>
  /**
   * The longest time in seconds that one `refund` or `cancel` takes, with all its calls; 60 if not given. The worker
   * waits that long, and other workers leave the same refund or payment alone a little longer.
   */
  readonly callSeconds?: number
  /** How many payments each worker may look up in a second; 40 if not given. */
  readonly lookUpsPerSecond?: number
  /** Returns the present state of a payment. */
  lookUp?(payment: PaymentReference): Promise<PaymentReport>
}

/** A webhook as it was received: header names in lower case, the bytes of the body and their text. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /**
   * The received bytes, which the signature covers; if not given, the bytes of `body`. If they are not valid UTF-8,
   * `body` differs from them. Such a message is refused in any case, but only after its signature was found valid.
   */
  readonly bytes?: Buffer
  readonly nowSeconds: number
}

/** The result of reading a webhook. */
export type WebhookReading =
  /**
   * The message is authentic and is answered with 200. Without events it concerns nothing here. `ignored` gives the
   * reason, for the log, why a message that may be about money has no events.
   */
  | { readonly kind: "events"; readonly events: readonly ProviderEvent[]; readonly ignored?: string }
  /** The signature is missing or invalid, or the message is too old: answered with 401. */
  | { readonly kind: "not authentic"; readonly detail: string }
  /** The message is authentic, but its content is not valid: answered with 422. */
  | { readonly kind: "not understood"; readonly detail: string }

/** One event that a provider reports. */
export type ProviderEvent =
  | { readonly about: "payment"; readonly event: PaymentEvent }
  | { readonly about: "refund"; readonly refund: RefundUpdate }
  | { readonly about: "dispute"; readonly event: DisputeEvent }

/**
 * The new state of a refund: one that Doorbuster sent, or one that the shop made elsewhere, such as in the provider's
 * dashboard. A refund made elsewhere is recorded only if the update names its payment, its id, an amount and a
 * currency.
 */
export interface RefundUpdate {
  /** Doorbuster's name for it, such as `17-1`, as in the {@link RefundInstruction}; null if it was made elsewhere. */
  readonly refundId: string | null
  /**
   * The refunded payment, if the provider names it. If it is not the refund's payment, the update is of another refund.
   */
  readonly paymentId: string | null
  /**
   * `sent`: the refund is on its way; this changes nothing for a refund that Doorbuster sent. `failed` after
   * `confirmed` counts if it has the `providerRefundId` that was confirmed; no later update of that id counts then.
   */
  readonly status: "sent" | "confirmed" | "failed"
  readonly providerRefundId: string | null
  readonly amountMinor?: number | null
  readonly currency?: string | null
  /** Why the refund failed, in the provider's words. */
  readonly error: string | null
}

/** A request to open a payment of an order. */
export interface PaymentRequest {
  readonly orderId: number
  readonly holdId: number
  readonly productId: number
  readonly qty: number
  /** What is bought, by name; null: the product has no variants. */
  readonly goods: { readonly productName: string; readonly lines: readonly NamedLine[] } | null
  /** What the shop's own systems know the order by, to be shown at the provider; nothing may depend on it. */
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>> | null
  readonly amountMinor: number
  readonly currency: string
  /** The last payment that was started for the order, as the buyer's page named it; null if there is none. */
  readonly startedPaymentId: string | null
  readonly idempotencyKey: string
}

/** The result of {@link PaymentProvider.open}. */
export type OpenReport =
  /** `clientSecret` lets the provider's script on the buyer's page show this payment, and nothing else. */
  | { readonly status: "open"; readonly paymentId: string; readonly clientSecret: string }
  /** The same request will always fail: the shop has to act. */
  | { readonly status: "refused"; readonly error: string }
  /** The same request may succeed later. */
  | { readonly status: "not now"; readonly error: string }

/** An instruction to send money back. */
export interface RefundInstruction {
  /** Doorbuster's name for the refund, such as `17-1`. */
  readonly refundId: string
  readonly orderId: number
  readonly paymentId: string
  readonly amountMinor: number
  readonly currency: string
  readonly idempotencyKey: string
}

/** The result of {@link PaymentProvider.refund}. */
export type RefundReport =
  | { readonly status: "sent" | "confirmed"; readonly providerRefundId: string | null }
  /**
   * The same instruction will always fail: the shop has to act. `providerRefundId`: of a refund that was made and
   * failed.
   */
  | { readonly status: "failed"; readonly error: string; readonly providerRefundId?: string | null }
  /** The same instruction may succeed later. */
  | { readonly status: "not now"; readonly error: string }

/** A payment of an order. */
export interface PaymentReference {
  readonly orderId: number
  readonly paymentId: string
}

/** An instruction to cancel a payment whose order has ended unpaid. */
export interface CancelInstruction extends PaymentReference {
  /** The order's hold; a payment that names another hold is not the order's. */
  readonly holdId: number
  readonly idempotencyKey: string
}

/** The result of {@link PaymentProvider.cancel}. */
export type CancelReport =
  /** The payment has succeeded already; `event` is the event that its webhook reports. */
  | { readonly status: "succeeded"; readonly event: PaymentEvent }
  /** The payment has ended and cannot succeed any more. */
  | { readonly status: "over" }
  /** There is no such payment, or it is not the order's. */
  | { readonly status: "not ours" }
  /** The cancellation may succeed later. An exception of `cancel` has the same meaning. */
  | { readonly status: "not now" }

/** The state of a payment, as the provider reports it when asked. */
export type PaymentReport =
  /** `event` is the event that the payment's webhook reports, with the same key, so that it is applied once. */
  | { readonly status: "succeeded"; readonly event: PaymentEvent }
  /** The payment has ended and cannot succeed any more. */
  | { readonly status: "over" }
  /** The payment may still succeed, or the provider did not say. */
  | { readonly status: "open" }
