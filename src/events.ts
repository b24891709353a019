import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import type { Fact } from "./domain/facts.ts"
import type { PaymentOutcome } from "./domain/payment.ts"
import type { ProductSettings } from "./domain/product.ts"
import { isoTimeOrNull } from "./domain/time.ts"
import type { BatchObserver, CommittedBatch } from "./lanes/batch.ts"
import type { StockCount } from "./store/views.ts"

/** One function per business event: its log line and its metrics together. */
export interface Events extends BatchObserver {
  readonly registry: Registry
  /** A hold, order or payment event that was refused, by its code. */
  refused(kind: "hold" | "order" | "payment_event", code: string): void
  /** A hold that was refused from memory, without the lane. */
  gateRefused(): void
  /** A payment webhook that was not taken; told at most ten times a second. */
  webhookRefused(refusal: { status: number; webhookId: string | undefined; requestId: string }): void
  eventParked(event: {
    key: string
    orderId: number
    duplicate: boolean
    requestId?: string | undefined
  }): void
  expiryBatch(swept: { expired: number; durationMs: number }): void
  expiryLag(seconds: number): void
  stockCounted(products: readonly StockCount[]): void
  invariantViolations(count: number): void
  laneQueue(length: () => number): void
  requestServed(route: string, status: number, seconds: number): void
}

/** Binds the events to a logger; the metrics are in the returned registry. */
export function createEvents(log: Logger): Events {
  const metrics = createMetrics()
  const tell = (metric: string, fields: object, message: string) => log.info({ metric, ...fields }, message)

  let suppressed = 0
  let nextWarning = 0

  function committed(batch: CommittedBatch): void {
    metrics.batchSize.observe(batch.size)
    metrics.batchSeconds.observe(batch.seconds)
    let holdsCreated = 0
    for (const fact of batch.products.flatMap(({ facts }) => facts)) {
      if (fact.kind === "hold_created") holdsCreated += 1
      tellFact(fact)
    }
    if (holdsCreated > 0) metrics.holds.inc({ result: "created" }, holdsCreated)
  }

  function tellFact(fact: Fact): void {
    switch (fact.kind) {
      case "hold_created":
        return tell("hold.created", holdFields(fact), "Hold created.")
      case "hold_released":
        metrics.holds.inc({ result: "released" })
        return tell("hold.released", holdFields(fact), "Hold released.")
      case "hold_expired":
        metrics.holds.inc({ result: "expired" })
        return tell("hold.expired", holdFields(fact), "Expired hold released.")
      case "order_created":
        metrics.orders.inc({ result: "created" })
        return tell("order.created", orderFields(fact), "Order created.")
      case "order_cancelled":
        metrics.orders.inc({ result: "cancelled" })
        return tell("order.cancelled", orderFields(fact), "Order cancelled.")
      case "order_expired":
        metrics.orders.inc({ result: "expired" })
        return tell("order.expired", orderFields(fact), "Unpaid order expired.")
      case "payment_event":
        return tellPaymentEvent(fact)
      case "product_created":
        return tell("product.created", productFields(fact), "Product created.")
      case "product_changed":
        return tell("product.changed", productFields(fact), "Product changed.")
      case "stock_adjusted":
        return tell("stock.adjusted", stockFields(fact), "Stock adjusted.")
    }
  }

  function tellPaymentEvent(event: PaymentEventFact): void {
    metrics.paymentEvents.inc({ outcome: event.duplicate ? "duplicate" : event.outcome })
    if (!event.duplicate && event.outcome === "paid") metrics.orders.inc({ result: "paid" })
    tell(
      "webhook.processed",
      {
        idempotency_key: event.key,
        order_id: event.orderId,
        is_duplicate: event.duplicate,
        outcome: event.outcome,
        request_id: event.requestId,
      },
      event.duplicate ? "Webhook Duplicate Ignored" : webhookMessages[event.outcome],
    )
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
    refused(kind, code) {
      if (kind === "hold") metrics.holds.inc({ result: code })
      else if (kind === "order") metrics.orders.inc({ result: code })
      else metrics.paymentEvents.inc({ outcome: code })
    },
    webhookRefused({ status, webhookId, requestId }) {
      suppressed += 1
      if (performance.now() < nextWarning) return
      nextWarning = performance.now() + WARNING_PAUSE_MS
      const fields = { status, webhook_id: webhookId, request_id: requestId, refused_since_last: suppressed }
      log.warn({ metric: "webhook.refused", ...fields }, "Payment webhook refused.")
      suppressed = 0
    },
    gateRefused: () => metrics.gateRefusals.inc(),
    eventParked: (event) => tellPaymentEvent({ ...event, outcome: "parked" }),
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
    invariantViolations: (count) => metrics.violations.set(count),
    laneQueue: (length) => metrics.watchQueue(length),
    requestServed: (route, status, seconds) => metrics.requests.observe({ route, status }, seconds),
  }
}

