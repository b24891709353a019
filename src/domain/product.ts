import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"

/** What the shop decides about a product; every field may be changed later. */
export interface ProductSettings {
  readonly name: string
  readonly description: string | null
  readonly imageUrl: string | null
  /** Price of one unit in minor units of `currency`; an order freezes it. */
  readonly priceMinor: number
  readonly currency: string
  /** The first moment of the sale; null: open from the start. */
  readonly opensAt: Instant | null
  /** The first moment after the sale; null: never closes. */
  readonly closesAt: Instant | null
  readonly paused: boolean
  /** Most units one hold may ask for; null: no limit but the stock. */
  readonly maxPerHold: number | null
  /** Most units one customer may hold and own together (I8); null: no limit. */
  readonly maxPerCustomer: number | null
  /** How long a hold lasts; null: the installation's default. */
  readonly holdTtlSeconds: number | null
}

/** What a product has where its maker says nothing. */
export const defaultSettings: Omit<ProductSettings, "name" | "priceMinor" | "currency"> = {
  description: null,
  imageUrl: null,
  opensAt: null,
  closesAt: null,
  paused: false,
  maxPerHold: null,
  maxPerCustomer: null,
  holdTtlSeconds: null,
}

/** A number of units offered to everyone at once. `held + sold <= stock`, always (I1). */
export interface Product extends ProductSettings {
  readonly id: number
  readonly stock: number
  /** Units of active holds and of orders waiting for payment (I2). */
  readonly held: number
  /** Units of paid orders (I2). */
  readonly sold: number
  /** Grows by one with every batch that changes the product. */
  readonly version: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** How a product stands in its sale; see {@link saleState} for the order of precedence. */
export type SaleState = "closed" | "scheduled" | "paused" | "sold_out" | "all_held" | "open"

/** Units that can be held right now. */
export function availableUnits(product: Pick<Product, "stock" | "held" | "sold">): number {
  return product.stock - product.held - product.sold
}

/** True from `opensAt` until before `closesAt`, paused or not. */
export function isWithinSale({ opensAt, closesAt }: ProductSettings, now: Instant): boolean {
  return (opensAt === null || hasPassed(opensAt, now)) && (closesAt === null || !hasPassed(closesAt, now))
}

/**
 * The first that applies: `closed`, `scheduled`, `paused`, `sold_out` (every unit is sold),
 * `all_held` (nothing available, but held units may come back), `open`.
 */
export function saleState(
  product: Pick<Product, "stock" | "held" | "sold" | "opensAt" | "closesAt" | "paused">,
  now: Instant,
): SaleState {
  if (product.closesAt !== null && hasPassed(product.closesAt, now)) return "closed"
  if (product.opensAt !== null && !hasPassed(product.opensAt, now)) return "scheduled"
  if (product.paused) return "paused"
  if (product.sold >= product.stock) return "sold_out"
  if (availableUnits(product) === 0) return "all_held"
  return "open"
}
