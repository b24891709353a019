import { saleState, type Product, type SaleState } from "../../domain/product.ts"
import { instant, type Instant } from "../../domain/time.ts"
import type { ProductChanges, ProductView } from "./views.ts"

/**
 * The products that streams watch, and every change of them: by this process, by another process, or by time alone,
 * which opens and closes sales.
 *
 * While any product is watched, one query every 250 ms reads all changed rows. This process's own commits are known at
 * once. While the database is unreachable, the last state stays and the time goes on.
 */
export interface ProductWatch {
  /** The state of a watched product now; null for other products. */
  product(id: number): ProductView | null
  /** Begins to watch a product that has just been read; without effect if it is watched already. */
  watch(view: ProductView): void
  unwatch(id: number): void
  /** Tells the watch that a batch of this process has committed this state of a product. */
  learn(product: Product): void
  /** Called with the id of each watched product that has changed. It runs on the path of a sale, so it must be quick. */
  onChange: (id: number) => void
}

/** The longest time until a change by another process, or the opening of a sale, is noticed. */
const LOOK_EVERY_MS = 250

interface Watched {
  product: Product
  state: SaleState
}

export interface ProductWatchOptions {
  /** Reads, of the products given with their known versions, those with another version. */
  readonly readChanged: (known: ReadonlyMap<number, number>) => Promise<ProductChanges>
  /** Called once for each period in which changes cannot be read. */
  readonly onBlind: (error: unknown) => void
  /** Monotonic milliseconds. */
  readonly clock?: () => number
}

/** Makes a watch of no products; until `watch` is called it sends no query. */
export function createProductWatch(options: ProductWatchOptions): ProductWatch {
  const clock = options.clock ?? (() => performance.now())
  const watched = new Map<number, Watched>()
  const time = createDatabaseTime(clock)
  let timer: NodeJS.Timeout | null = null

  function change(product: Product): void {
    watched.set(product.id, { product, state: saleState(product, time.now()) })
    self.onChange(product.id)
  }

  const readChanges = createChangeReader({ options, watched, time, change })

  function lookAround(): void {
    for (const [id, one] of watched) {
      const state = saleState(one.product, time.now())
      if (state === one.state) continue
      one.state = state
      self.onChange(id)
    }
    void readChanges()
  }

  const self: ProductWatch = {
    onChange: () => undefined,
    product(id) {
      const one = watched.get(id)
      return one === undefined ? null : { product: one.product, serverTime: time.now() }
    },
    watch({ product, serverTime }) {
      if (watched.has(product.id)) return
      if (watched.size === 0) {
        time.set(serverTime)
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

/** The database's time. Between two reads this process's clock measures how much has passed. */
function createDatabaseTime(clock: () => number) {
  let atZero = 0
  return {
    now: (): Instant => instant(Math.round(atZero + clock())),
    /** The database's time was `time` at the moment `at` of the clock; now, if not given. */
    set(time: number, at = clock()): void {
      atZero = time - at
    },
  }
}

interface ChangeReaderContext {
  readonly options: ProductWatchOptions
  readonly watched: ReadonlyMap<number, Watched>
  readonly time: ReturnType<typeof createDatabaseTime>
  readonly change: (product: Product) => void
}

/** Reads the changes of all watched products, one query at a time: while one is under way, further calls do nothing. */
function createChangeReader({ options, watched, time, change }: ChangeReaderContext): () => Promise<void> {
  const clock = options.clock ?? (() => performance.now())
  let isReading = false
  let isBlind = false

  async function read(): Promise<void> {
    const known = new Map([...watched].map(([id, { product }]) => [id, product.version]))
    const askedAt = clock()
    const { products, serverTime } = await options.readChanged(known)
    const tookMs = clock() - askedAt
    // A slow answer leaves open when its time was read. Setting the time back could open a sale a second time.
    if (tookMs < LOOK_EVERY_MS) time.set(serverTime, askedAt + tookMs / 2)
    for (const product of products) {
      const version = watched.get(product.id)?.product.version
      if (version === undefined) continue
      // A lower version means that the row was replaced, unless `learn` has brought a newer state during the read.
      if (product.version > version || version === known.get(product.id)) change(product)
    }
  }

  return async () => {
    if (isReading) return
    isReading = true
    try {
      await read()
      isBlind = false
    } catch (error) {
      if (!isBlind) options.onBlind(error)
      isBlind = true
    } finally {
      isReading = false
    }
  }
}
