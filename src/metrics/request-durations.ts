import type { Histogram, Registry } from "@prometheus-io/client"

/** Counts one answer of a route, by its status and the time that it took. */
export type RecordServed = (status: number, seconds: number) => void

export interface RequestDurations {
  route(route: string): RecordServed
}

export interface RequestDurationsOptions {
  readonly name: string
  readonly help: string
  /** Upper bounds of the buckets in seconds, in ascending order. */
  readonly bounds: readonly number[]
  readonly registry: Registry
}

/** The durations of a route's answers with one status. */
interface Series {
  readonly labels: { readonly route: string; readonly status: number }
  /** One count for each bound; the last one is for answers that took longer than the highest bound. */
  readonly counts: number[]
  sum: number
}

/**
 * A histogram by route and status, in the library's form. The library's own histogram checks and joins
 * the labels at each request to find the series; here each route keeps its series.
 */
export function createRequestDurations(options: RequestDurationsOptions): RequestDurations {
  const { name, help, bounds, registry } = options
  const all: Series[] = []

  function addSeries(route: string, status: number): Series {
    const series = {
      labels: { route, status },
      counts: Array.from({ length: bounds.length + 1 }, () => 0),
      sum: 0,
    }
    all.push(series)
    return series
  }

  async function get() {
    const values = all.flatMap((series) => valuesOf(name, bounds, series))
    return { name, help, type: "histogram", aggregator: "sum", values }
  }
  registry.registerMetric({ name, help, type: "histogram", aggregator: "sum", get } as unknown as Histogram)

  return {
    route(route) {
      const byStatus = new Map<number, Series>()
      return (status, seconds) => {
        let series = byStatus.get(status)
        if (series === undefined) {
          series = addSeries(route, status)
          byStatus.set(status, series)
        }
        let bucket = 0
        while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1
        series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
        series.sum += seconds
      }
    },
  }
}

/** The format is cumulative: each bucket also counts the answers of all smaller buckets. */
function valuesOf(name: string, bounds: readonly number[], { labels, counts, sum }: Series) {
  let total = 0
  const buckets = [...bounds, "+Inf"].map((le, index) => {
    total += counts[index] ?? 0
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: total }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ]
}
