import type { NewHold, ShopProduct } from "../../../client/src/index.ts"
import type { Wish } from "./wishes.ts"

/** The books of one variant after a race. */
export interface VariantBooks {
  readonly variantId: number
  readonly name: string
  readonly stock: number
  /** Units that all requests together asked for. */
  readonly requested: number
  /** Units of the holds that were answered 201. */
  readonly taken: number
  /** Available units after the race. */
  readonly left: number
}

/** A request for units of variants, and its answer. */
export interface VariantTry {
  readonly wish: Wish
  readonly hold: NewHold | null
  /** The variants that the refusal names, if it is `out_of_stock`. */
  readonly lacking: readonly number[] | null
}

/** Adds up by variant what was asked for and what was taken. */
export function booksOf(product: ShopProduct | null, tries: readonly VariantTry[]): VariantBooks[] {
  const requested = unitsByVariant(tries.map(({ wish }) => wish))
  const taken = unitsByVariant(tries.map(({ hold }) => hold?.lines ?? null))
  return (product?.variants ?? []).map(({ id, name, stock, available_stock }) => ({
    variantId: id,
    name,
    stock,
    requested: requested.get(id) ?? 0,
    taken: taken.get(id) ?? 0,
    left: available_stock,
  }))
}

function unitsByVariant(all: readonly Wish[]): ReadonlyMap<number, number> {
  const units = new Map<number, number>()
  for (const { variant_id, qty } of all.flatMap((lines) => lines ?? [])) {
    units.set(variant_id, (units.get(variant_id) ?? 0) + qty)
  }
  return units
}

/**
 * Everything that is wrong with the variants of a race's product. No hold ends during a race, so a variant that lacked
 * a unit once has none at the end: each failed request must have asked for such a variant.
 */
export function wrongVariants(
  stock: number,
  product: ShopProduct | null,
  tries: readonly VariantTry[],
): string[] {
  const books = booksOf(product, tries)
  const reserved = new Map(product?.variants?.map(({ id, reserved_stock }) => [id, reserved_stock]))
  const empty = new Set(books.filter(({ left }) => left === 0).map(({ variantId }) => variantId))
  const taken = sum(books.map((one) => one.taken))
  const left = sum(books.map((one) => one.left))
  const isSum =
    product !== null && product.reserved_stock === taken && product.available_stock === stock - taken
  return [
    ...(sum(books.map((one) => one.stock)) === stock ? [] : [`the variants' stock is not ${stock} in all`]),
    ...(isSum && left === stock - taken
      ? []
      : [
          `${taken} units were taken of ${stock}, but ${product?.reserved_stock} are held and ${product?.available_stock} available`,
        ]),
    ...books.flatMap((one) => wrongBooks(one, reserved.get(one.variantId) ?? 0)),
    ...counted(
      tries.filter(({ hold, wish }) => hold !== null && !isWhole(hold, wish)).length,
      "holds have not exactly the lines that were requested",
    ),
    ...counted(
      tries.filter(({ hold, wish }) => hold === null && !wish?.some((line) => empty.has(line.variant_id)))
        .length,
      "requests failed although each of their variants has units left",
    ),
    ...counted(
      tries.filter(({ lacking, wish }) => lacking !== null && !isLacking(lacking, wish, empty)).length,
      "refusals do not name the variants that lack units",
    ),
  ]
}

function wrongBooks({ variantId, name, stock, taken, left }: VariantBooks, reserved: number): string[] {
  return reserved === taken && left === stock - taken && taken <= stock
    ? []
    : [
        `variant ${variantId} (${name}): ${taken} of ${stock} units were taken, but ${reserved} are held and ${left} available`,
      ]
}

/** A basket is held whole: the hold has the lines that were asked for, and no other. */
function isWhole({ lines = [], qty }: NewHold, wish: Wish): boolean {
  const held = new Map(lines.map((line) => [line.variant_id, line.qty]))
  return (
    wish !== null &&
    lines.length === wish.length &&
    wish.every((line) => held.get(line.variant_id) === line.qty) &&
    qty === sum(wish.map((line) => line.qty))
  )
}

function isLacking(lacking: readonly number[], wish: Wish, empty: ReadonlySet<number>): boolean {
  const isWanted = (id: number) => wish?.some((line) => line.variant_id === id) === true
  return lacking.length > 0 && lacking.every((id) => isWanted(id) && empty.has(id))
}

function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}`]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
