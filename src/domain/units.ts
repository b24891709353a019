import type { WantedLine } from "./lines.ts"
import { hasVariants } from "./product.ts"
import type { Variant } from "./variant.ts"
import { changeLoadedProduct, productOf, type WorkingSet } from "./working-set.ts"

/*
 * All functions that change the number of held or sold units, of the product and of its variants. Each keeps I1, I2
 * and I10 together with the row change that its caller makes, and I8 when the customer is known.
 */

/** Units that move together, such as those of a hold. */
export interface MovedUnits {
  readonly qty: number
  readonly customerId: string | null
  /** How they are spread over the product's variants; null: it has none. */
  readonly lines: readonly WantedLine[] | null
}

/** Available → held. */
export function reserveUnits(state: WorkingSet, units: MovedUnits): void {
  move(state, units, { held: 1, sold: 0 })
  const { customerId, qty } = units
  if (customerId === null) return

  const before = state.customers.get(customerId)
  const unitLimit = productOf(state).maxPerCustomer
  const row = { customerId, units: (before?.units ?? 0) + qty, unitLimit }
  if (before === undefined) state.customers.add(row)
  else state.customers.replace(row)
}

/** Held → available: the hold or unpaid order has ended. */
export function returnHeldUnits(state: WorkingSet, units: MovedUnits): void {
  move(state, units, { held: -1, sold: 0 })
  giveBack(state, units)
}

function giveBack(state: WorkingSet, { qty, customerId }: MovedUnits): void {
  if (customerId === null) return
  const customer = state.customers.get(customerId)
  if (customer !== undefined) {
    state.customers.replace({ ...customer, units: customer.units - qty })
  } else {
    state.customerReturns.set(customerId, (state.customerReturns.get(customerId) ?? 0) + qty)
  }
}

/** Held → sold: the order is paid. The number of units of the customer stays the same. */
export function sellHeldUnits(state: WorkingSet, units: MovedUnits): void {
  move(state, units, { held: -1, sold: 1 })
}

/** Available → sold: an order was paid after its end, and enough units are available. */
export function sellAvailableUnits(state: WorkingSet, units: MovedUnits): void {
  move(state, units, { held: 0, sold: 1 })
  const { customerId, qty } = units
  if (customerId === null) return

  const { maxPerCustomer } = productOf(state)
  const customer = state.customers.get(customerId)
  const returned = state.customerReturns.get(customerId) ?? 0
  if (customer !== undefined) {
    state.customers.replace({ ...customer, units: customer.units + qty, unitLimit: maxPerCustomer })
  } else if (returned >= qty) {
    // The same batch has returned these units, so the customer's number stays the same.
    state.customerReturns.set(customerId, returned - qty)
  } else {
    state.customers.add({ customerId, units: qty, unitLimit: maxPerCustomer })
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
