import type { Product, ShownUnits, Variant } from "../../client/src/index.ts"
import { optionTitle, partsOf } from "../../client/src/words.ts"
import type { Words } from "./words/en.ts"
import { stateOfVariant, variantName, withUnits, type Choice, type ValueState } from "./variant-choice.ts"

/** How the name of a radio button begins that picks a value of an option. */
export const OPTION_FIELD = "option:"

/** An option of a product, such as its colour, with its values in the order of the variants. */
export interface OptionGroup {
  readonly option: string
  /** Two or more. */
  readonly values: readonly string[]
}

/** The values that a buyer has picked, each option once, the latest first. */
export type Picks = readonly (readonly [option: string, value: string])[]

/**
 * The options to choose by, in the product's order. Empty where the variants are one list: they differ in one option or in
 * none, or their options do not tell each of them from all others.
 */
export function optionGroups(variants: readonly Variant[]): readonly OptionGroup[] {
  const groups = optionsInOrder(variants)
    .map((option) => ({ option, values: [...new Set(variants.map(({ options }) => options[option] ?? ""))] }))
    .filter(({ values }) => values.length > 1)
  const kinds = new Set(variants.map((variant) => keyOf(variant, groups)))
  const isWhole = variants.every(({ options }) =>
    groups.every(({ option }) => Object.hasOwn(options, option)),
  )
  return groups.length > 1 && isWhole && kinds.size === variants.length ? groups : []
}

function keyOf({ options }: Variant, groups: readonly OptionGroup[]): string {
  return JSON.stringify(groups.map(({ option }) => options[option]))
}

/**
 * The names of the variants' options in the product's order, which is that of the parts of a name: `Black / M`. Where the
 * name has other words, the option comes first that changes least from one variant to the next. The server has no order.
 */
function optionsInOrder(variants: readonly Variant[]): readonly string[] {
  const [first] = variants
  if (first === undefined) return []
  const options = [...new Set(variants.flatMap((variant) => Object.keys(variant.options)))]
  const parts = partsOf(first.name)
  const inName = options.map((option) => parts.indexOf(first.options[option] ?? ""))
  const places = inName.includes(-1) ? options.map((option) => changesOf(variants, option)) : inName
  const placeOf = (option: string) => places[options.indexOf(option)] ?? 0
  return [...options].sort((one, other) => placeOf(one) - placeOf(other))
}

function changesOf(variants: readonly Variant[], option: string): number {
  return variants.filter(({ options }, index) => options[option] !== variants[index - 1]?.options[option])
    .length
}

/** The picks that go together: one that no variant has beside those after it is left out. */
export function narrowed(variants: readonly Variant[], picks: Picks): Picks {
  let left = variants
  return picks.filter((pick) => {
    const those = havingAll(left, [pick])
    if (those.length > 0) left = those
    return those.length > 0
  })
}

/** The variants that have all of these values. */
export function havingAll(variants: readonly Variant[], picks: Picks): readonly Variant[] {
  return variants.filter(({ options }) => picks.every(([option, value]) => options[option] === value))
}

/** The variants that the picks leave: all of them before the first one. */
export function variantsLeft(variants: readonly Variant[], picks: Picks): readonly Variant[] {
  return havingAll(variants, narrowed(variants, picks))
}

/** The picks, with a new one. Those that do not go with it stay, and are valid again when it is taken back. */
export function withPick(picks: Picks, option: string, value: string): Picks {
  return [[option, value], ...without(picks, option)]
}

function without(picks: Picks, option: string): Picks {
  return picks.filter(([name]) => name !== option)
}

/** The variant that the picks tell from all others; null: something is still to be picked. */
export function variantPicked(variants: readonly Variant[], picks: Picks): Variant | null {
  const groups = optionGroups(variants)
  const [only] = havingAll(variants, picks)
  const isWhole = groups.length > 0 && groups.every(({ option }) => pickOf(picks, option) !== undefined)
  return isWhole ? (only ?? null) : null
}

/** The choice of the variant that is picked; none before one value of each option is. */
export function choiceOf(variants: readonly Variant[], picks: Picks, qty: number): Choice {
  const variant = variantPicked(variants, narrowed(variants, picks))
  return variant === null ? [] : withUnits([], variant.id, qty)
}

/** What is picked of an option. */
export function pickOf(picks: Picks, option: string): string | undefined {
  return picks.find(([name]) => name === option)?.[1]
}

/** The picks that the page goes on from: those of the chosen variant, where something else than a pick has chosen it. */
export function picksFor(variants: readonly Variant[], choice: Choice, picks: Picks): Picks {
  if (choice.length > 1 || optionGroups(variants).length === 0) return []
  const chosen = variants.find(({ id }) => id === choice[0]?.variant_id)
  if (variantPicked(variants, narrowed(variants, picks))?.id === chosen?.id) return picks
  return chosen === undefined ? [] : Object.entries(chosen.options)
}

/** What can be had of a value beside what is picked of the other options. */
export interface ValueOffer {
  readonly state: ValueState
  /** Those that are available, over all variants. */
  readonly units: ShownUnits
  /** False: no variant that has the value can be bought or waited for, whatever else is picked. */
  readonly canBePicked: boolean
}

/** The best state first. */
const STATES = ["open", "all_held", "sold_out", "not_for_sale"] as const

/** Says what can be had of a value. `picks`: those that go together. */
export function offerOf(
  variants: readonly Variant[],
  picks: Picks,
  option: string,
  value: string,
): ValueOffer {
  const having = havingAll(variants, [[option, value]])
  const here = havingAll(having, without(picks, option))
  return {
    state: STATES.find((state) => here.some((variant) => stateOfVariant(variant) === state)) ?? "missing",
    units: unitsIn(here.filter((variant) => stateOfVariant(variant) === "open")),
    canBePicked: having.some((variant) => ["open", "all_held"].includes(stateOfVariant(variant))),
  }
}

function unitsIn(open: readonly Variant[]): ShownUnits {
  if (open.some(({ available_stock }) => available_stock === undefined))
    return { stock_level: open.every(({ stock_level }) => stock_level === "few") ? "few" : "available" }
  return { available_stock: open.reduce((sum, { available_stock = 0 }) => sum + available_stock, 0) }
}

/**
 * A variant's options by name, `Colour: Black · Size: M`. Undefined: it has fewer than two, which its name tells. `isWhole`:
 * its name says nothing else.
 */
export function namedOptions(
  words: Pick<Words, "optionIs">,
  variants: readonly Variant[] | undefined,
  variantId: number,
): { readonly text: string | undefined; readonly isWhole: boolean } {
  const variant = variants?.find(({ id }) => id === variantId)
  const options = Object.entries(variant?.options ?? {})
  if (variants === undefined || variant === undefined || options.length < 2)
    return { text: undefined, isWhole: false }
  const order = optionsInOrder(variants)
  const values = new Set(Object.values(variant.options))
  return {
    text: options
      .sort(([one], [other]) => order.indexOf(one) - order.indexOf(other))
      .map(([option, value]) => words.optionIs(optionTitle(option), value))
      .join(" · "),
    isWhole: partsOf(variant.name).every((part) => values.has(part)),
  }
}

/** A variant as a ticket names it: `name` is empty where its options say the same. */
export function namesOfVariant(
  words: Pick<Words, "optionIs" | "variant">,
  product: Product | null,
  variantId: number,
): { readonly name: string; readonly options: string | undefined } {
  const { isWhole, text } = namedOptions(words, product?.variants, variantId)
  return { name: isWhole ? "" : variantName(words, product, variantId), options: text }
}
