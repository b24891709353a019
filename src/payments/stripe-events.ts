import type { Stripe } from "stripe"
import type { DisputeEventKind, PaymentEvent } from "../domain/payment.ts"
import { fingerprinted, fingerprintedDispute } from "./fingerprint.ts"
import type { ProviderEvent, WebhookReading, RefundUpdate } from "./provider.ts"
import { moneyFromStripe } from "./stripe-money.ts"

/** The provider's name; it is stored with payments and must not change. */
export const STRIPE = "stripe"

/** The metadata key of Doorbuster's name for a refund, such as `17-1`. */
export const REFUND_ID = "doorbuster_refund_id"

const noEvents = { kind: "events", events: [] } as const satisfies WebhookReading

/**
 * Converts an event of Stripe whose signature is valid.
 *
 * Doorbuster ignores types without a case. `payment_intent.payment_failed` is one declined card: the buyer may try
 * another with the same PaymentIntent until the order's deadline, so it must not cancel the order. An authorization
 * that is not captured is no money yet.
 */
export function readingOf(event: Stripe.Event): WebhookReading {
  switch (event.type) {
    case "payment_intent.succeeded":
    case "payment_intent.canceled":
      return readingOfIntent(event.data.object)
    case "payment_intent.processing":
      return readingOfProcessing(event.data.object)
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
    case "charge.refund.updated":
      return readingOfRefunds([event.data.object])
    case "charge.refunded":
      // The charge lists its refunds only for endpoints with an API version from before November 2022.
      return readingOfRefunds(event.data.object.refunds?.data ?? [])
    case "charge.dispute.created":
    case "charge.dispute.updated":
    case "charge.dispute.funds_withdrawn":
    case "charge.dispute.funds_reinstated":
    case "charge.dispute.closed":
      return readingOfDispute(event.data.object)
    default:
      return noEvents
  }
}

function readingOfIntent(intent: Stripe.PaymentIntent): WebhookReading {
  const event = eventOfIntent(intent)
  if (event === null) return intent.status === "succeeded" ? withoutOrder(intent) : noEvents
  if (event !== "unreadable") return { kind: "events", events: [{ about: "payment", event }] }
  const { id, amount_received, currency } = intent
  return {
    kind: "not understood",
    detail: `${id}: the amount ${amount_received} ${currency} cannot be converted`,
  }
}

/** The payment has no result yet. The log names it, because its result may come after the order's deadline. */
function readingOfProcessing({ id, metadata }: Stripe.PaymentIntent): WebhookReading {
  const orderId = idFrom(metadata?.["order_id"])
  if (orderId === null) return noEvents
  const reason = `${id} of order ${orderId} is processing: its result comes later, perhaps after the order's end`
  return { ...noEvents, ignored: reason }
}

/** A success that names no order comes from another shop on the account, or from a page that set no metadata. */
function withoutOrder({ id, metadata }: Stripe.PaymentIntent): WebhookReading {
  const named = metadata?.["order_id"]
  const reason =
    named === undefined ? "names no order" : `names ${JSON.stringify(named.slice(0, 50))} as its order`
  return { ...noEvents, ignored: `${id} has succeeded and ${reason}: its metadata need order_id` }
}

/**
 * The event of a PaymentIntent that has ended. Webhooks and look-ups both use it, so that both report the same key and
 * content. Null if the PaymentIntent has not ended or names no order, `"unreadable"` if its amount cannot be converted.
 */
export function eventOfIntent(intent: Stripe.PaymentIntent): PaymentEvent | "unreadable" | null {
  const { id, status, metadata } = intent
  const orderId = idFrom(metadata?.["order_id"])
  if (orderId === null || (status !== "succeeded" && status !== "canceled")) return null
  const money = status === "succeeded" ? moneyFromStripe(intent.amount_received, intent.currency) : noMoney
  if (money === null) return "unreadable"
  return fingerprinted({
    provider: STRIPE,
    key: `${id} ${status}`,
    kind: status === "succeeded" ? "succeeded" : "cancelled",
    orderId,
    paymentId: id,
    ...money,
    holdId: idFrom(metadata["hold_id"]),
    productId: idFrom(metadata["product_id"]),
    quantity: quantityFrom(metadata["quantity"]),
  })
}

