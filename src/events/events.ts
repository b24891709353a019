import type { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import type { DisputeStatus } from "../domain/dispute.ts"
import type { Fact } from "../domain/facts.ts"
import type { PaymentOutcome } from "../domain/payment.ts"
import type { ProductSettings } from "../domain/product.ts"
import { refundName, type RefundStatus } from "../domain/refund.ts"
import { isoTimeOrNull } from "../domain/time.ts"
import type { BatchObserver, CommittedBatch } from "../lanes/batch.ts"
import { lineWriter } from "../base/log.ts"
import { createMetrics } from "../metrics/metrics.ts"
import type { RecordServed } from "../metrics/request-durations.ts"
import type { StockCount } from "../store/reads/views.ts"

/** One function per business event: its log line and its metrics together. */
export interface Events extends BatchObserver {
  readonly registry: Registry
  /** Somebody has shown the admin token and may use the control room. */
  signedIn(visitor: Visitor): void
  /** Somebody has shown another one. */
  signInRefused(visitor: Visitor): void
  /** What the shop has done could not be kept; the log is then the only place that has it. */
  auditFailed(action: object, error: unknown): void
  /** An order or payment event that was refused, by its code. */
  refused(kind: "order" | "payment_event", code: string): void
  /** A hold of the product was refused, by its code. */
  holdRefused(productId: number, code: string): void
  /** Somebody looks at the product's sale: what becomes of its holds is counted for a minute. */
  saleWatched(productId: number): void
  /** The same, through another process. */
  salesWatchedElsewhere(productIds: readonly number[]): void
  /** Whose sales somebody looks at through this one. */
  watchedSales(): readonly number[]
  /** A hold that was refused from memory, without the lane. */
  gateRefused(): void
  /** A payment webhook that was not taken; told at most ten times a second. */
  webhookRefused(refusal: WebhookRefusal): void
  /** A provider told of something that may be money, and nothing came of it. */
  webhookIgnored(message: Omit<WebhookRefusal, "status" | "webhookId" | "path">): void
  /** A payment's message could not be understood, and is parked for the money inbox under `key`. */
  webhookUnclear(message: Omit<WebhookRefusal, "status" | "path"> & { readonly key: string }): void
  /** A buyer wanted to pay, and the provider opened no payment. */
  paymentNotOpened(wish: {
    readonly orderId: number
    readonly provider: string
    readonly error: string
    readonly requestId: string
  }): void
  eventParked(event: {
    key: string
    orderId: number | null
    duplicate: boolean
    requestId?: string | undefined
  }): void
  /** An attempt to deliver an outgoing event; it is told of when nobody tries any more. */
  deliveryTried(attempt: {
    endpointId: number
    eventId: string
    outcome: "delivered" | "again" | "failed"
    error: string | null
  }): void
  expiryBatch(swept: { expired: number; durationMs: number }): void
  expiryLag(seconds: number): void
  stockCounted(products: readonly StockCount[]): void
  invariantViolations(count: number): void
  laneQueue(length: () => number): void
  openStreams(count: () => number): void
  /** Gives what counts the answers of a route. */
  requestsOf(route: string): RecordServed
}

interface Visitor {
  readonly address: string
  readonly requestId: string
}

interface WebhookRefusal {
  readonly provider: string
  readonly status: number
  /** The code of the refusal, and what it is about. */
  readonly reason: string | undefined
  readonly webhookId: string | undefined
  readonly path?: string
  readonly requestId: string
}

/** Binds the events to a logger; the metrics are in the returned registry. */
export function createEvents(log: Logger): Events {
  const metrics = createMetrics()
  const writeLines = lineWriter(log)
  const tell = (metric: string, fields: object, message: string) => log.info({ metric, ...fields }, message)

  let suppressed = 0
  let latest: WebhookRefusal | null = null
  let warning: NodeJS.Timeout | null = null

  /** Tells of the first at once, and of all that come in a pause together at its end. */
  function warnOfRefusals(): void {
    warning = null
    if (suppressed === 0 || latest === null) return
    const { webhookId, requestId, ...told } = latest
    const fields = { ...told, webhook_id: webhookId, request_id: requestId, refused_since_last: suppressed }
    log.warn({ metric: "webhook.refused", ...fields }, "Payment webhook refused.")
    suppressed = 0
    warning = setTimeout(warnOfRefusals, WARNING_PAUSE_MS)
  }

  function committed(batch: CommittedBatch): void {
    metrics.batchSize.observe(batch.size)
    metrics.batchSeconds.observe(batch.seconds)
    const lines: string[] = []
    for (const { facts } of batch.products) {
      for (const fact of facts) {
        count(fact)
        const line = lineOf(fact)
        if (line !== null) lines.push(line)
      }
    }
    if (lines.length > 0) writeLines("info", lines)
  }

  function count(fact: Fact): void {
    switch (fact.kind) {
      case "hold_created":
      case "hold_released":
      case "hold_expired":
        return countHold(fact.hold.productId, fact.kind.slice("hold_".length))
      case "order_created":
      case "order_cancelled":
      case "order_expired":
      case "order_paid":
      case "order_refunded":
        return metrics.orders.count(fact.kind.slice("order_".length))
      case "refund_due":
        return metrics.refunds.count(fact.refund.status)
      case "refund_settled":
        return metrics.refunds.count(fact.refund.status)
      case "dispute_changed":
        return metrics.disputes.count(fact.dispute.status)
      case "payment_event":
        return countPaymentEvent(fact)
      case "product_created":
      case "product_changed":
      case "stock_adjusted":
        return undefined
    }
  }

  function countHold(productId: number, result: string): void {
    metrics.holds.count(result)
    metrics.watchedHolds.count(productId, result)
  }

  function countPaymentEvent({ duplicate, outcome }: PaymentEventFact): void {
    metrics.paymentEvents.count(duplicate ? "duplicate" : outcome)
  }

  function tellPaymentEvent(event: PaymentEventFact): void {
    countPaymentEvent(event)
    writeLines("info", [paymentEventLine(event)])
  }

  return {
    registry: metrics.registry,
    committed,
    retried(productId, attempts, error) {
      metrics.retries.inc()
      const reason = error instanceof Error ? error.message : String(error)
      log.warn(
        { metric: "stock.contention", product_id: productId, attempts, reason },
        "Deadlock encountered, retrying.",
      )
    },
    groupFailed: (error) => log.warn({ err: error }, "A group of batches failed; each is tried alone."),
    signedIn: ({ address, requestId }) =>
      tell("admin.signed_in", { address, request_id: requestId }, "Signed in to the control room."),
    signInRefused({ address, requestId }) {
      const fields = { metric: "admin.sign_in_refused", address, request_id: requestId }
      log.warn(fields, "A wrong admin token was refused.")
    },
    auditFailed: (action, error) =>
      log.error({ metric: "admin.audit_failed", action, err: error }, "An admin action could not be kept."),
    refused(kind, code) {
      if (kind === "order") metrics.orders.count(code)
      else metrics.paymentEvents.count(code)
    },
    holdRefused: countHold,
    saleWatched: (productId) => metrics.watchedHolds.watch(productId, "here"),
    salesWatchedElsewhere(productIds) {
      for (const id of productIds) metrics.watchedHolds.watch(id, "elsewhere")
    },
    watchedSales: () => metrics.watchedHolds.lookedAtHere,
    webhookRefused(refusal) {
      suppressed += 1
      latest = refusal
      if (warning === null) warnOfRefusals()
    },
    webhookIgnored({ provider, reason, requestId }) {
      const fields = { provider, reason, request_id: requestId }
      log.warn({ metric: "webhook.ignored", ...fields }, "A payment webhook speaks of nothing here.")
    },
    webhookUnclear({ provider, key, reason, webhookId, requestId }) {
      const fields = { provider, key, reason, webhook_id: webhookId, request_id: requestId }
      log.warn(
        { metric: "webhook.unclear", ...fields },
        "Payment webhook not understood, parked for the inbox.",
      )
    },
    paymentNotOpened({ orderId, provider, error, requestId }) {
      const fields = { order_id: orderId, provider, error, request_id: requestId }
      log.warn({ metric: "payment.not_opened", ...fields }, "A buyer could not begin to pay.")
    },
    gateRefused: () => metrics.gateRefusals.count(),
    eventParked: (event) => tellPaymentEvent({ ...event, outcome: "parked", late: false }),
    deliveryTried({ endpointId, eventId, outcome, error }) {
      metrics.deliveries.count(outcome)
      if (outcome !== "failed") return
      const fields = { endpoint_id: endpointId, webhook_id: eventId, reason: error }
      log.warn({ metric: "webhook.undelivered", ...fields }, "An outgoing event could not be delivered.")
    },
    expiryBatch: ({ expired, durationMs }) =>
      tell("expiry.batch", { expired_count: expired, duration_ms: durationMs }, "Expiry batch."),
    expiryLag: (seconds) => metrics.expiryLag.set(seconds),
    stockCounted(products) {
      metrics.stock.reset()
      for (const { id, stock, held, sold } of products) {
        metrics.stock.set({ product: id, state: "available" }, stock - held - sold)
        metrics.stock.set({ product: id, state: "held" }, held)
        metrics.stock.set({ product: id, state: "sold" }, sold)
      }
    },
    invariantViolations(count) {
      metrics.violations.set(count)
      metrics.recountedAt.setToCurrentTime()
    },
    laneQueue: (length) => metrics.watchQueue(length),
    openStreams: (count) => metrics.watchStreams(count),
    requestsOf: (route) => metrics.requests.route(route),
  }
}

type PaymentEventFact = Omit<Extract<Fact, { kind: "payment_event" }>, "kind">

/**
 * The line of a fact, as the log takes it: its members without the braces. Null: another fact of the
 * same moment says it.
 */
function lineOf(fact: Fact): string | null {
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
      return null
    case "order_refunded":
      return line("order.refunded", orderFields(fact), "Order refunded.")
    case "refund_due":
      return line("refund.due", refundFields(fact), "Refund due.")
    case "refund_settled":
      return line(`refund.${fact.refund.status}`, refundFields(fact), refundMessages[fact.refund.status])
    case "dispute_changed":
      return line(`dispute.${fact.dispute.status}`, disputeFields(fact), disputeMessages[fact.dispute.status])
    case "payment_event":
      return paymentEventLine(fact)
    case "product_created":
      return line("product.created", productFields(fact), "Product created.")
    case "product_changed":
      return line("product.changed", productFields(fact), "Product changed.")
    case "stock_adjusted":
      return line("stock.adjusted", stockFields(fact), "Stock adjusted.")
  }
}

