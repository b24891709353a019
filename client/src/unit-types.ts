import type { Product, Variant } from "./types.ts"

/** What buyers are told of the units of a product: their number, whether few are left, or only whether there are any. */
export type StockDisplay = "exact" | "low" | "none"

/** What is told in the place of numbers. `few`: 10 units or fewer are available, and the shop shows that. */
export type StockLevel = "available" | "few" | "none"

/** How many units there are: `stock = available_stock + reserved_stock + sold_stock`. */
export interface UnitCounts {
  readonly stock: number
  readonly available_stock: number
  /** Units of active holds and of orders that wait for payment. */
  readonly reserved_stock: number
  readonly sold_stock: number
}

/** How many units there are; where the shop does not show that, `stock_level` in the place of the numbers. */
export interface ShownUnits extends Partial<UnitCounts> {
  /** Of a product with variants: of those that are for sale. */
  readonly stock_level?: StockLevel
}

/** A product as the shop reads it, whatever buyers are told. */
export interface ShopProduct extends Omit<Product, keyof ShownUnits | "variants">, UnitCounts {
  /** By position. Only of a product that has some: its units are sold by variant, and its stock is their sum. */
  readonly variants?: readonly ShopVariant[]
  /** What another system of the shop calls the product. */
  readonly external_id?: string
  /** What buyers are told of the units; absent: `exact`. */
  readonly stock_display?: StockDisplay
}

/** A variant as the shop reads it, whatever buyers are told. */
export interface ShopVariant extends Omit<Variant, keyof ShownUnits>, UnitCounts {}
