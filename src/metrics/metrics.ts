import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type Metric,
} from "@prometheus-io/client"
import { createInstallationGauges } from "./installation-gauges.ts"
import { createRequestDurations } from "./request-durations.ts"
import { createTally } from "./tally.ts"
import { createWatchedHolds } from "./watched-holds.ts"

const durationBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** The metrics of one process. */
export type Metrics = ReturnType<typeof createMetrics>

/**
 * Creates every metric of `/metrics`, by its name in the code. `aggregator` says how the values of several processes
 * are combined; without it they are added.
 */
export function createMetrics() {
  const registry = new Registry()
  for (const metric of metricsOfNode()) registry.registerMetric(metric)
  return {
    registry,
    ...createServerMetrics(registry),
    ...createOutcomeCounters(registry),
    watchedHolds: createWatchedHolds(registry),
    ...createDatabaseGauges(registry),
    installation: createInstallationGauges(registry),
    ...createBatchMetrics(registry),
    ...createHistoryGauges(registry),
    requests: createRequestDurations({
      name: "http_request_duration_seconds",
      help: "Time to answer a request, by route and status",
      bounds: durationBounds,
      registry,
    }),
  }
}

let ofNode: Registry | null = null

/** Memory, event loop, garbage collection: observed once for all servers of a process, because observing never ends. */
function metricsOfNode(): Metric[] {
  if (ofNode === null) {
    ofNode = new Registry()
    collectDefaultMetrics({ register: ofNode })
  }
  const own = ofNode
  return own.getMetricsAsArray().flatMap(({ name }) => own.getSingleMetric(name) ?? [])
}

/** Values that other parts of the server keep. Each `watch…` takes the function with which a scrape reads the value. */
function createServerMetrics(registry: Registry) {
  let droppedLines = () => 0
  const droppedLogLines: Counter = new Counter({
    name: "doorbuster_log_lines_dropped_total",
    help: "Log lines that were dropped because standard output accepted no more lines",
    registers: [registry],
    collect() {
      droppedLogLines.reset()
      droppedLogLines.inc(droppedLines())
    },
  })
  return {
    watchQueue: createWatchedGauge(
      registry,
      "doorbuster_lane_queue_length",
      "Commands that wait in the lanes of this server",
    ),
    watchStreams: createWatchedGauge(registry, "doorbuster_streams", "Open streams of live product data"),
    watchDroppedLogLines: (count: () => number) => (droppedLines = count),
  }
}

/** Creates a gauge, and returns the function that says how to read its value. Until it is called, the value is 0. */
function createWatchedGauge(registry: Registry, name: string, help: string) {
  let read = () => 0
  const gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      gauge.set(read())
    },
  })
  return (count: () => number) => (read = count)
}

/** Counters of the results of commands, payment events, refunds, disputes and deliveries. */
function createOutcomeCounters(registry: Registry) {
  return {
    holds: createTally({
      name: "doorbuster_holds_total",
      help: "Holds by result: created, released, expired, or the refusal code",
      label: "result",
      registry,
    }),
    orders: createTally({
      name: "doorbuster_orders_total",
      help: "Orders by result: created, paid, cancelled, expired, refunded, or the refusal code",
      label: "result",
      registry,
    }),
    paymentEvents: createTally({
      name: "doorbuster_payment_events_total",
      help: "Payment events by result: the outcome, duplicate, or the refusal code",
      label: "outcome",
      values: ["paid", "duplicate", "invalid_signature"],
      registry,
    }),
    refunds: createTally({
      name: "doorbuster_refunds_total",
      help: "Refunds by the status they reached: due, sent, confirmed, failed, withheld; or reversed",
      label: "status",
      values: ["due", "confirmed", "failed"],
      registry,
    }),
    disputes: createTally({
      name: "doorbuster_disputes_total",
      help: "Disputes by the status they reached: open, won, lost",
      label: "status",
      values: ["open", "won", "lost"],
      registry,
    }),
    deliveries: createTally({
      name: "doorbuster_webhook_deliveries_total",
      help: "Attempts to deliver outgoing events, by outcome: delivered, again, failed",
      label: "outcome",
      values: ["delivered", "again", "failed"],
      registry,
    }),
    mails: createTally({
      name: "doorbuster_mails_total",
      help: "Attempts to send mails to buyers, by outcome: sent, again, failed, skipped",
      label: "outcome",
      values: ["sent", "again", "failed", "skipped"],
      registry,
    }),
    mailCodes: createTally({
      name: "doorbuster_mail_codes_total",
      help: "Codes for buyers' mailboxes by result: of requests mail, event, limited_by_address, limited_in_all, challenge_solved, challenge_failed, challenge_unknown; of mails sent, again, failed; of tries confirmed, refused",
      label: "result",
      values: ["mail", "sent", "failed", "confirmed", "refused"],
      registry,
    }),
    gateRefusals: createTally({
      name: "doorbuster_gate_refusals_total",
      help: "Holds refused as out_of_stock from memory, without asking the database",
      registry,
    }),
  }
}

/**
 * Values that a scrape or the worker reads from the database. Each is a value of the whole database, so the values of
 * several processes are not added up.
 */
function createDatabaseGauges(registry: Registry) {
  const registers = [registry]
  return {
    stock: new Gauge({
      name: "doorbuster_stock_units",
      help: "Units of each product by state: available, held, sold; read from the database at the scrape",
      labelNames: ["product", "state"],
      aggregator: "first",
      registers,
    }),
    violations: new Gauge({
      name: "doorbuster_invariant_violations",
      help: "Differences that the last recount found; anything but 0 is an emergency",
      aggregator: "max",
      registers,
    }),
    recountedAt: new Gauge({
      name: "doorbuster_invariants_recounted_time_seconds",
      help: "Time when the last recount ended, in seconds since 1970; 0 if there was none",
      aggregator: "max",
      registers,
    }),
    mailsWaiting: new Gauge({
      name: "doorbuster_mails_waiting",
      help: "Mails to buyers that wait to be sent, counted up to 100000; 0 while mail is off",
      aggregator: "max",
      registers,
    }),
  }
}

/** What this process has noticed about the database's history. Each process notices by itself; the worst counts. */
function createHistoryGauges(registry: Registry) {
  let read = () => ({ isSplit: false, lostChanges: 0 })
  const registers = [registry]
  const split: Gauge = new Gauge({
    name: "doorbuster_split_brain",
    help: "1 if two database servers took writes, or a product lacked changes that this process had committed, in the last ten minutes; anything but 0 is an emergency",
    aggregator: "max",
    registers,
    collect: () => split.set(read().isSplit ? 1 : 0),
  })
  const lost: Gauge = new Gauge({
    name: "doorbuster_lost_changes",
    help: "Acknowledged changes of products that were missing after a failover, as noticed since the start",
    aggregator: "max",
    registers,
    collect: () => lost.set(read().lostChanges),
  })
  return { watchHistory: (state: typeof read) => void (read = state) }
}

/** The size and duration of batches, and how often a transaction was repeated. */
function createBatchMetrics(registry: Registry) {
  const registers = [registry]
  return {
    batchSize: new Histogram({
      name: "doorbuster_batch_size",
      help: "Commands in one transaction",
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
      registers,
    }),
    batchSeconds: new Histogram({
      name: "doorbuster_batch_duration_seconds",
      help: "Time from the start of a batch to its commit, retries included",
      buckets: durationBounds,
      registers,
    }),
    retries: new Counter({
      name: "doorbuster_transaction_retries_total",
      help: "Transactions that failed for a passing reason and were tried again",
      registers,
    }),
  }
}
