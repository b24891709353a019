import type { WorkingSet } from "./working-set.ts"
import { changeLoadedProduct, productOf } from "./working-set.ts"

/*
 * All functions that change the number of held or sold units. Each keeps I1 and I2 together with the row
 * change that its caller makes, and I8 when the customer is known.
 */

/** Available → held. */
export function reserveUnits(state: WorkingSet, qty: number, customerId: string | null): void {
  const product = productOf(state)
  changeLoadedProduct(state, { held: product.held + qty })
  if (customerId === null) return

  const before = state.customers.get(customerId)
  const units = (before?.units ?? 0) + qty
  const row = { customerId, units, unitLimit: product.maxPerCustomer }
  if (before === undefined) state.customers.add(row)
  else state.customers.replace(row)
}

/** Held → available: the hold or unpaid order has ended. */
export function returnHeldUnits(state: WorkingSet, qty: number, customerId: string | null): void {
  const product = productOf(state)
  changeLoadedProduct(state, { held: product.held - qty })
  giveBack(state, qty, customerId)
}

function giveBack(state: WorkingSet, qty: number, customerId: string | null): void {
  if (customerId === null) return
  const customer = state.customers.get(customerId)
  if (customer !== undefined) {
    state.customers.replace({ ...customer, units: customer.units - qty })
  } else {
    state.customerReturns.set(customerId, (state.customerReturns.get(customerId) ?? 0) + qty)
  }
}

/** Held → sold: the order is paid. The number of units of the customer stays the same. */
export function sellHeldUnits(state: WorkingSet, qty: number): void {
  const product = productOf(state)
  changeLoadedProduct(state, { held: product.held - qty, sold: product.sold + qty })
}

/** Available → sold: an order was paid after its end, and enough units are available. */
export function sellAvailableUnits(state: WorkingSet, qty: number, customerId: string | null): void {
  const product = productOf(state)
  changeLoadedProduct(state, { sold: product.sold + qty })
  if (customerId === null) return

  const customer = state.customers.get(customerId)
  const returned = state.customerReturns.get(customerId) ?? 0
  if (customer !== undefined) {
    state.customers.replace({ ...customer, units: customer.units + qty, unitLimit: product.maxPerCustomer })
  } else if (returned >= qty) {
    // The same batch has returned these units, so the customer's number stays the same.
    state.customerReturns.set(customerId, returned - qty)
  } else {
    state.customers.add({ customerId, units: qty, unitLimit: product.maxPerCustomer })
  }
}

/** Sold → available: the shop has the units back, or never delivered them. */
export function restockUnits(state: WorkingSet, qty: number, customerId: string | null): void {
  const product = productOf(state)
  changeLoadedProduct(state, { sold: product.sold - qty })
  giveBack(state, qty, customerId)
}
