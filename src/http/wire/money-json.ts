import type { Dispute } from "../../domain/dispute.ts"
import { decimalAmount } from "../../domain/money.ts"
import type { Order } from "../../domain/order.ts"
import { NO_ORDER, type Payment, type PaymentEventRecord } from "../../domain/payment.ts"
import { isWithheld, refundName } from "../../domain/refund.ts"
import { isoTime, isoTimeOrNull } from "../../domain/time.ts"
import type { KeptMessage, OpenRefund, StrayPayment } from "../../store/reads/money-views.ts"
import { disputeJson } from "../../wire/dispute.ts"
import { ownOrderJson } from "../../wire/order.ts"
import { refundJson } from "../../wire/refund.ts"
import type {
  ListedPaymentEventJson,
  MoneyInboxEntryJson,
  PaymentEventJson,
  PaymentJson,
} from "./payment-schemas.ts"

/** A refund that is not confirmed, and the possible actions. */
export function openRefundJson(refund: OpenRefund): MoneyInboxEntryJson {
  const address = `/api/admin/refunds/${refundName(refund.orderId, refund.number)}`
  const confirm = { name: "confirm", href: `${address}/confirm`, body: null } as const
  const retry = { name: "retry", href: `${address}/retry`, body: null } as const
  const isStopped = refund.status === "failed" || refund.status === "withheld"
  return {
    kind: "refund",
    why: whyOpen(refund),
    actions: isStopped && !refund.isCovered ? [retry, confirm] : [confirm],
    payment_event: null,
    refund: refundJson(refund),
    dispute: null,
  }
}

function whyOpen(refund: OpenRefund): string {
  const { status, lastError, attempts, isCovered } = refund
  if (status === "sent") return "the provider has accepted the refund and has not confirmed it yet"
  if (isWithheld(refund)) {
    return isCovered
      ? "the refund was not sent, because the buyer's bank has disputed the payment: if the dispute is lost, the bank returns this money too"
      : "the refund was not sent, because the buyer's bank had taken the payment back"
  }
  if (status === "failed") return `the provider refused the refund: ${lastError ?? "without a reason"}`
  return attempts === 0
    ? "the refund has not been sent yet; where no provider sends it by itself, as for payments by the generic webhook, send the money back yourself and then mark the refund as refunded"
    : `the refund could not be sent yet: ${lastError ?? "without a reason"}`
}

/** A successful payment without an order, and the possible actions. */
export function strayPaymentJson(event: StrayPayment): MoneyInboxEntryJson {
  const { provider, key } = event
  const isUnclear = event.orderId === NO_ORDER
  const assign = { name: "assign", href: "/api/admin/money/assign", body: { provider, key } } as const
  const returned = { name: "returned", href: "/api/admin/money/returned", body: { provider, key } } as const
  const actions = isUnclear ? [returned] : [assign, returned]
  return {
    kind: "payment_without_order",
    why: isUnclear
      ? "the provider's message could not be understood; find the payment at the provider, and return or assign the money there"
      : "the payment names neither an existing order nor a hold that could become one",
    actions: event.returnedAt === null ? actions : [],
    payment_event: {
      provider,
      key,
      order_id: isUnclear ? null : event.orderId,
      payment_id: event.paymentId,
      amount_minor: event.amountMinor,
      currency: event.currency,
      received_at: isoTime(event.receivedAt),
      returned_at: isoTimeOrNull(event.returnedAt),
      message: event.message,
    },
    refund: null,
    dispute: null,
  }
}

/** An open dispute, and the possible actions. */
export function openDisputeJson(dispute: Dispute): MoneyInboxEntryJson {
  const { provider, disputeId, orderId } = dispute
  const body = { provider, dispute_id: disputeId }
  const address = `/api/admin/orders/${orderId}/disputes`
  return {
    kind: "dispute",
    why: "the buyer's bank has disputed the payment; answer the dispute at the provider, which reports how it ends",
    actions: [
      { name: "won", href: `${address}/won`, body },
      { name: "lost", href: `${address}/lost`, body },
    ],
    payment_event: null,
    refund: null,
    dispute: disputeJson(dispute),
  }
}

/** A paid order of whose buyer details are missing. */
export function detailsMissingJson(order: Order): MoneyInboxEntryJson {
  return {
    kind: "details_missing",
    why: "the order is paid, but required details are missing: ask the buyer for them and enter them in the order; this entry then disappears",
    actions: [],
    payment_event: null,
    refund: null,
    dispute: null,
    order: ownOrderJson(order, null),
  }
}

/** Makes the JSON of a payment. */
export function paymentJson(payment: Payment): PaymentJson {
  return {
    provider: payment.provider,
    event_key: payment.eventKey,
    payment_id: payment.paymentId,
    order_id: payment.orderId,
    product_id: payment.productId,
    amount_minor: payment.amountMinor,
    amount: decimalAmount(payment.amountMinor, payment.currency),
    currency: payment.currency,
    allocation: payment.allocation,
    refunded_minor: payment.refundedMinor,
    disputed_minor: payment.disputedMinor,
    received_at: isoTime(payment.receivedAt),
  }
}

/** Makes the JSON of a payment event. */
export function paymentEventJson(event: PaymentEventRecord): PaymentEventJson {
  return {
    provider: event.provider,
    key: event.key,
    kind: event.kind,
    dispute_id: event.disputeId,
    order_id: event.orderId,
    payment_id: event.paymentId,
    amount_minor: event.amountMinor,
    currency: event.currency,
    outcome: event.outcome,
    late: event.late,
    applied_order_id: event.appliedOrderId,
    received_at: isoTime(event.receivedAt),
    applied_at: isoTimeOrNull(event.appliedAt),
    returned_at: isoTimeOrNull(event.returnedAt),
  }
}

/** An event of a list, with the message that is kept of it. */
export function listedPaymentEventJson(event: PaymentEventRecord & KeptMessage): ListedPaymentEventJson {
  return { ...paymentEventJson(event), message: event.message }
}
