import type { Product, SaleState } from "../domain/product.ts"
import { availableUnits, saleState } from "../domain/product.ts"
import type { PlaceHoldRefusal } from "../domain/refusals.ts"
import type { Instant } from "../domain/time.ts"
import type { ProductUpdate } from "./batch.ts"

/** The refusal that a gate can give instead of the lane. */
export type OutOfStock = Extract<PlaceHoldRefusal, { code: "out_of_stock" }>

/** A product's stock after a committed batch. */
export type StockUpdate = Pick<ProductUpdate, "product" | "now" | "nextDeadline">

/** The units that a buyer asks for. */
export interface HoldRequest {
  readonly productId: number
  readonly qty: number
  readonly customerId: string | null
}

/**
 * Remembers for a short time that a product has no available units, so that a crowd is refused from memory.
 *
 * It may only refuse, never grant. What it remembers is at most a second old, counted from the beginning of
 * the batch that saw it: a commit may take long, and other processes free units meanwhile. It forgets a product at the
 * first deadline of its held units, and when any batch of this process frees a unit. To notice units that
 * another process has freed, it lets one buyer in 250 ms through to the lane (I9).
 */
export interface Gate {
  /** The refusal for a buyer who comes now; null: the lane must decide. */
  refusalFor(wanted: HoldRequest): OutOfStock | null
  /** Takes in the stock after a batch. `ageMs`: how long ago that batch began. */
  learn(update: StockUpdate, ageMs: number): void
}

const MEMORY_MS = 1_000
const PROBE_MS = 250
/** Products that are remembered at one time. Requests for any further product go to its lane. */
const REMEMBERED = 10_000

interface Memory {
  readonly product: Product
  readonly refusal: OutOfStock
  readonly until: number
  nextProbe: number
}

/** Makes a gate that remembers nothing yet. `clock` returns milliseconds and never goes back. */
export function createGate(clock: () => number = () => performance.now()): Gate {
  const memories = new Map<number, Memory>()

  return {
    refusalFor(wanted) {
      const memory = memories.get(wanted.productId)
      if (memory === undefined || isRefusedOtherwise(wanted, memory.product)) return null
      const now = clock()
      if (now >= memory.until) {
        memories.delete(wanted.productId)
        return null
      }
      if (now >= memory.nextProbe) {
        memory.nextProbe = now + PROBE_MS
        return null
      }
      return memory.refusal
    },

    learn({ product, now, nextDeadline }, ageMs) {
      if (product === null) return
      const state = emptyState(product, now)
      // Without the first deadline it is not known how long to remember; the next batch will load it.
      if (state === null || (nextDeadline === undefined && product.held > 0)) {
        memories.delete(product.id)
        return
      }
      if (memories.size >= REMEMBERED && !memories.has(product.id)) return
      const lifetime = Math.min(MEMORY_MS, (nextDeadline ?? Infinity) - now)
      const at = clock() - ageMs
      memories.set(product.id, {
        product,
        refusal: {
          code: "out_of_stock",
          saleState: state,
          availableStock: 0,
          retryAt: product.held > 0 ? (nextDeadline ?? null) : null,
        },
        until: at + lifetime,
        nextProbe: memories.get(product.id)?.nextProbe ?? at + PROBE_MS,
      })
    },
  }
}

/** True when the lane refuses the request for a reason that takes precedence over "out of stock". */
function isRefusedOtherwise(
  { qty, customerId }: HoldRequest,
  { maxPerHold, maxPerCustomer }: Product,
): boolean {
  return (maxPerHold !== null && qty > maxPerHold) || (maxPerCustomer !== null && customerId === null)
}

function emptyState(product: Product, now: Instant): SaleState | null {
  const state = saleState(product, now)
  return availableUnits(product) === 0 && (state === "sold_out" || state === "all_held") ? state : null
}
