import type { WantedLine } from "../domain/lines.ts"
import {
  lackingLines,
  mayReturn,
  secrecyOf,
  variantOf,
  variantSaleState,
} from "../domain/product-variants.ts"
import type { Product, SaleState } from "../domain/product.ts"
import { availableUnits, hasVariants, isHidden, saleState } from "../domain/product.ts"
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
  /** The units of all lines together. */
  readonly qty: number
  readonly customerId: string | null
  /** Undefined: the request names no variants. */
  readonly lines?: readonly WantedLine[] | undefined
}

/**
 * Remembers for a short time that a product, or one of its variants, has no available units, so that a crowd is
 * refused from memory. A request for several variants is refused when one of them has none.
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
  readonly saleState: SaleState
  /** Of the whole product; null: only some of its variants are empty. */
  readonly refusal: OutOfStock | null
  /** Those that have no unit, with the refusal of a request for one unit of each; empty for a product without variants. */
  readonly emptyVariants: ReadonlyMap<number, OutOfStock>
  /** The first deadline of held units, as far as it is known. */
  readonly deadline: Instant | null | undefined
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
      const refusal = refusalIn(memory, wanted)
      if (refusal === null) return null
      const now = clock()
      if (now >= memory.until) {
        memories.delete(wanted.productId)
        return null
      }
      if (now >= memory.nextProbe) {
        memory.nextProbe = now + PROBE_MS
        return null
      }
      return refusal
    },

    learn({ product, now, nextDeadline }, ageMs) {
      if (product === null) return
      const before = memories.get(product.id)
      // Most batches of a product with variants lack no unit and load no deadline, although some sizes are all held.
      const isUnread = nextDeadline === undefined && hasVariants(product)
      const deadline = isUnread ? stillAhead(before?.deadline, now) : nextDeadline
      // Without the first deadline it is not known how long to remember that units are held; the next batch will load it.
      const isDeadlineKnown = deadline !== undefined || product.held === 0
      const state = isDeadlineKnown ? emptyState(product, now) : null
      const emptyVariants = refusalsOfVariants({ product, now, nextDeadline: deadline })
      // Of a hidden product the lane says that there is none.
      if (isHidden(product) || (state === null && emptyVariants.size === 0)) {
        memories.delete(product.id)
        return
      }
      if (memories.size >= REMEMBERED && !memories.has(product.id)) return
      const lifetime = Math.min(MEMORY_MS, (deadline ?? Infinity) - now)
      const at = clock() - ageMs
      memories.set(product.id, {
        product,
        saleState: saleState(product, now),
        refusal: state === null ? null : { ...emptyRefusal(state, product, deadline), ...secrecyOf(product) },
        emptyVariants,
        deadline,
        until: at + lifetime,
        nextProbe: before?.nextProbe ?? at + PROBE_MS,
      })
    },
  }
}

/**
 * The deadline that an earlier batch has loaded, unless it has passed. Holds placed since then end later, or, if the shop
 * has shortened the hold time, are noticed by the next buyer whom the gate lets through.
 */
function stillAhead(deadline: Instant | null | undefined, now: Instant): Instant | undefined {
  return deadline != null && deadline > now ? deadline : undefined
}

function emptyRefusal(
  state: SaleState,
  units: Pick<Product, "held">,
  nextDeadline: Instant | null | undefined,
): OutOfStock {
  const retryAt = units.held > 0 ? (nextDeadline ?? null) : null
  return { code: "out_of_stock", saleState: state, availableStock: 0, retryAt }
}

/** The refusals of requests for one unit of each variant that has none; those of a sale that is not on are the lane's. */
function refusalsOfVariants({ product, now, nextDeadline }: StockUpdate): Map<number, OutOfStock> {
  const refusals = new Map<number, OutOfStock>()
  if (product === null || !hasVariants(product)) return refusals
  const state = saleState(product, now)
  if (state === "closed" || state === "scheduled" || state === "paused") return refusals
  for (const variant of product.variants) {
    if (!variant.enabled || availableUnits(variant) > 0) continue
    if (variant.held > 0 && nextDeadline === undefined) continue
    const lines = [{ variantId: variant.id, requested: 1, available: 0 }]
    const refusal = emptyRefusal(variantSaleState(product, variant, now), variant, nextDeadline)
    refusals.set(variant.id, { ...refusal, lines, ...secrecyOf(product) })
  }
  return refusals
}

function refusalIn(
  { product, saleState: state, refusal, emptyVariants }: Memory,
  { lines }: HoldRequest,
): OutOfStock | null {
  if (lines === undefined) return refusal
  const empty = lines.find(({ variantId }) => emptyVariants.has(variantId))
  const known = empty === undefined ? undefined : emptyVariants.get(empty.variantId)
  if (empty === undefined || known === undefined) return null
  if (lines.length === 1 && empty.qty === 1) return known
  const lacking = lackingLines(product, lines)
  return {
    ...known,
    ...(lines.length > 1 && { saleState: state, availableStock: availableUnits(product) }),
    lines: lacking,
    retryAt: mayReturn(product, lacking) ? known.retryAt : null,
  }
}

/** True when the lane refuses the request for a reason that takes precedence over "out of stock". */
function isRefusedOtherwise({ qty, customerId, lines }: HoldRequest, product: Product): boolean {
  const { maxPerHold, maxPerCustomer } = product
  return (
    (maxPerHold !== null && qty > maxPerHold) ||
    (maxPerCustomer !== null && customerId === null) ||
    hasVariants(product) !== (lines !== undefined) ||
    (lines?.some((line) => isLineRefusedOtherwise(line, product)) ?? false)
  )
}

function isLineRefusedOtherwise({ variantId, qty }: WantedLine, product: Product): boolean {
  const variant = variantOf(product, variantId)
  if (variant === undefined || !variant.enabled) return true
  return variant.maxPerHold !== null && qty > variant.maxPerHold
}

function emptyState(product: Product, now: Instant): SaleState | null {
  const state = saleState(product, now)
  return availableUnits(product) === 0 && (state === "sold_out" || state === "all_held") ? state : null
}
