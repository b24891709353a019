import type { PlaceHold } from "./commands.ts"
import { reclaimDue } from "./expire-due.ts"
import type { Hold } from "./hold.ts"
import { availableUnits, saleState, type Product } from "./product.ts"
import type { PlaceHoldRefusal } from "./refusals.ts"
import { hasPassed, instant, later, type Instant } from "./time.ts"
import { reserveUnits } from "./units.ts"
import { productOf, type WorkingSet } from "./working-set.ts"

/**
 * Reserves `command.qty` units until `now` plus the product's hold time.
 *
 * Runs under the product's row lock, so the rows it reads do not change until the batch commits. Moves units
 * from available to held, never below zero (I1) and never over the customer's limit (`max_per_customer`, I8).
 * When too few units are available, holds and orders whose time is over are ended first (I6, I9).
 */
export function placeHold(state: WorkingSet, command: PlaceHold, now: Instant): Hold | PlaceHoldRefusal {
  const refusal = refuseHold(state, command, now)
  if (refusal !== null) return refusal

  const hold = newHold(state, command, now)
  reserveUnits(state, hold.qty, hold.customerId)
  state.holds.add(hold)
  if (state.nextDeadline !== undefined) state.nextDeadline = earlier(state.nextDeadline, hold.expiresAt)
  state.facts.push({ kind: "hold_created", hold })
  return hold
}

function earlier(known: Instant | null, other: Instant): Instant {
  return instant(Math.min(known ?? other, other))
}

function refuseHold(state: WorkingSet, command: PlaceHold, now: Instant): PlaceHoldRefusal | null {
  if (state.product === null) return { code: "product_not_found" }
  return (
    refuseBySale(state.product, now) ??
    refuseByLimits(state, state.product, command, now) ??
    refuseByStock(state, command, now)
  )
}

function refuseBySale(product: Product, now: Instant): PlaceHoldRefusal | null {
  const { opensAt, closesAt } = product
  if (closesAt !== null && hasPassed(closesAt, now)) return { code: "sale_closed", closedAt: closesAt }
  if (opensAt !== null && !hasPassed(opensAt, now)) return { code: "sale_not_open", opensAt }
  return product.paused ? { code: "sale_paused" } : null
}

function refuseByLimits(
  state: WorkingSet,
  { maxPerHold, maxPerCustomer }: Product,
  { qty, customerId }: PlaceHold,
  now: Instant,
): PlaceHoldRefusal | null {
  if (maxPerHold !== null && qty > maxPerHold) return { code: "quantity_over_limit", maxPerHold }
  if (maxPerCustomer === null) return null
  if (customerId === null) return { code: "customer_required" }

  const unitsLeft = () => maxPerCustomer - (state.customers.get(customerId)?.units ?? 0)
  // The customer's own holds whose time is over must not count towards the limit.
  if (qty > unitsLeft()) reclaimDue(state, now)
  return qty > unitsLeft() ? { code: "customer_limit_reached", unitsLeft: Math.max(0, unitsLeft()) } : null
}

function refuseByStock(state: WorkingSet, command: PlaceHold, now: Instant): PlaceHoldRefusal | null {
  if (availableUnits(productOf(state)) < command.qty) reclaimDue(state, now)
  const product = productOf(state)
  const availableStock = availableUnits(product)
  if (availableStock >= command.qty) return null
  return {
    code: "out_of_stock",
    saleState: saleState(product, now),
    availableStock,
    // When more units are asked for than are unsold, no held unit that is returned can help.
    retryAt: command.qty <= product.stock - product.sold ? (state.nextDeadline ?? null) : null,
  }
}

function newHold({ product, rules }: WorkingSet, command: PlaceHold, now: Instant): Hold {
  return {
    id: command.holdId,
    productId: command.productId,
    qty: command.qty,
    status: "active",
    expiresAt: later(now, product?.holdTtlSeconds ?? rules.holdTtlSeconds),
    createdAt: now,
    endedAt: null,
    customerId: command.customerId,
  }
}