function line(metric: string, fields: object, message: string): string {
  return JSON.stringify({ metric, ...fields, msg: message }).slice(1, -1)
}

/** Holds come in the greatest numbers. Their request's id comes from a client, but needs no escaping. */
function holdLine(metric: string, { hold, requestId }: HoldFact, message: string): string {
  const request = requestId === undefined ? "" : `,"request_id":"${requestId}"`
  return `"metric":"${metric}","hold_id":${hold.id},"product_id":${hold.productId},"quantity":${hold.qty}${request},"msg":"${message}"`
}

type HoldFact = Extract<Fact, { hold: object }>

function paymentEventLine(event: PaymentEventFact): string {
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
    quantity: order.quantity,
    request_id: requestId,
  }
}

const refundMessages: Record<RefundStatus, string> = {
  due: "Refund is tried again.",
  sent: "Refund sent.",
  confirmed: "Refund confirmed.",
  failed: "Refund failed; somebody has to look.",
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
  open: "A buyer's bank takes a payment back; somebody has to answer.",
  won: "Dispute won, the money is here.",
  lost: "Dispute lost, the money is gone.",
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

/** The settings under their names in the API, moments as text. */
function wireNames({ opensAt, closesAt, ...settings }: Partial<ProductSettings>): Record<string, unknown> {
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
  stockBefore,
  stockAfter,
  requestId,
}: Extract<Fact, { kind: "stock_adjusted" }>) {
  return { product_id: productId, stock_before: stockBefore, stock_after: stockAfter, request_id: requestId }
}

/** Anybody can send unsigned webhooks; they must not fill the log. */
const WARNING_PAUSE_MS = 100
