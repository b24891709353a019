import type { Dispute } from "../../domain/dispute.ts"
import type { Hold } from "../../domain/hold.ts"
import { decimalAmount } from "../../domain/money.ts"
import type { Order } from "../../domain/order.ts"
import { disputeData, orderData, refundData } from "../../domain/outgoing-event.ts"
import { availableUnits, saleState, type Product, type SaleState } from "../../domain/product.ts"
import { isoTime, isoTimeOrNull, type Instant } from "../../domain/time.ts"
import { NO_ORDER, type Payment, type PaymentEventRecord } from "../../domain/payment.ts"
import type { OpenRefund, StrayPayment } from "../../store/reads/money-views.ts"
import { isWithheld, refundName, type Refund } from "../../domain/refund.ts"
import type {
  DisputeAnswer,
  HoldAnswer,
  MoneyInboxAnswer,
  PaymentAnswerRow,
  PaymentEventAnswerRow,
  OrderAnswer,
  ProductAnswer,
  RefundAnswer,
} from "./schemas.ts"

/** A product as it goes over the wire. `defaultHoldTtl` fills in where the product says nothing. */
export function productAnswer(product: Product, now: Instant, defaultHoldTtl: number): ProductAnswer {
  return {
    id: product.id,
    name: product.name,
    description: product.description,
    image_url: product.imageUrl,
    price: decimalAmount(product.priceMinor, product.currency),
    price_minor: product.priceMinor,
    currency: product.currency,
    stock: product.stock,
    available_stock: availableUnits(product),
    reserved_stock: product.held,
    sold_stock: product.sold,
    sale_state: saleState(product, now),
    opens_at: isoTimeOrNull(product.opensAt),
    closes_at: isoTimeOrNull(product.closesAt),
    max_per_hold: product.maxPerHold,
    max_per_customer: product.maxPerCustomer,
    hold_ttl_seconds: product.holdTtlSeconds ?? defaultHoldTtl,
    server_time: isoTime(now),
  }
}

/** A product's answer as text, made once for all who read it. */
export interface ProductText {
  /** Names what a reader sees: another version, or another state of the sale, has another name. */
  readonly name: string
  /** Weak: `server_time` differs from answer to answer, what matters does not. */
  readonly etag: string
  textAt(now: Instant): string
}

/** The texts of products that are being read or watched. */
export interface ProductTexts {
  of(product: Product, now: Instant): ProductText
}

/** Remembers the texts of products for as long as anyone remembers these. */
export function createProductTexts(defaultHoldTtl: number): ProductTexts {
  const texts = new WeakMap<Product, ProductText & { readonly state: SaleState }>()

  return {
    of(product: Product, now: Instant): ProductText {
      const state = saleState(product, now)
      const known = texts.get(product)
      if (known?.state === state) return known
      const { server_time: _, ...rest } = productAnswer(product, now, defaultHoldTtl)
      const start = JSON.stringify(rest).slice(0, -1)
      const name = `${product.id}-${product.version}-${state}`
      const text = {
        state,
        name,
        etag: `W/"${name}"`,
        textAt: (now: Instant) => `${start},"server_time":"${isoTime(now)}"}`,
      }
      texts.set(product, text)
      return text
    },
  }
}

/** A hold as it goes over the wire, without its token. */
export function holdAnswer(hold: Hold): HoldAnswer {
  return {
    hold_id: hold.id,
    product_id: hold.productId,
    qty: hold.qty,
    status: hold.status,
    expires_at: isoTime(hold.expiresAt),
    created_at: isoTime(hold.createdAt),
    customer_id: hold.customerId,
  }
}

/**
 * A new hold as it goes over the wire, with its token, as text. In the order of its schema; names and
 * status need no escaping.
 */
