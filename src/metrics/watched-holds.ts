import { Counter, type Registry } from "@prometheus-io/client"

/** Counts what becomes of holds, of those products alone that somebody looks at. */
export interface WatchedHolds {
  /** Products that have been looked at within the last minute, through this process. */
  readonly lookedAtHere: readonly number[]
  /** Somebody looks at the product, here or through another process: it is counted from now on, for a minute. */
  watch(productId: number, way: "here" | "elsewhere"): void
  count(productId: number, result: string): void
}

/** Those who look ask once a second; a minute outlasts a connection that is slow or a tab in the background. */
const WATCHED_FOR_MS = 60_000
/** More sales than operators have open at a time. Each is a dozen numbers, which every process tells the others. */
const MOST_PRODUCTS = 20

interface Watched {
  readonly until: number
  /** Kept apart: processes that told each other what they were told would never stop. */
  readonly hereUntil: number
  readonly counts: Map<string, number>
}

/**
 * The crowd of one product is of interest only to whoever looks at its sale, and only while he looks. So
 * nothing is counted of others, and the label `product` cannot make the metrics grow with the catalogue.
 */
export function createWatchedHolds(
  registry: Registry,
  clock: () => number = () => performance.now(),
): WatchedHolds {
  /** The one that was looked at last is the last. */
  const watched = new Map<number, Watched>()

  function forgetOld(): void {
    for (const [id, { until }] of watched) {
      if (until > clock() && watched.size <= MOST_PRODUCTS) return
      watched.delete(id)
    }
  }

  const counter = new Counter({
    name: "doorbuster_watched_holds_total",
    help: "Holds by product and result, for products whose live screen is open in the control room",
    labelNames: ["product", "result"],
    registers: [registry],
    collect() {
      forgetOld()
      // Whatever is not watched any more is gone.
      counter.reset()
      for (const [product, { counts }] of watched)
        for (const [result, by] of counts) counter.inc({ product, result }, by)
    },
  })

  return {
    get lookedAtHere() {
      return [...watched].filter(([, { hereUntil }]) => hereUntil > clock()).map(([id]) => id)
    },
    watch(productId, way) {
      const known = watched.get(productId)
      const until = clock() + WATCHED_FOR_MS
      const hereUntil = way === "here" ? until : (known?.hereUntil ?? 0)
      watched.delete(productId)
      watched.set(productId, { until, hereUntil, counts: known?.counts ?? new Map<string, number>() })
      forgetOld()
    },
    count(productId, result) {
      const counts = watched.get(productId)?.counts
      counts?.set(result, (counts.get(result) ?? 0) + 1)
    },
  }
}
