import type { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import { droppedLinesOf, lineWriter } from "../base/log.ts"
import type { BatchObserver } from "../lanes/batch.ts"
import type { InstallationState } from "../metrics/installation-gauges.ts"
import { createMetrics, type Metrics } from "../metrics/metrics.ts"
import type { RecordServed } from "../metrics/request-durations.ts"
import type { RefusedHold } from "../metrics/watched-holds.ts"
import { isDeadlock } from "../store/errors.ts"
import type { History } from "../store/history.ts"
import type { StockCount } from "../store/reads/views.ts"
import { createFactCounters, type FactCounters } from "./fact-counters.ts"
import { lineOf, paymentEventLine } from "./fact-lines.ts"
import { followHistory } from "./history-events.ts"
import { createWarnings, type PaymentNotOpened, type Visitor, type WebhookProblem } from "./warnings.ts"
import {
  createTokenRefusalLog,
  createWebhookRefusalLog,
  type CustomerTokenRefusal,
  type WebhookRefusal,
} from "./webhook-refusals.ts"

/** One function for each business event. It writes the event's log line and updates its metrics. */
export interface Events extends BatchObserver {
  readonly registry: Registry
  /** A browser signed in to the control room, as the operator of this name. */
  signedIn(visitor: Visitor, operator: string): void
  /** A browser tried to sign in with a wrong token. */
  signInRefused(visitor: Visitor): void
  /** An admin action could not be recorded in the database; the log line is then its only record. */
  auditFailed(action: object, error: unknown): void
  /** An order or payment event was refused with this code. */
  refused(kind: "order" | "payment_event", code: string): void
  /** A hold of the product was refused. */
  holdRefused(productId: number, refusal: RefusedHold): void
  /** An operator watches the product's sale through this process: its holds are counted by result for a minute. */
  saleWatched(productId: number): void
  /** Operators watch these sales through other processes. */
  salesWatchedElsewhere(productIds: readonly number[]): void
  /** The products whose sales operators watch through this process. */
  watchedSales(): readonly number[]
  /** A hold was refused from memory, without the lane. */
  gateRefused(): void
  /** A payment webhook was refused. Logged at most ten times a second. */
  webhookRefused(refusal: WebhookRefusal): void
  /** The customer token of a hold is not valid. Logged at most ten times a second. */
  customerTokenRefused(refusal: CustomerTokenRefusal): void
  /** A provider's webhook may be about money, but concerns no order, payment or refund of this installation. */
  webhookIgnored(message: WebhookProblem): void
  /** A payment message could not be understood, and is parked for the money inbox under `key`. */
  webhookUnclear(
    message: WebhookProblem & { readonly key: string; readonly webhookId: string | undefined },
  ): void
  /** The text of a payment message could not be kept, although its event was recorded. */
  messageNotKept(
    message: { readonly provider: string; readonly key: string; readonly requestId: string },
    error: unknown,
  ): void
  /** A buyer wanted to pay, but the provider opened no payment. */
  paymentNotOpened(attempt: PaymentNotOpened): void
  /** A payment event without an order was parked. */
  eventParked(event: ParkedEvent): void
  /** An outgoing event was sent, or not. A line is logged only when there are no attempts left. */
  deliveryTried(attempt: DeliveryAttempt): void
  /** A mail was sent, or not. A line is logged only when there are no attempts left. */
  mailTried(attempt: MailAttempt): void
  /** The mail server takes no mails, for a reason that concerns all of them. */
  mailServerAway(error: string): void
  /** The mail server takes mails again. */
  mailServerBack(): void
  mailsWaiting(count: number): void
  /** Something happened to a code of a buyer. `error`: why its mail was not sent. */
  mailCode(result: string, error?: string | null): void
  expiryBatch(swept: { readonly expired: number; readonly durationMs: number }): void
  expiryLag(seconds: number): void
  stockCounted(products: readonly StockCount[]): void
  /** A scrape has read this from the database; null: the database did not answer. */
  installationRead(state: InstallationState | null): void
  invariantViolations(count: number): void
  laneQueue(length: () => number): void
  openStreams(count: () => number): void
  /** Logs and measures what is noticed about the database's history. */
  historyOf(history: History): void
  /** Returns the function that counts the answers of a route. */
  requestsOf(route: string): RecordServed
}

interface ParkedEvent {
  readonly key: string
  readonly orderId: number | null
  readonly duplicate: boolean
  readonly requestId?: string | undefined
}

interface DeliveryAttempt {
  readonly endpointId: number
  readonly eventId: string
  readonly outcome: "delivered" | "again" | "failed"
  readonly error: string | null
}

interface MailAttempt {
  readonly id: string
  readonly orderId: number
  readonly kind: string
  readonly outcome: "sent" | "again" | "failed" | "skipped"
  readonly error: string | null
}

/** Binds the events to a logger and to metrics of their own, which are in the returned registry. */
export function createEvents(log: Logger): Events {
  const metrics = createMetrics()
  metrics.watchDroppedLogLines(() => droppedLinesOf(log))
  const counters = createFactCounters(metrics)
  return {
    registry: metrics.registry,
    ...batchEvents(log, metrics, counters),
    ...createWarnings(log),
    ...saleEvents(metrics, counters),
    ...workerEvents(log, metrics),
    ...mailEvents(log, metrics),
    webhookRefused: createWebhookRefusalLog(log),
    customerTokenRefused: createTokenRefusalLog(log),
    laneQueue: (length) => metrics.watchQueue(length),
    openStreams: (count) => metrics.watchStreams(count),
    historyOf: (history) => followHistory(history, log, metrics),
    requestsOf: (route) => metrics.requests.route(route),
  }
}

function batchEvents(log: Logger, metrics: Metrics, counters: FactCounters) {
  const writeLines = lineWriter(log)
  const events: Pick<Events, "committed" | "retried" | "eventParked"> = {
    committed(batch) {
      metrics.batchSize.observe(batch.size)
      metrics.batchSeconds.observe(batch.seconds)
      const lines: string[] = []
      for (const { facts } of batch.products) {
        for (const fact of facts) {
          counters.count(fact)
          const line = lineOf(fact)
          if (line !== null) lines.push(line)
        }
      }
      if (lines.length > 0) writeLines("info", lines)
    },
    retried(productId, attempts, error) {
      metrics.retries.inc()
      const reason = error instanceof Error ? error.message : String(error)
      const fields = { metric: "stock.contention", product_id: productId, attempts, reason }
      log.warn(
        fields,
        isDeadlock(error) ? "Deadlock encountered, retrying." : "Transaction failed transiently; retrying.",
      )
    },
    eventParked(parked) {
      const event = { ...parked, outcome: "parked", late: false } as const
      counters.countPaymentEvent(event)
      writeLines("info", [paymentEventLine(event)])
    },
  }
  return events
}

type SaleEvents = Pick<
  Events,
  "refused" | "holdRefused" | "gateRefused" | "saleWatched" | "salesWatchedElsewhere" | "watchedSales"
>

function saleEvents(metrics: Metrics, counters: FactCounters): SaleEvents {
  return {
    refused(kind, code) {
      if (kind === "order") metrics.orders.count(code)
      else metrics.paymentEvents.count(code)
    },
    holdRefused: (productId, refusal) => counters.countRefusedHold(productId, refusal),
    gateRefused: () => metrics.gateRefusals.count(),
    saleWatched: (productId) => metrics.watchedHolds.watch(productId, "here"),
    salesWatchedElsewhere(productIds) {
      for (const id of productIds) metrics.watchedHolds.watch(id, "elsewhere")
    },
    watchedSales: () => metrics.watchedHolds.lookedAtHere,
  }
}

type WorkerEvents = Pick<
  Events,
  "deliveryTried" | "expiryBatch" | "expiryLag" | "stockCounted" | "installationRead" | "invariantViolations"
>

function workerEvents(log: Logger, metrics: Metrics): WorkerEvents {
  return {
    deliveryTried({ endpointId, eventId, outcome, error }) {
      metrics.deliveries.count(outcome)
      if (outcome !== "failed") return
      const fields = { endpoint_id: endpointId, webhook_id: eventId, reason: error }
      log.warn({ metric: "webhook.undelivered", ...fields }, "An outgoing event could not be delivered.")
    },
    expiryBatch({ expired, durationMs }) {
      const fields = { metric: "expiry.batch", expired_count: expired, duration_ms: durationMs }
      log.info(fields, "Expiry batch.")
    },
    expiryLag: (seconds) => metrics.installation.expiryLag.set(seconds),
    installationRead: (state) => metrics.installation.set(state),
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
  }
}

type MailEvents = Pick<
  Events,
  "mailTried" | "mailServerAway" | "mailServerBack" | "mailsWaiting" | "mailCode"
>

/** One line a minute says enough of a limit that is reached. */
const A_MINUTE_MS = 60_000

/** Neither an address nor a text of a mail is logged. */
function mailEvents(log: Logger, metrics: Metrics): MailEvents {
  let saidFullAt = -Infinity
  return {
    mailCode(result, error = null) {
      metrics.mailCodes.count(result.replaceAll(" ", "_"))
      if (result === "failed") {
        log.warn({ metric: "mail_code.failed", reason: error }, "A code could not be mailed to a buyer.")
      }
      if (result === "limited in all" && performance.now() > saidFullAt + A_MINUTE_MS) {
        saidFullAt = performance.now()
        log.warn({ metric: "mail_code.limited" }, "MAIL_CODES_PER_HOUR is reached: buyers get no codes.")
      }
    },
    mailTried({ id, orderId, kind, outcome, error }) {
      metrics.mails.count(outcome)
      if (outcome !== "failed") return
      const fields = { mail_id: id, order_id: orderId, kind, reason: error }
      log.warn({ metric: "mail.failed", ...fields }, "A mail could not be sent.")
    },
    mailServerAway: (error) =>
      log.warn({ metric: "mail.server_away", reason: error }, "The mail server takes no mails; they wait."),
    mailServerBack: () => log.info("The mail server takes mails again."),
    mailsWaiting: (count) => metrics.mailsWaiting.set(count),
  }
}
