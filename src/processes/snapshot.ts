import { Registry } from "@prometheus-io/client"

/** The metrics of one process at one moment, in a form that can be sent to another process. */
export type Snapshot = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>

/**
 * Joins the metrics of all processes in one registry: `own` is from the process that is scraped, `others` from the
 * rest. Each metric's `aggregator` says how: most are summed, what a scrape reads from the database (`first`) is what the
 * scraped process has just read, and the start time is the oldest process's. Quantiles (`summary`) of several processes cannot be
 * joined, and are left out.
 */
export function joined(own: Snapshot, others: readonly Snapshot[]): Registry {
  const theirs = others.map((snapshot) => snapshot.filter(({ aggregator }) => aggregator !== "first"))
  return Registry.aggregate([own.map(joinable), ...theirs])
}

/** The counters and histograms of both, summed; gauges, which describe one moment, are left out. */
export async function countedBy(one: Snapshot, other: Snapshot): Promise<Snapshot> {
  return Registry.aggregate([counted(one), counted(other)]).getMetricsAsJSON()
}

/** Corrects the aggregation of the client library's own metrics. */
function joinable(metric: Snapshot[number]): Snapshot[number] {
  if (metric.name === "process_start_time_seconds") return { ...metric, aggregator: "min" }
  return metric.type === "summary" ? { ...metric, aggregator: "omit" } : metric
}

function counted(snapshot: Snapshot): Snapshot {
  return snapshot.filter(({ type }) => type === "counter" || type === "histogram")
}
