import type { Registry } from "@prometheus-io/client"

/** How often one result occurred. A refusal's result is its code. */
export interface Counted {
  readonly result: string
  readonly count: number
}

/** How often one result occurred for one product. */
export interface CountedOfProduct extends Counted {
  readonly productId: number
}

/** How many holds were refused because of one variant. */
export interface VariantRefusals {
  readonly productId: number
  readonly variantId: number
  readonly count: number
}

/** The metrics that the live screen of the control room shows. */
export interface Totals {
  /** Time when counting began, in milliseconds since 1970; null if the operating system does not tell it. */
  readonly sinceMs: number | null
  /** How many processes these totals add up. */
  readonly processes: number
  /** Holds and orders by result; refused ones by the refusal's code. */
  readonly holds: readonly Counted[]
  readonly orders: readonly Counted[]
  /** Holds of the products whose live screen is open, counted since it was opened. */
  readonly watchedHolds: readonly CountedOfProduct[]
  /** Refused holds of the same products, for those that have variants. */
  readonly watchedRefusals: readonly VariantRefusals[]
  /** Differences that the last recount found. */
  readonly violations: number
  /** Whether one of these processes has met two database servers that take writes, or lacked its own changes. */
  readonly isSplit: boolean
  /** Acknowledged changes that were missing after failovers. */
  readonly lostChanges: number
  /** Time of the last recount, in milliseconds since 1970; null if none of these processes has recounted yet. */
  readonly recountedAtMs: number | null
  /** How Redis does; null: REDIS_URL is not set. */
  readonly redis: RedisTotals | null
}

/** What the metrics tell of Redis. */
export interface RedisTotals {
  readonly isUp: boolean
  /** Since when it is so, in milliseconds since 1970. */
  readonly sinceMs: number | null
  /** Slowest count of the last minute; 0 if there was none. */
  readonly slowestMs: number
}

/** Reads the totals from the registry of one process, or from the joined registry of several. */
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
    watchedRefusals: (await samples("doorbuster_watched_variant_refusals_total")).map(
      ({ labels, value: count }) => ({
        productId: Number(labels["product"]),
        variantId: Number(labels["variant"]),
        count,
      }),
    ),
    violations: await value("doorbuster_invariant_violations"),
    isSplit: (await value("doorbuster_split_brain")) > 0,
    lostChanges: await value("doorbuster_lost_changes"),
    recountedAtMs: moment(await value("doorbuster_invariants_recounted_time_seconds")),
    redis: await redisIn(samples),
  }
}

type Samples = (
  name: string,
) => Promise<readonly { readonly labels: Partial<Record<string, string | number>>; readonly value: number }[]>

async function redisIn(samples: Samples): Promise<RedisTotals | null> {
  const [up] = await samples("doorbuster_redis_up")
  if (up === undefined) return null
  const [changed] = await samples("doorbuster_redis_changed_time_seconds")
  const [slowest] = await samples("doorbuster_redis_slowest_count_seconds")
  return {
    isUp: up.value === 1,
    sinceMs: moment(changed?.value ?? 0),
    slowestMs: Math.round((slowest?.value ?? 0) * 1_000),
  }
}

function moment(seconds: number): number | null {
  return seconds === 0 ? null : Math.round(seconds * 1_000)
}
