import type { Words } from "./words/en.ts"
import type { Product, ShownUnits, Variant, WantedLine } from "../../client/src/index.ts"

/** A product that is sold by variant. */
export type ProductWithVariants = Product & { readonly variants: readonly Variant[] }

/** The units that a buyer has chosen: each variant once, and none with 0 units. */
export type Choice = readonly WantedLine[]

/**
 * How a buyer chooses among variants. `one`: one variant, by radio buttons. `several`: a number for each. `either`: one,
 * until the buyer asks for several.
 */
export type WayToChoose = "one" | "either" | "several"

/** Whether units of a variant can be reserved. `all_held`: none now, but reserved units may come back. */
export type VariantState = "open" | "all_held" | "sold_out" | "not_for_sale"

/** The state of a value of an option. `missing`: no variant has it beside what is chosen of the other options. */
export type ValueState = VariantState | "missing"

/** The most units in one request where the shop sets no limit. */
export const MOST_UNITS = 10
/** The most lines that the server takes in one request. */
const MOST_LINES = 20

/** True where the product is sold by variant. */
function hasVariants(product: Product): product is ProductWithVariants {
  return product.variants !== undefined
}

/** The most units that may be available: where the shop does not show how many there are, any number. */
export function mostAvailable({ available_stock, stock_level }: ShownUnits): number {
  return available_stock ?? (stock_level === "none" ? 0 : Infinity)
}

/** True if every unit is sold. Where no number is shown, the server has said so. */
export function isSoldOut({
  stock,
  sold_stock,
  sale_state,
}: Pick<Product, keyof ShownUnits | "sale_state">): boolean {
  return stock === undefined || sold_stock === undefined ? sale_state === "sold_out" : sold_stock >= stock
}

/** The product, with the counters of what is for sale: units of variants that are not for sale are left out. */
export function withUnitsForSale(product: Product): Product {
  if (!hasVariants(product) || product.stock_level !== undefined) return product
  const sums = { stock: 0, available_stock: 0, reserved_stock: 0, sold_stock: 0 }
  for (const variant of product.variants.filter(({ enabled }) => enabled)) {
    sums.stock += variant.stock ?? 0
    sums.available_stock += variant.available_stock ?? 0
    sums.reserved_stock += variant.reserved_stock ?? 0
    sums.sold_stock += variant.sold_stock ?? 0
  }
  return { ...product, ...sums }
}

/** True if the shop sells none of the product's variants at the moment. */
export function isNothingForSale({ variants }: Product): boolean {
  return variants?.every(({ enabled }) => !enabled) === true
}

/** The variants that a new visitor sees: those for sale. */
export function variantsForSale({ variants = [] }: Product): readonly Variant[] {
  return variants.filter(({ enabled }) => enabled)
}

/** The variant's state while the sale is open. */
export function stateOfVariant(variant: Variant): VariantState {
  if (!variant.enabled) return "not_for_sale"
  if (mostAvailable(variant) > 0) return "open"
  return isSoldOut(variant) ? "sold_out" : "all_held"
}

/** The most units that one request may ask for, over all variants. */
export function mostUnitsOf({ max_per_hold, max_per_customer }: Product): number {
  return Math.min(max_per_hold ?? MOST_UNITS, max_per_customer ?? Infinity)
}

/**
 * A buyer who may have only one unit chooses one variant. Goods with different prices or different option names are
 * chosen as a basket. Goods that are alike, such as the sizes of one shoe, are chosen one at a time unless the buyer
 * wants several; so are those that are chosen by option, whatever they cost.
 */
export function wayToChoose(product: Product, offered: readonly Variant[], isByOption = false): WayToChoose {
  if (offered.length < 2 || mostUnitsOf(product) === 1) return "one"
  if (isByOption) return "either"
  return haveOnePrice(offered) && new Set(offered.map(optionNames)).size === 1 ? "either" : "several"
}

/** True if all variants cost the same. */
export function haveOnePrice(variants: readonly Variant[]): boolean {
  return new Set(variants.map(({ price_minor }) => price_minor)).size < 2
}

/** The name of the only option that the variants have, such as `size`; null: they have none, or several. */
export function onlyOptionOf(variants: readonly Variant[]): string | null {
  const [first, ...others] = new Set(variants.flatMap(({ options }) => Object.keys(options)))
  return first !== undefined && others.length === 0 ? first : null
}

