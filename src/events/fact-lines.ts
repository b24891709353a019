import type { DisputeStatus } from "../domain/dispute.ts"
import type { Fact } from "../domain/facts.ts"
import type { PaymentOutcome } from "../domain/payment.ts"
import type { ProductSettings } from "../domain/product.ts"
import { refundName, type RefundStatus } from "../domain/refund.ts"
import type { VariantSettings } from "../domain/variant.ts"
import { isoTimeOrNull } from "../domain/time.ts"

/** A payment event that was recorded, or one that was parked outside a batch. */
export type PaymentEventFact = Omit<Extract<Fact, { kind: "payment_event" }>, "kind">

/** The log line of a fact, as JSON members without the braces; null if another fact of the same batch has the line. */
export function lineOf(fact: Fact): string | null {
  switch (fact.kind) {
    case "hold_created":
      return holdLine("hold.created", fact, "Hold created.")
    case "hold_released":
      return holdLine("hold.released", fact, "Hold released.")
    case "hold_expired":
      return holdLine("hold.expired", fact, "Expired hold released.")
    case "order_created":
      return line("order.created", orderFields(fact), "Order created.")
    case "order_cancelled":
      return line("order.cancelled", orderFields(fact), "Order cancelled.")
    case "order_expired":
      return line("order.expired", orderFields(fact), "Unpaid order expired.")
    case "order_paid":
      if (fact.order.totalMinor > 0) return null
      return line("order.paid", orderFields(fact), "Order paid: it costs nothing.")
    case "order_refunded":
      return line("order.refunded", orderFields(fact), "Order refunded.")
    case "refund_due":
      return line("refund.due", refundFields(fact), "Refund due.")
    case "refund_settled":
      return line(`refund.${fact.refund.status}`, refundFields(fact), refundMessages[fact.refund.status])
    case "refund_reversed":
      return line("refund.reversed", refundFields(fact), "A confirmed refund has failed after all.")
    case "dispute_changed":
      return line(`dispute.${fact.dispute.status}`, disputeFields(fact), disputeMessages[fact.dispute.status])
    case "payment_event":
      return paymentEventLine(fact)
    case "product_created":
      return line("product.created", productFields(fact), "Product created.")
    case "product_changed":
      return line("product.changed", productFields(fact), "Product changed.")
    case "variant_added":
      return line("variant.added", variantFields(fact), "Variant added.")
    case "variant_changed":
      return line("variant.changed", variantFields(fact), "Variant changed.")
    case "stock_adjusted":
      return line("stock.adjusted", stockFields(fact), "Stock adjusted.")
  }
}

function line(metric: string, fields: object, message: string): string {
  return JSON.stringify({ metric, ...fields, msg: message }).slice(1, -1)
}

/**
 * Written by hand, because holds are the most frequent lines. Request ids need no escaping: they are checked on
 * arrival.
 */
function holdLine(metric: string, { hold, requestId }: HoldFact, message: string): string {
  const request = requestId === undefined ? "" : `,"request_id":"${requestId}"`
  return `"metric":"${metric}","hold_id":${hold.id},"product_id":${hold.productId},"quantity":${hold.qty}${request},"msg":"${message}"`
}

type HoldFact = Extract<Fact, { hold: object }>

/** The log line of a payment event. */
export function paymentEventLine(event: PaymentEventFact): string {
  return line(
    "webhook.processed",
    {
      idempotency_key: event.key,
      order_id: event.orderId,
      is_duplicate: event.duplicate,
      outcome: event.outcome,
      late: event.late || undefined,
      request_id: event.requestId,
    },
    event.duplicate ? "Webhook Duplicate Ignored" : webhookMessages[event.outcome],
  )
}

/**
 * Some of these texts come from the documents that the project began with (docs/internals/origins.md), so they stay as
 * they are. "Stock Deducted": the units are now sold.
 */
const webhookMessages: Record<PaymentOutcome, string> = {
  disputed: "Dispute noted.",
  paid: "Webhook Payment Success - Stock Deducted",
  cancelled: "Payment Failed",
  ignored_final: "Order already finalized, ignoring webhook.",
  refund_due: "Payment received that the order cannot take, refund due.",
  parked: "Webhook parked until its order exists.",
}

function orderFields({ order, requestId }: Extract<Fact, { order: object }>) {
  return {
    order_id: order.id,
    hold_id: order.holdId,
    product_id: order.productId,
    quantity: order.qty,
    request_id: requestId,
  }
}

const refundMessages: Record<RefundStatus, string> = {
  due: "Refund is tried again.",
  sent: "Refund sent.",
  confirmed: "Refund confirmed.",
  failed: "Refund failed; an operator has to look at it.",
  withheld: "Refund withheld: the buyer's bank takes the payment back.",
}

function refundFields({ refund, requestId }: Extract<Fact, { refund: object }>) {
  return {
    refund_id: refundName(refund.orderId, refund.number),
    order_id: refund.orderId,
    product_id: refund.productId,
    amount_minor: refund.amountMinor,
    currency: refund.currency,
    restock_qty: refund.restockQty,
    reason: refund.reason,
    request_id: requestId,
  }
}

const disputeMessages: Record<DisputeStatus, string> = {
  open: "A buyer's bank takes a payment back; an operator has to answer.",
  won: "Dispute won; the shop keeps the money.",
  lost: "Dispute lost; the buyer's bank keeps the money.",
}

function disputeFields({ dispute, requestId }: Extract<Fact, { dispute: object }>) {
  return {
    dispute_id: dispute.disputeId,
    order_id: dispute.orderId,
    product_id: dispute.productId,
    provider: dispute.provider,
    payment_id: dispute.paymentId,
    amount_minor: dispute.amountMinor,
    held_minor: dispute.heldMinor,
    currency: dispute.currency,
    request_id: requestId,
  }
}

type ProductFact = Extract<Fact, { kind: "product_created" | "product_changed" }>

function productFields({ productId, settings, requestId }: ProductFact) {
  return { product_id: productId, settings: wireNames(settings), request_id: requestId }
}

type VariantFact = Extract<Fact, { kind: "variant_added" | "variant_changed" }>

function variantFields({ productId, variantId, settings, requestId }: VariantFact) {
  const named = { product_id: productId, variant_id: variantId, settings: wireNames(settings) }
  return { ...named, request_id: requestId }
}

type GivenSettings = Pick<Partial<ProductSettings>, "opensAt" | "closesAt"> &
  (Partial<ProductSettings> | Partial<VariantSettings>)

/** The settings under their names in the API, times in ISO 8601. */
function wireNames({ opensAt, closesAt, ...settings }: GivenSettings): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(settings)) {
    named[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value
  }
  if (opensAt !== undefined) named["opens_at"] = isoTimeOrNull(opensAt)
  if (closesAt !== undefined) named["closes_at"] = isoTimeOrNull(closesAt)
  return named
}

function stockFields({
  productId,
  variantId,
  stockBefore,
  stockAfter,
  requestId,
}: Extract<Fact, { kind: "stock_adjusted" }>) {
  const stock = { stock_before: stockBefore, stock_after: stockAfter }
  return { product_id: productId, variant_id: variantId, ...stock, request_id: requestId }
}
