import type { Stripe } from "stripe"
import type { DisputeEventKind, PaymentEvent } from "../domain/payment.ts"
import { fingerprinted, fingerprintedDispute } from "./fingerprint.ts"
import type { ProviderEvent, WebhookReading, RefundUpdate } from "./provider.ts"
import { moneyFromStripe } from "./stripe-money.ts"

/** The provider's name, for ever. */
export const STRIPE = "stripe"

/** On refunds that we send: our name for them. */
export const REFUND_ID = "doorbuster_refund_id"

const noEvents = { kind: "events", events: [] } as const satisfies WebhookReading

/**
 * What an event of Stripe, whose signature has held, means here.
 *
 * Not everything does. `payment_intent.payment_failed` is one card that was declined: the buyer may try
 * another with the same PaymentIntent until the order's end, so it must not cancel the order. An
 * authorization that is not captured is no money yet.
 */
export function readingOf(event: Stripe.Event): WebhookReading {
  switch (event.type) {
    case "payment_intent.succeeded":
    case "payment_intent.canceled":
      return readingOfIntent(event.data.object)
    case "payment_intent.processing":
      return processing(event.data.object)
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
    case "charge.refund.updated":
      return readingOfRefunds([event.data.object])
    case "charge.refunded":
      // It lists its refunds only for endpoints with an API version of before November 2022.
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
  if (event === null) return intent.status === "succeeded" ? nobodys(intent) : noEvents
  if (event !== "no sense") return { kind: "events", events: [{ about: "payment", event }] }
  const { id, amount_received, currency } = intent
  return { kind: "not understood", detail: `${id} is about ${amount_received} ${currency}` }
}

/** It has no result yet, and may get one after the order's end: for the log, so that it can be looked for. */
function processing({ id, metadata }: Stripe.PaymentIntent): WebhookReading {
  const orderId = idFrom(metadata?.["order_id"])
  if (orderId === null) return noEvents
  const reason = `${id} of order ${orderId} is processing: its result comes later, perhaps after the order's end`
  return { ...noEvents, ignored: reason }
}

/** Another shop's, perhaps, on the same account; or the page forgot to say whose. */
function nobodys({ id, metadata }: Stripe.PaymentIntent): WebhookReading {
  const named = metadata?.["order_id"]
  const reason =
    named === undefined ? "names no order" : `names ${JSON.stringify(named.slice(0, 50))} as its order`
  return { ...noEvents, ignored: `${id} has succeeded and ${reason}: its metadata need order_id` }
}

/**
 * The event that a payment intent stands for. Webhooks and look-ups both take it from here, so that it
 * has the same key and content, however often and in whatever way it is told. Null: it has not come to
 * an end, or it is no order's. `"no sense"`: it is about money that cannot be written down here.
 */
export function eventOfIntent(intent: Stripe.PaymentIntent): PaymentEvent | "no sense" | null {
  const { id, status, metadata } = intent
  const orderId = idFrom(metadata?.["order_id"])
  if (orderId === null || (status !== "succeeded" && status !== "canceled")) return null
  const money = status === "succeeded" ? moneyFromStripe(intent.amount_received, intent.currency) : noMoney
  if (money === null) return "no sense"
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
 * Its status says all: each event about a dispute tells how far it has come, so that they mean the same in
 * any order and however often. An inquiry (`warning_…`) takes no money, and one that was prevented never
 * did. Where Stripe's amount cannot be written down here, it is taken to be all of the payment.
 */
function readingOfDispute(dispute: Stripe.Dispute): WebhookReading {
  const kind = disputeKindOf(dispute.status)
  const intent = dispute.payment_intent
  const paymentId = typeof intent === "string" ? intent : intent?.id
  if (kind === null || paymentId === undefined) return noEvents
  const money = moneyFromStripe(dispute.amount, dispute.currency) ?? noMoney
  const about = { provider: STRIPE, paymentId, disputeId: dispute.id, ...money }
  // Another amount is another message: the bank has changed its mind.
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
 * Null: it is ours and under way still, or in no way that is known. One without our name was made in the
 * Dashboard, or by another program on the account; its payment tells whether it is of one of our orders.
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

/** Of a refund that we sent we know how much it is, so that nothing is said of it is no reason to refuse it. */
function moneyOf({ amount, currency }: Partial<Stripe.Refund>) {
  return amount === undefined || currency === undefined ? null : moneyFromStripe(amount, currency)
}

/** How far a refund has come. Null: in no way that is known. */
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

/** Metadata are texts; one that is no positive whole number is as good as none. */
function idFrom(text: string | undefined): number | null {
  if (text === undefined || !/^[1-9]\d{0,15}$/.test(text)) return null
  const id = Number(text)
  return Number.isSafeInteger(id) ? id : null
}

/** As many units as a hold may have, at the very most. */
const MOST_UNITS = 2_147_483_647

function quantityFrom(text: string | undefined): number | null {
  const quantity = idFrom(text)
  return quantity !== null && quantity <= MOST_UNITS ? quantity : null
}
