import type { Phase } from "./access.ts"
import type { Collect } from "./details.ts"
import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"
import type { Variant } from "./variant.ts"

/**
 * Where a product stands. Drafts and archived products are hidden: only the shop sees them, and no unit of them can be held.
 * Unlisted ones are sold to those who know their address.
 */
export const productStatuses = ["draft", "listed", "unlisted", "archived"] as const

export type ProductStatus = (typeof productStatuses)[number]

/**
 * What buyers are told of a product's units: their number, whether few are left, or only whether there are any. The shop always
 * knows the number.
 */
export const stockDisplays = ["exact", "low", "none"] as const

export type StockDisplay = (typeof stockDisplays)[number]

/**
 * Who a product is sold to: anybody, buyers with a name (which the caller of a request may choose), customers whose name the
 * shop has signed, or buyers who have confirmed a mailbox. Where there is a limit for each customer, buyers need a name in any
 * case.
 */
export const customerKinds = ["any", "named", "signed", "email"] as const

export type CustomerKind = (typeof customerKinds)[number]

/** The settings of a product. The shop may change each of them at any time. */
export interface ProductSettings {
  readonly name: string
  readonly description: string | null
  readonly imageUrl: string | null
  /** Price of one unit in minor units of `currency`; a hold and its order keep the price of the moment it was placed. */
  readonly priceMinor: number
  readonly currency: string
  /** The first moment of the sale; null: the sale is open from the start. */
  readonly opensAt: Instant | null
  /** The first moment after the sale; null: the sale never closes. */
  readonly closesAt: Instant | null
  readonly paused: boolean
  /** The most units in one hold; null: only the stock limits them. */
  readonly maxPerHold: number | null
  /** The most units that one customer may hold and own together (I8); null: no limit. */
  readonly maxPerCustomer: number | null
  /** How long a hold lasts, in seconds; null: the setting of the installation. */
  readonly holdTtlSeconds: number | null
  /** The details that it asks its buyers for; null: none. */
  readonly collect: Collect | null
  readonly status: ProductStatus
  /** The shop's own number of the article. Several products may have it, because an article is sold again. */
  readonly sku: string | null
  /** What another system of the shop calls the product, which buyers are not told. Several products may have it. */
  readonly externalId: string | null
  readonly stockDisplay: StockDisplay
  readonly customer: CustomerKind
  /** Who may buy when, within the sale's time; null: everybody, all the time. Outside of all phases nobody may. */
  readonly phases: readonly Phase[] | null
}

/** The values of settings that are not given when a product is created. */
export const defaultSettings: Omit<ProductSettings, "name" | "priceMinor" | "currency"> = {
  description: null,
  imageUrl: null,
  opensAt: null,
  closesAt: null,
  paused: false,
  maxPerHold: null,
  maxPerCustomer: null,
  holdTtlSeconds: null,
  collect: null,
  status: "listed",
  sku: null,
  externalId: null,
  stockDisplay: "exact",
  customer: "any",
  phases: null,
}

/** A number of units for sale. `held + sold <= stock` always holds (I1). */
export interface Product extends ProductSettings {
  readonly id: number
  readonly stock: number
  /** Units of active holds and of orders waiting for payment (I2). */
  readonly held: number
  /** Units of paid orders (I2). */
  readonly sold: number
  /** Increases by one with every batch that changes the product. */
  readonly version: number
  /** By position; null: the product has none, and its units are all alike. */
  readonly variants: readonly Variant[] | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** The state of a product's sale; see {@link saleState} for the order of precedence. */
export type SaleState = "closed" | "scheduled" | "paused" | "sold_out" | "all_held" | "open"

/** A number of units on sale, of a product or of one of its variants. */
export type UnitCounters = Pick<Product, "stock" | "held" | "sold">

/** The largest stock of a product, its variants together. A column of the database holds about twice as many. */
export const LARGEST_STOCK = 1_000_000_000

/** Returns how many units can be held now. */
export function availableUnits({ stock, held, sold }: UnitCounters): number {
  return stock - held - sold
}

/** True when buyers neither see the product nor can hold units of it; what they hold and have ordered goes on. */
export function isHidden({ status }: Pick<ProductSettings, "status">): boolean {
  return status === "draft" || status === "archived"
}

/** True when each unit of the product belongs to one of its variants. */
export function hasVariants<P extends Pick<Product, "variants">>(
  product: P,
): product is P & { readonly variants: readonly Variant[] } {
  return product.variants !== null
}

/** True from `opensAt` until before `closesAt`, paused or not. */
export function isWithinSale({ opensAt, closesAt }: ProductSettings, now: Instant): boolean {
  return (opensAt === null || hasPassed(opensAt, now)) && (closesAt === null || !hasPassed(closesAt, now))
}

/**
 * Returns the first state that applies: `closed`, `scheduled`, `paused`, `sold_out` (every unit is sold),
 * `all_held` (no unit is available, but held units may be returned), `open`. Units of variants that are disabled
 * count for nothing here.
 */
export function saleState(
  product: UnitCounters & Pick<Product, "opensAt" | "closesAt" | "paused" | "variants">,
  now: Instant,
): SaleState {
  if (product.closesAt !== null && hasPassed(product.closesAt, now)) return "closed"
  if (product.opensAt !== null && !hasPassed(product.opensAt, now)) return "scheduled"
  if (product.paused) return "paused"
  return stateOfUnits(unitsForSale(product))
}

/** Units of variants that are disabled count for nothing. */
function unitsForSale(product: UnitCounters & Pick<Product, "variants">): UnitCounters {
  return hasVariants(product) ? enabledUnits(product.variants) : product
}

/** What buyers are told of units whose number is not shown. */
export const stockLevels = ["available", "few", "none"] as const

export type StockLevel = (typeof stockLevels)[number]

/** So many units, or fewer, are called few. */
export const FEW_UNITS = 10

/** True where buyers are not told how many units there are. */
export function hidesUnits({ stockDisplay }: Pick<Product, "stockDisplay">): boolean {
  return stockDisplay !== "exact"
}

/** The product for a reader who is told how many units there are. */
export function withUnits(product: Product): Product {
  return hidesUnits(product) ? { ...product, stockDisplay: "exact" } : product
}

/** What buyers are told of the units of a product, or of one of its variants; `few` is told by `low` only. */
export function stockLevel(
  units: UnitCounters & { readonly variants?: Product["variants"] },
  display: StockDisplay,
): StockLevel {
  const available = availableUnits(unitsForSale({ variants: null, ...units }))
  if (available <= 0) return "none"
  return display === "low" && available <= FEW_UNITS ? "few" : "available"
}

function stateOfUnits(units: UnitCounters): "sold_out" | "all_held" | "open" {
  if (units.sold >= units.stock) return "sold_out"
  return availableUnits(units) === 0 ? "all_held" : "open"
}

function enabledUnits(variants: readonly Variant[]): UnitCounters {
  let [stock, held, sold] = [0, 0, 0]
  for (const variant of variants) {
    if (!variant.enabled) continue
    stock += variant.stock
    held += variant.held
    sold += variant.sold
  }
  return { stock, held, sold }
}