export function newHoldText(hold: Hold, token: string): string {
  return (
    `{"hold_id":${hold.id},"product_id":${hold.productId},"qty":${hold.qty},"status":"${hold.status}",` +
    `"expires_at":"${isoTime(hold.expiresAt)}","created_at":"${isoTime(hold.createdAt)}",` +
    `"customer_id":${JSON.stringify(hold.customerId)},"token":"${token}"}`
  )
}

/** An order as it goes over the wire: as others are told of it. */
export const orderAnswer: (order: Order) => OrderAnswer = orderData

/** A refund as it goes over the wire: as others are told of it, and how sending it goes. */
export function refundAnswer(refund: Refund): RefundAnswer {
  return {
    ...refundData(refund),
    status: isWithheld(refund) ? "withheld" : refund.status,
    attempts: refund.attempts,
    last_error: refund.lastError,
    provider_refund_id: refund.providerRefundId,
    updated_at: isoTime(refund.updatedAt),
  }
}

/** A refund that is not confirmed, with what can be done. */
export function openRefundAnswer(refund: OpenRefund): MoneyInboxAnswer {
  const address = `/api/admin/refunds/${refundName(refund.orderId, refund.number)}`
  const confirm = { name: "confirm", href: `${address}/confirm`, body: null } as const
  const retry = { name: "retry", href: `${address}/retry`, body: null } as const
  const isStopped = refund.status === "failed" || refund.status === "withheld"
  return {
    kind: "refund",
    why: whyOpen(refund),
    actions: isStopped && !refund.isCovered ? [retry, confirm] : [confirm],
    payment_event: null,
    refund: refundAnswer(refund),
    dispute: null,
  }
}

function whyOpen(refund: OpenRefund): string {
  const { status, lastError, attempts, isCovered } = refund
  if (status === "sent") return "its provider has taken it on and has not said that it is back"
  if (isWithheld(refund)) {
    return isCovered
      ? "it was not sent, because the buyer's bank takes the payment back: if it does, this is back with it"
      : "it was not sent, because the buyer's bank had taken the payment back"
  }
  if (status === "failed") return `its provider refused it: ${lastError ?? "without a reason"}`
  return attempts === 0
    ? "it has not been sent yet"
    : `it could not be sent yet: ${lastError ?? "without a reason"}`
}

/** A success that waits for its order, with what can be done. */
export function strayPaymentAnswer(event: StrayPayment): MoneyInboxAnswer {
  const { provider, key } = event
  const isUnclear = event.orderId === NO_ORDER
  const assign = { name: "assign", href: "/api/admin/money/assign", body: { provider, key } } as const
  const returned = { name: "returned", href: "/api/admin/money/returned", body: { provider, key } } as const
  const actions = isUnclear ? [returned] : [assign, returned]
  return {
    kind: "payment_without_order",
    why: isUnclear
      ? "the message could not be understood; look it up at the payment provider, and assign or return its money there"
      : "it names no order that exists, and no hold that could become one",
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
    },
    refund: null,
    dispute: null,
  }
}

/** An open dispute, with what can be done here. */
export function openDisputeAnswer(dispute: Dispute): MoneyInboxAnswer {
  const { provider, disputeId, orderId } = dispute
  const body = { provider, dispute_id: disputeId }
  const address = `/api/admin/orders/${orderId}/disputes`
  return {
    kind: "dispute",
    why: "disputed: the buyer's bank takes the payment back; answer it at its provider, which tells how it ends",
    actions: [
      { name: "won", href: `${address}/won`, body },
      { name: "lost", href: `${address}/lost`, body },
    ],
    payment_event: null,
    refund: null,
    dispute: disputeData(dispute),
  }
}

/** A dispute as it goes over the wire: as others are told of it. */
export const disputeAnswer: (dispute: Dispute) => DisputeAnswer = disputeData

/** A payment as it goes over the wire. */
export function paymentWire(payment: Payment): PaymentAnswerRow {
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

/** What a provider has said, as it goes over the wire. */
export function paymentEventWire(event: PaymentEventRecord): PaymentEventAnswerRow {
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
