import type { Product, SaleState } from "../domain/product.ts"
import { availableUnits, saleState } from "../domain/product.ts"
import type { PlaceHoldRefusal } from "../domain/refusals.ts"
import type { Instant } from "../domain/time.ts"
import type { ProductUpdate } from "./batch.ts"

/** The refusal that a gate can give in the lane's stead. */
export type OutOfStock = Extract<PlaceHoldRefusal, { code: "out_of_stock" }>

/** What a committed batch tells about a product's stock. */
export type StockUpdate = Pick<ProductUpdate, "product" | "now" | "nextDeadline">

/** What a buyer asks for. */
export interface HoldRequest {
  readonly productId: number
  readonly qty: number
  readonly customerId: string | null
}

/**
 * Remembers for a moment that a product has nothing to sell, so that a crowd is answered from memory.
 *
 * It may only refuse, never grant. What it knows is never older than a second, counted from when the batch
 * began that saw it: a commit may take long, and others free units meanwhile. It ends with the first
 * deadline of a held unit, and is thrown away by any batch of this process that frees a unit. For
 * units that another process frees, one buyer in 250 ms is let through to look (I9).
 */
export interface Gate {
  /** The refusal for a buyer who comes now; null: the lane must decide. */
  refusalFor(wanted: HoldRequest): OutOfStock | null
  /** `ageMs`: how long ago the batch that tells it began. */
  learn(news: StockUpdate, ageMs: number): void
}

const MEMORY_MS = 1_000
const PROBE_MS = 250
/** Products that are remembered as empty at one time; more are simply not remembered. */
const REMEMBERED = 10_000

interface Memory {
  readonly product: Product
  readonly refusal: OutOfStock
  readonly until: number
  nextProbe: number
}

/** `clock` tells milliseconds and never goes back. */
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
      // Without the first deadline nobody could say how long to remember; the next batch will look.
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

/** Refusals that come before "out of stock" are the lane's to give. */
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
