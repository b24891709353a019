import { hash } from "node:crypto"
import { Type, type Static } from "typebox"
import {
  FEW_UNITS,
  hasVariants,
  hidesUnits,
  saleState,
  stockLevel,
  stockLevels,
  type Product,
  type SaleState,
} from "../domain/product.ts"
import type { Instant } from "../domain/time.ts"
import { listOf, oneOf } from "./fields.ts"
import { ProductWire, productJson } from "./product.ts"
import { VariantWire, type VariantJson } from "./variant.ts"

const counter = Type.Optional(Type.Integer({ description: "absent: the shop does not show it" }))
const counters = {
  stock: counter,
  available_stock: counter,
  reserved_stock: counter,
  sold_stock: counter,
  stock_level: Type.Optional(
    oneOf(stockLevels, {
      description: `in the place of the numbers, where the shop does not show them. \`few\`: ${FEW_UNITS} or fewer are available, and the shop shows that`,
    }),
  ),
}

/** A variant, as everybody reads it. */
const PublicVariantWire = Type.Object({ ...VariantWire.properties, ...counters })

const { external_id: _ofShop, stock_display: _alsoOfShop, ...shown } = ProductWire.properties

/** A product, as everybody reads it: without what only the shop knows. */
export const PublicProductWire = Type.Object({
  ...shown,
  ...counters,
  variants: Type.Optional(
    Type.Array(PublicVariantWire, {
      description: "only of a product with variants: its units are sold by variant",
    }),
  ),
})

/** The JSON of a product for everybody. */
export type PublicProductJson = Static<typeof PublicProductWire>

/** One page of products for everybody. */
export const PublicProductList = listOf(PublicProductWire)

/**
 * As {@link productJson}, for everybody: without what only the shop's own systems need, and without numbers that it does not
 * show.
 */
export function publicProductJson(product: Product, now: Instant, defaultHoldTtl: number): PublicProductJson {
  const told = product.externalId === null ? product : { ...product, externalId: null }
  const json = productJson(told, now, defaultHoldTtl)
  return hidesUnits(product) ? withoutNumbers(json, product) : json
}

function withoutNumbers(json: ReturnType<typeof productJson>, product: Product): PublicProductJson {
  const {
    stock_display: display = "exact",
    variants,
    ...more
  } = withLevel(json, stockLevel(product, product.stockDisplay))
  if (variants === undefined || !hasVariants(product)) return more
  const levels = new Map(product.variants.map((one) => [one.id, stockLevel(one, display)]))
  return {
    ...more,
    variants: variants.map((one: VariantJson) => withLevel(one, levels.get(one.id) ?? "none")),
  }
}

function withLevel<Json extends Counted>(json: Json, level: (typeof stockLevels)[number]) {
  const { stock: _, available_stock: _available, reserved_stock: _held, sold_stock: _sold, ...others } = json
  return { ...others, stock_level: level }
}

interface Counted {
  readonly stock: number
  readonly available_stock: number
  readonly reserved_stock: number
  readonly sold_stock: number
}

/**
 * Names what everybody may see of a product at this moment. Where its units are not shown, the name is made of what is: a name
 * with the product's version would tell how often something was held or sold.
 */
export function publicStateName(product: Product, now: Instant, defaultHoldTtl: number): string {
  const state = saleState(product, now)
  if (!hidesUnits(product)) return `${product.id}-${product.version}-${state}`
  const known = names.get(product)
  if (known?.state === state) return known.name
  const { server_time: _, ...seen } = publicProductJson(product, now, defaultHoldTtl)
  const name = `${product.id}-${hash("sha256", JSON.stringify(seen), "base64url").slice(0, 16)}`
  names.set(product, { state, name })
  return name
}

/** Made once for all readers of a product, while it is as it was. */
const names = new WeakMap<Product, { readonly state: SaleState; readonly name: string }>()