function optionNames({ options }: Variant): string {
  return Object.keys(options).sort().join("\n")
}

/** The lowest price of what is for sale among these variants, and whether something costs more. */
export function lowestPrice(
  product: Product,
  among = product.variants ?? [],
): { readonly minor: number; readonly isOnly: boolean } {
  const prices = among.filter(({ enabled }) => enabled).map(({ price_minor }) => price_minor)
  if (prices.length === 0) return { minor: product.price_minor, isOnly: true }
  const minor = Math.min(...prices)
  return { minor, isOnly: prices.every((price) => price === minor) }
}

/** The choice of a new visitor: none, unless there is only one variant to choose. */
export function firstChoice(product: Product): Choice {
  const [only, ...others] = variantsForSale(product)
  return only !== undefined && others.length === 0 ? [{ variant_id: only.id, qty: 1 }] : []
}

/** How many units of the variant are chosen. */
export function chosenUnits(choice: Choice, variantId: number): number {
  return choice.find(({ variant_id }) => variant_id === variantId)?.qty ?? 0
}

/** How many units are chosen, over all variants. */
export function unitsChosen(choice: Choice): number {
  return choice.reduce((sum, { qty }) => sum + qty, 0)
}

/** The choice with `qty` units of a variant, which may be 0. Lines keep their places. */
export function withUnits(choice: Choice, variantId: number, qty: number): Choice {
  const line = { variant_id: variantId, qty }
  const isNew = choice.every(({ variant_id }) => variant_id !== variantId)
  const lines = isNew ? [...choice, line] : choice.map((old) => (old.variant_id === variantId ? line : old))
  return lines.filter(({ qty }) => qty > 0)
}

/** The choice in the product's order, whatever was pressed first. */
export function inOrder(variants: readonly Variant[], choice: Choice): Choice {
  return variants.flatMap(({ id }) => choice.filter(({ variant_id }) => variant_id === id))
}

/** The most units of a variant that can be chosen beside the other lines. */
export function mostOfVariant(product: Product, variant: Variant, choice: Choice): number {
  const others = unitsChosen(choice) - chosenUnits(choice, variant.id)
  const limit = Math.min(variant.max_per_hold ?? Infinity, mostUnitsOf(product) - others)
  const isLineTooMany = choice.length >= MOST_LINES && chosenUnits(choice, variant.id) === 0
  return variant.enabled && !isLineTooMany ? Math.max(0, Math.min(limit, mostAvailable(variant))) : 0
}

/** The choice of one variant, reduced to the units that there are, but at least one. */
export function withinStock(product: Product, choice: Choice): Choice {
  return choice.map((line) => {
    const variant = variantOf(product, line.variant_id)
    const most = variant === undefined ? 1 : mostOfVariant(product, variant, [])
    return { ...line, qty: Math.max(1, Math.min(line.qty, most)) }
  })
}

/** The price of the choice, in minor units, at the prices of now. */
export function priceOfChoice(product: Product, choice: Choice): number {
  return choice.reduce((sum, { variant_id, qty }) => {
    return sum + qty * (variantOf(product, variant_id)?.price_minor ?? product.price_minor)
  }, 0)
}

/** A chosen variant that lacks units, with how many there are. */
export interface Lack {
  readonly name: string
  readonly state: VariantState
  readonly available: number
}

/** The chosen variants that cannot be reserved now, in the order of the choice. */
export function lacksOf(product: Product, choice: Choice): readonly Lack[] {
  return choice.flatMap(({ variant_id, qty }) => {
    const variant = variantOf(product, variant_id)
    if (variant === undefined) return []
    const state = stateOfVariant(variant)
    const available = mostAvailable(variant)
    return state === "open" && available >= qty ? [] : [{ name: variant.name, state, available }]
  })
}

/** The variant's name; `Variant 3` where it is not known. */
export function variantName(
  words: Pick<Words, "variant">,
  product: Product | null,
  variantId: number,
): string {
  return (product === null ? undefined : variantOf(product, variantId)?.name) ?? words.variant(variantId)
}

function variantOf({ variants }: Product, variantId: number): Variant | undefined {
  return variants?.find(({ id }) => id === variantId)
}
