import type { WantedLine } from "../../../client/src/index.ts"
import { seededRandom } from "../../simulator/random.ts"

/** The units that one request asks for: null for a unit of a product without variants. */
export type Wish = readonly WantedLine[] | null

/** One request in three asks for a basket, a unit each of so many variants. */
const ONE_BASKET_IN = 3
const VARIANTS_OF_A_BASKET = 3
/** The variant in the middle of the list is wanted so many times as often as the first or the last. */
const FAVOURITE = 5
/** The same requests in each race; the order in which the servers take them differs. */
const SEED = 14

/**
 * Chooses what each request asks for. Variants in the middle of the list are wanted more often than those at its ends,
 * as sizes of a shoe are, so that some sell out while others have units left. Baskets list their variants in any order.
 */
export function wishesFor(variantIds: readonly number[], requests: number): Wish[] {
  if (variantIds.length === 0) return Array.from({ length: requests }, () => null)
  const random = seededRandom(SEED)
  const tickets = variantIds.flatMap((id, index) => {
    const fromTheEnd = Math.min(index, variantIds.length - 1 - index)
    const middle = Math.max(1, (variantIds.length - 1) / 2)
    const weight = 1 + Math.round(((FAVOURITE - 1) * fromTheEnd) / middle)
    return Array.from({ length: weight }, () => id)
  })
  const draw = () => tickets[Math.floor(random() * tickets.length)] ?? 0
  const basketSize = Math.min(VARIANTS_OF_A_BASKET, variantIds.length)
  return Array.from({ length: requests }, (_, index) => {
    const size = index % ONE_BASKET_IN === 0 ? basketSize : 1
    const chosen = new Set<number>()
    while (chosen.size < size) chosen.add(draw())
    return Array.from(chosen, (variant_id) => ({ variant_id, qty: 1 }))
  })
}

/** The variants of a race's product, among which its stock is divided. */
export function variantsOf({ stock, variants }: { readonly stock: number; readonly variants: number }) {
  return Array.from({ length: variants }, (_, index) => ({
    name: `Size ${index + 1}`,
    stock: Math.floor(stock / variants) + (index < stock % variants ? 1 : 0),
  }))
}
