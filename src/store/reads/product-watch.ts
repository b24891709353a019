import { saleState, type Product, type SaleState } from "../../domain/product.ts"
import { instant, type Instant } from "../../domain/time.ts"
import type { ProductChanges, ProductView } from "./views.ts"

/**
 * Products that somebody watches, and every change of them: made by this process, by another one, or by
 * time alone, which opens and closes sales.
 *
 * While anything is watched, one query every 250 ms asks for all rows that have changed; this process's
 * own commits are known at once. While the database is away the last state stands, and time goes on.
 */
export interface ProductWatch {
  /** What is known of a product that is watched, as of now; null: nobody watches it. */
  product(id: number): ProductView | null
  /** Begins to watch a product, which has just been read; does nothing if it is watched. */
  watch(view: ProductView): void
  unwatch(id: number): void
  /** A batch of this process has left the product like this. */
  learn(product: Product): void
  /** Called with the id of each watched product that has changed; what is slow belongs elsewhere. */
  onChange: (id: number) => void
}

/** How long another process's change stays unknown, and how exactly a sale opens. */
const LOOK_EVERY_MS = 250

interface Watched {
  product: Product
  state: SaleState
}

export interface ProductWatchParts {
  /** Those of the products, given with their known versions, that have another one. */
  readonly readChanged: (known: ReadonlyMap<number, number>) => Promise<ProductChanges>
  /** Told once for each stretch of time in which changes cannot be read. */
  readonly onBlind: (error: unknown) => void
  /** Milliseconds, never going back. */
  readonly clock?: () => number
}

/** Watches nothing at first, and then asks nothing. */
export function createProductWatch(parts: ProductWatchParts): ProductWatch {
  const { readChanged, onBlind, clock = () => performance.now() } = parts
  const watched = new Map<number, Watched>()
  /** The database's time when `clock` was 0. */
  let timeAtZero = 0
  let timer: NodeJS.Timeout | null = null
  let isLooking = false
  let isBlind = false

  const now = (): Instant => instant(Math.round(timeAtZero + clock()))

  function lookAround(): void {
    for (const [id, one] of watched) {
      const state = saleState(one.product, now())
      if (state === one.state) continue
      one.state = state
      self.onChange(id)
    }
    if (!isLooking) void lookForChanges()
  }

  async function lookForChanges(): Promise<void> {
    isLooking = true
    try {
      await look()
      isBlind = false
    } catch (error) {
      if (!isBlind) onBlind(error)
      isBlind = true
    } finally {
      isLooking = false
    }
  }

  async function look(): Promise<void> {
    const known = new Map([...watched].map(([id, { product }]) => [id, product.version]))
    const askedAt = clock()
    const { products, serverTime } = await readChanged(known)
    const tookMs = clock() - askedAt
    // An answer that took long says little about when it was written, and a sale must not open twice.
    if (tookMs < LOOK_EVERY_MS) timeAtZero = serverTime - (askedAt + tookMs / 2)
    for (const product of products) {
      // A smaller version is news only if nothing has been learned meanwhile: the row was replaced.
      const version = watched.get(product.id)?.product.version
      if (version === undefined) continue
      if (product.version > version || version === known.get(product.id)) change(product)
    }
  }

  function change(product: Product): void {
    watched.set(product.id, { product, state: saleState(product, now()) })
    self.onChange(product.id)
  }

  const self: ProductWatch = {
    onChange: () => undefined,
    product(id) {
      const one = watched.get(id)
      return one === undefined ? null : { product: one.product, serverTime: now() }
    },
    watch({ product, serverTime }) {
      if (watched.has(product.id)) return
      if (watched.size === 0) {
        timeAtZero = serverTime - clock()
        timer = setInterval(lookAround, LOOK_EVERY_MS)
      }
      watched.set(product.id, { product, state: saleState(product, serverTime) })
    },
    unwatch(id) {
      watched.delete(id)
      if (watched.size > 0 || timer === null) return
      clearInterval(timer)
      timer = null
    },
    learn(product) {
      const version = watched.get(product.id)?.product.version
      if (version !== undefined && product.version > version) change(product)
    },
  }
  return self
}
