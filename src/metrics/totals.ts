import type { Registry } from "@prometheus-io/client"

/** How often something came about, or was refused for a reason. */
export interface Counted {
  readonly result: string
  readonly count: number
}

/** The same of one product. */
export interface CountedOfProduct extends Counted {
  readonly productId: number
}

/** What a look at a running sale needs of the metrics. */
export interface Totals {
  /** Since when is counted, in milliseconds since 1970; null: this system does not say. */
  readonly sinceMs: number | null
  /** Processes that have been counted together. */
  readonly processes: number
  /** Holds, and orders, by what became of them, and refused ones by code. */
  readonly holds: readonly Counted[]
  readonly orders: readonly Counted[]
  /** Holds of the products that somebody looks at, since somebody does. */
  readonly watchedHolds: readonly CountedOfProduct[]
  /** Differences that the last recount found. */
  readonly violations: number
  /** When that was, in milliseconds since 1970; null: none of these processes has recounted yet. */
  readonly recountedAtMs: number | null
}

/** Reads them out of the registry of one process, or out of the joined one of several. */
export async function totalsIn(registry: Pick<Registry, "getSingleMetric">): Promise<Totals> {
  const samples = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values ?? []
  const value = async (name: string) => (await samples(name))[0]?.value ?? 0
  const counted = async (name: string): Promise<Counted[]> =>
    (await samples(name)).map(({ labels, value: count }) => ({ result: String(labels["result"]), count }))
  return {
    sinceMs: moment(await value("process_start_time_seconds")),
    processes: (await value("doorbuster_processes")) || 1,
    holds: await counted("doorbuster_holds_total"),
    orders: await counted("doorbuster_orders_total"),
    watchedHolds: (await samples("doorbuster_watched_holds_total")).map(({ labels, value: count }) => ({
      productId: Number(labels["product"]),
      result: String(labels["result"]),
      count,
    })),
    violations: await value("doorbuster_invariant_violations"),
    recountedAtMs: moment(await value("doorbuster_invariants_recounted_time_seconds")),
  }
}

function moment(seconds: number): number | null {
  return seconds === 0 ? null : Math.round(seconds * 1_000)
}
