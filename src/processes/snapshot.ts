import { Registry } from "@prometheus-io/client"

/** The numbers of one process at one moment, in a form that can be sent to another. */
export type Snapshot = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>

/**
 * One registry for all: `own` is from the process that is asked, `others` from the
 * rest. Each metric's `aggregator` says how: most are summed, the stock (`first`) is what the asked
 * process has just read, and the start is that of the oldest process. Quantiles (`summary`) of
 * several processes cannot be joined, and are left out.
 */
export function joined(own: Snapshot, others: readonly Snapshot[]): Registry {
  const theirs = others.map((snapshot) => snapshot.filter(({ aggregator }) => aggregator !== "first"))
  return Registry.aggregate([own.map(joinable), ...theirs])
}

/** What has been counted by both, as one; gauges, which told of a moment, are left out. */
export async function countedBy(one: Snapshot, other: Snapshot): Promise<Snapshot> {
  return Registry.aggregate([counted(one), counted(other)]).getMetricsAsJSON()
}

/** Mends what the client library would do with its own metrics. */
function joinable(metric: Snapshot[number]): Snapshot[number] {
  if (metric.name === "process_start_time_seconds") return { ...metric, aggregator: "min" }
  return metric.type === "summary" ? { ...metric, aggregator: "omit" } : metric
}

function counted(snapshot: Snapshot): Snapshot {
  return snapshot.filter(({ type }) => type === "counter" || type === "histogram")
}
