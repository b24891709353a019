import { Counter, type Registry } from "@prometheus-io/client"

/** Counts holds by result, only for products whose live screen is open. */
export interface WatchedHolds {
  /** Products whose live screen asked this process within the last minute. */
  readonly lookedAtHere: readonly number[]
  /** Counts the product's holds for the next minute. `way` says which process its live screen asked. */
  watch(productId: number, way: "here" | "elsewhere"): void
  count(productId: number, result: string): void
  /** Counts a refusal, also for each variant because of which it was refused. */
  countRefusal(productId: number, refusal: RefusedHold): void
}

/** What is counted of a refusal. */
export interface RefusedHold {
  readonly code: string
  /** The variant that the refusal is about. */
  readonly variantId?: number | undefined
  /** The variants that had too few units. */
  readonly lines?: readonly { readonly variantId: number }[] | undefined
}

/** A live screen asks once a second; a minute outlasts a slow connection and a tab in the background. */
const WATCHED_FOR_MS = 60_000
/** More sales than operators have open at a time. Each is a dozen numbers, which every process sends to the others. */
const MOST_PRODUCTS = 20

interface Watched {
  readonly until: number
  /** Kept apart: if processes passed on what they heard from each other, no product would ever be forgotten. */
  readonly hereUntil: number
  readonly counts: Map<string, number>
  /** Refusals by variant. A product has 200 variants at most. */
  readonly refusals: Map<number, number>
}

/**
 * Only live screens need the holds of one product, and only while they are open. So other products are
 * not counted, and the label `product` cannot make the metrics grow with the catalogue.
 */
export function createWatchedHolds(
  registry: Registry,
  clock: () => number = () => performance.now(),
): WatchedHolds {
  /** In order of the last look, so the products to forget come first. */
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
      // Forgotten products must not stay in the answer.
      counter.reset()
      for (const [product, { counts }] of watched)
        for (const [result, by] of counts) counter.inc({ product, result }, by)
    },
  })

  const refusalCounter = new Counter({
    name: "doorbuster_watched_variant_refusals_total",
    help: "Refused holds by product and variant, for products whose live screen is open in the control room",
    labelNames: ["product", "variant"],
    registers: [registry],
    collect() {
      forgetOld()
      refusalCounter.reset()
      for (const [product, { refusals }] of watched)
        for (const [variant, by] of refusals) refusalCounter.inc({ product, variant }, by)
    },
  })

  function count(productId: number, result: string): void {
    const counts = watched.get(productId)?.counts
    counts?.set(result, (counts.get(result) ?? 0) + 1)
  }

  return {
    get lookedAtHere() {
      return [...watched].filter(([, { hereUntil }]) => hereUntil > clock()).map(([id]) => id)
    },
    watch(productId, way) {
      const known = watched.get(productId)
      const until = clock() + WATCHED_FOR_MS
      const hereUntil = way === "here" ? until : (known?.hereUntil ?? 0)
      watched.delete(productId)
      const counts = known?.counts ?? new Map<string, number>()
      const refusals = known?.refusals ?? new Map<number, number>()
      watched.set(productId, { until, hereUntil, counts, refusals })
      forgetOld()
    },
    count,
    countRefusal(productId, refusal) {
      count(productId, refusal.code)
      const refusals = watched.get(productId)?.refusals
      if (refusals === undefined) return
      for (const id of refusedVariants(refusal)) refusals.set(id, (refusals.get(id) ?? 0) + 1)
    },
  }
}

/** The variants that a refusal names. An unknown variant is left out: buyers may invent any number of ids. */
function refusedVariants({ code, variantId, lines = [] }: RefusedHold): readonly number[] {
  if (code === "variant_not_found") return []
  return variantId === undefined ? lines.map((line) => line.variantId) : [variantId]
}
