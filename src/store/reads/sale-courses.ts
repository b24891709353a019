import { availableUnits, saleState, type SaleState } from "../../domain/product.ts"
import type { Instant } from "../../domain/time.ts"
import type { ProductView } from "./views.ts"

/** The units of a product at one moment. */
export interface CourseSample {
  readonly at: Instant
  readonly available: number
  readonly held: number
  readonly sold: number
  readonly state: SaleState
}

/**
 * The last quarter of an hour of sales that operators watch: a sample a second, in the memory of this process, so that
 * a live screen that is reloaded, or opened by a colleague, shows what the first one has seen.
 */
export interface SaleCourses {
  /** Samples these products for a minute. */
  watch(productIds: readonly number[]): void
  /** The samples of a product, the oldest first; none if it was not watched lately. */
  of(productId: number): readonly CourseSample[]
}

export interface SaleCoursesOptions {
  readonly read: (productId: number) => ProductView | null | Promise<ProductView | null>
  /** Monotonic milliseconds. */
  readonly clock?: () => number
}

const EVERY_MS = 1_000
/** A quarter of an hour, as many as a live screen draws. */
const MOST_SAMPLES = 900
/** As the counts of a watched sale (metrics/watched-holds.ts): a reload takes less, and so does a slow connection. */
const WATCHED_FOR_MS = 60_000
/** As many sales as are watched. Together they are two megabytes. */
const MOST_PRODUCTS = 20

interface Course {
  until: number
  readonly samples: CourseSample[]
}

/** Makes the courses. While nobody watches a sale there is no timer and no read. */
export function createSaleCourses({
  read,
  clock = () => performance.now(),
}: SaleCoursesOptions): SaleCourses {
  /** In order of the last look, so the products to forget come first. */
  const courses = new Map<number, Course>()
  let isSampling = false

  async function sampleAll(): Promise<void> {
    const watched = [...courses].filter(([, { until }]) => until > clock()).map(([id]) => id)
    isSampling = watched.length > 0
    if (isSampling) isSampling = await sampleSome(watched)
    if (isSampling) setTimeout(() => void sampleAll(), EVERY_MS).unref()
  }

  /** False: the database is away, which each request of a live screen says. The next one that succeeds begins anew. */
  async function sampleSome(productIds: readonly number[]): Promise<boolean> {
    try {
      for (const id of productIds) await sample(id, courses.get(id)?.samples ?? [])
      return true
    } catch {
      return false
    }
  }

  async function sample(id: number, samples: CourseSample[]): Promise<void> {
    const view = await read(id)
    if (view === null) return void courses.delete(id)
    const { product, serverTime } = view
    samples.push({
      at: serverTime,
      available: availableUnits(product),
      held: product.held,
      sold: product.sold,
      state: saleState(product, serverTime),
    })
    if (samples.length > MOST_SAMPLES) samples.shift()
  }

  return {
    watch(productIds) {
      const isNew = (id: number) => (courses.get(id)?.until ?? 0) <= clock()
      const fresh = productIds.filter(isNew)
      for (const id of productIds) {
        const samples = courses.get(id)?.samples ?? []
        courses.delete(id)
        courses.set(id, { until: clock() + WATCHED_FOR_MS, samples })
      }
      for (const id of courses.keys()) {
        if (courses.size <= MOST_PRODUCTS) break
        courses.delete(id)
      }
      if (!isSampling) void sampleAll()
      // At once: what happens right after a screen was opened would otherwise be missing in its course.
      else void sampleSome(fresh)
    },
    of: (productId) => courses.get(productId)?.samples ?? [],
  }
}