type PaymentEventFact = Omit<Extract<Fact, { kind: "payment_event" }>, "kind">

const webhookMessages: Record<PaymentOutcome, string> = {
  paid: "Webhook Payment Success - Stock Deducted",
  cancelled: "Payment Failed",
  ignored_final: "Order already finalized, ignoring webhook.",
  refund_due: "Payment received that the order cannot take, refund due.",
  parked: "Webhook parked until its order exists.",
}

function holdFields({ hold, requestId }: Extract<Fact, { hold: object }>) {
  return { hold_id: hold.id, product_id: hold.productId, quantity: hold.qty, request_id: requestId }
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

const milliseconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** `aggregator` says what a metric is where several processes tell it; the sum if it does not say. */
function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  let queueLength = () => 0
  const queue = new Gauge({
    name: "doorbuster_lane_queue_length",
    help: "Commands waiting in lanes",
    registers,
    collect() {
      queue.set(queueLength())
    },
  })
  return {
    registry,
    watchQueue: (length: () => number) => (queueLength = length),
    holds: new Counter({
      name: "doorbuster_holds_total",
      help: "Holds by what became of them, and refused ones by code",
      labelNames: ["result"],
      registers,
    }),
    orders: new Counter({
      name: "doorbuster_orders_total",
      help: "Orders by what became of them, and refused ones by code",
      labelNames: ["result"],
      registers,
    }),
    paymentEvents: new Counter({
      name: "doorbuster_payment_events_total",
      help: "Payment events by outcome",
      labelNames: ["outcome"],
      registers,
    }),
    stock: new Gauge({
      name: "doorbuster_stock_units",
      help: "Units of each product, read from the database at the scrape",
      labelNames: ["product", "state"],
      aggregator: "first",
      registers,
    }),
    violations: new Gauge({
      name: "doorbuster_invariant_violations",
      help: "Differences the last recount found",
      aggregator: "max",
      registers,
    }),
    expiryLag: new Gauge({
      name: "doorbuster_hold_expiry_lag_seconds",
      help: "How long ago the oldest hold or unpaid order that is not yet ended fell due",
      aggregator: "max",
      registers,
    }),
    gateRefusals: new Counter({
      name: "doorbuster_gate_refusals_total",
      help: "Holds refused from memory because nothing was left a moment ago",
      registers,
    }),
    batchSize: new Histogram({
      name: "doorbuster_batch_size",
      help: "Commands in one transaction",
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
      registers,
    }),
    batchSeconds: new Histogram({
      name: "doorbuster_batch_duration_seconds",
      help: "Time from the start of a batch to its commit, retries included",
      buckets: milliseconds,
      registers,
    }),
    retries: new Counter({
      name: "doorbuster_transaction_retries_total",
      help: "Transactions that failed for a passing reason",
      registers,
    }),
    requests: new Histogram({
      name: "http_request_duration_seconds",
      help: "Time to answer, by route and status",
      labelNames: ["route", "status"],
      buckets: milliseconds,
      registers,
    }),
  }
}
