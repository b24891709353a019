import { claimantsOf, type Claim, type Claimed } from "./claims.ts"
import type { WantedLine } from "./lines.ts"
import { hasVariants } from "./product.ts"
import type { Variant } from "./variant.ts"
import { changeLoadedProduct, productOf, type WorkingSet } from "./working-set.ts"

/*
 * All functions that change the number of held or sold units, of the product and of its variants. Each keeps I1, I2
 * and I10 together with the row change that its caller makes, and I8 for their claims.
 */

/** Units that move together, such as those of a hold. */
export interface MovedUnits extends Claimed {
  readonly qty: number
  /** How they are spread over the product's variants; null: it has none. */
  readonly lines: readonly WantedLine[] | null
}

/** Available → held, and counted for `claims`, which are those of the units. */
export function reserveUnits(state: WorkingSet, units: MovedUnits, claims: readonly Claim[]): void {
  move(state, units, { held: 1, sold: 0 })
  for (const { claimant, unitLimit } of claims) {
    const before = state.claims.get(claimant)
    const row = { claimant, units: (before?.units ?? 0) + units.qty, unitLimit }
    if (before === undefined) state.claims.add(row)
    else state.claims.replace(row)
  }
}

/** Held → available: the hold or unpaid order has ended. */
export function returnHeldUnits(state: WorkingSet, units: MovedUnits): void {
  move(state, units, { held: -1, sold: 0 })
  giveBack(state, units)
}

function giveBack(state: WorkingSet, units: MovedUnits): void {
  for (const claimant of claimantsOf(units)) {
    const counted = state.claims.get(claimant)
    if (counted !== undefined) {
      state.claims.replace({ ...counted, units: counted.units - units.qty })
    } else {
      state.claimReturns.set(claimant, (state.claimReturns.get(claimant) ?? 0) + units.qty)
    }
  }
}

/** Held → sold: the order is paid. The claims keep their units. */
export function sellHeldUnits(state: WorkingSet, units: MovedUnits): void {
  move(state, units, { held: -1, sold: 1 })
}

/** Available → sold: an order was paid after its end, and enough units are available. `claims`: those of the order. */
export function sellAvailableUnits(state: WorkingSet, units: MovedUnits, claims: readonly Claim[]): void {
  move(state, units, { held: 0, sold: 1 })
  for (const { claimant, unitLimit } of claims) {
    const counted = state.claims.get(claimant)
    const returned = state.claimReturns.get(claimant) ?? 0
    if (counted !== undefined) {
      state.claims.replace({ ...counted, units: counted.units + units.qty, unitLimit })
    } else if (returned >= units.qty) {
      // The same batch has returned these units, so the number of the claim stays the same.
      state.claimReturns.set(claimant, returned - units.qty)
    } else {
      state.claims.add({ claimant, units: units.qty, unitLimit })
    }
  }
}

/** Sold → available: the shop has the units back, or never delivered them. */
export function restockUnits(state: WorkingSet, units: MovedUnits): void {
  move(state, units, { held: 0, sold: -1 })
  giveBack(state, units)
}

/** How many held and sold units one moved unit adds. */
interface Direction {
  readonly held: -1 | 0 | 1
  readonly sold: -1 | 0 | 1
}

function move(state: WorkingSet, { qty, lines }: MovedUnits, { held, sold }: Direction): void {
  const product = productOf(state)
  const counters = { held: product.held + held * qty, sold: product.sold + sold * qty }
  if (!hasVariants(product)) {
    changeLoadedProduct(state, counters)
    return
  }
  const variants = moved(product.variants, lines ?? [], { held, sold })
  changeLoadedProduct(state, { ...counters, variants })
}

function moved(
  variants: readonly Variant[],
  lines: readonly WantedLine[],
  { held, sold }: Direction,
): Variant[] {
  const changed = [...variants]
  for (const { variantId, qty } of lines) {
    const index = variants.findIndex(({ id }) => id === variantId)
    const variant = variants[index]
    if (variant === undefined) continue
    changed[index] = { ...variant, held: variant.held + held * qty, sold: variant.sold + sold * qty }
  }
  return changed
}