const noMoney = { amountMinor: null, currency: null }

/**
 * Only the dispute's present status counts, not the event's type, so that events may come in any order and repeatedly.
 * An inquiry (`warning_…`) takes no money, and neither does a dispute that was prevented. If the amount cannot be
 * converted, the dispute counts as one of the whole payment.
 */
function readingOfDispute(dispute: Stripe.Dispute): WebhookReading {
  const kind = disputeKindOf(dispute.status)
  const intent = dispute.payment_intent
  const paymentId = typeof intent === "string" ? intent : intent?.id
  if (kind === null || paymentId === undefined) return noEvents
  const money = moneyFromStripe(dispute.amount, dispute.currency) ?? noMoney
  const about = { provider: STRIPE, paymentId, disputeId: dispute.id, ...money }
  // The key contains the amount, because the bank may change it.
  const key = `${dispute.id} ${kind} ${dispute.amount} ${dispute.currency}`
  const event = fingerprintedDispute({ ...about, key, kind })
  return { kind: "events", events: [{ about: "dispute", event }] }
}

function disputeKindOf(status: Stripe.Dispute.Status): DisputeEventKind | null {
  switch (status) {
    case "needs_response":
    case "under_review":
      return "dispute_opened"
    case "won":
      return "dispute_won"
    case "lost":
      return "dispute_lost"
    default:
      return null
  }
}

function readingOfRefunds(refunds: readonly Stripe.Refund[]): WebhookReading {
  return { kind: "events", events: refunds.flatMap((refund) => updateOfRefund(refund) ?? []) }
}

/**
 * Null if the status is unknown, or if the refund is Doorbuster's own and still pending. A refund without Doorbuster's
 * name was made in the Dashboard or by another program on the account; its payment shows whether it belongs to an order
 * of this shop.
 */
function updateOfRefund(refund: Stripe.Refund): ProviderEvent | null {
  const refundId = refund.metadata?.[REFUND_ID] ?? null
  const status = statusOfRefund(refund)
  if (status === null || (status === "sent" && refundId !== null)) return null
  const error = status === "failed" ? errorOfRefund(refund) : null
  const intent = refund.payment_intent ?? null
  const paymentId = typeof intent === "string" ? intent : (intent?.id ?? null)
  if (refundId === null && paymentId === null) return null
  const money = moneyOf(refund) ?? noMoney
  const update: RefundUpdate = { refundId, paymentId, status, providerRefundId: refund.id, ...money, error }
  return { about: "refund", refund: update }
}

/** Null is no reason to refuse an update: the amount of a refund that Doorbuster sent is known. */
function moneyOf({ amount, currency }: Partial<Stripe.Refund>) {
  return amount === undefined || currency === undefined ? null : moneyFromStripe(amount, currency)
}

/** Converts the status of a refund; null if it is unknown. */
export function statusOfRefund({ status }: Stripe.Refund): "sent" | "confirmed" | "failed" | null {
  switch (status) {
    case "succeeded":
      return "confirmed"
    case "pending":
    case "requires_action":
      return "sent"
    case "failed":
    case "canceled":
      return "failed"
    default:
      return null
  }
}

/** Why a refund failed, in Stripe's words. */
export function errorOfRefund({ id, status, failure_reason }: Stripe.Refund): string {
  return `${id} ${status}: ${failure_reason ?? "no reason given"}`
}

/** Metadata values are texts; one that is not a positive whole number counts as missing. */
function idFrom(text: string | undefined): number | null {
  if (text === undefined || !/^[1-9]\d{0,15}$/.test(text)) return null
  const id = Number(text)
  return Number.isSafeInteger(id) ? id : null
}

/** The largest number of units that the database can store. */
const MOST_UNITS = 2_147_483_647

function quantityFrom(text: string | undefined): number | null {
  const qty = idFrom(text)
  return qty !== null && qty <= MOST_UNITS ? qty : null
}
