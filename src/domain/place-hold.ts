import type { PlaceHold } from "./commands.ts"
import { reclaimDue } from "./expire-due.ts"
import type { Hold } from "./hold.ts"
import { countForHolder, mostPerHold, refuseByHolder } from "./hold-bounds.ts"
import { commonPrice, type HoldLine, type WantedLine } from "./lines.ts"
import {
  lackingLines,
  mayReturn,
  secrecyOf,
  variantOf,
  variantPrice,
  variantSaleState,
} from "./product-variants.ts"
import { availableUnits, hasVariants, hidesUnits, isHidden, saleState, type Product } from "./product.ts"
import type { PlaceHoldRefusal } from "./refusals.ts"
import { hasPassed, instant, later, type Instant } from "./time.ts"
import { reserveUnits } from "./units.ts"
import { productOf, type WorkingSet } from "./working-set.ts"

/**
 * Reserves `command.qty` units until `now` plus the product's hold time, all of them or none.
 *
 * Runs under the product's row lock, so the rows it reads do not change until the batch commits. Moves units
 * from available to held, never below zero (I1) and never over the customer's limit (`max_per_customer`, I8).
 * When too few units are available, holds and orders whose time is over are ended first (I6, I9).
 */
export function placeHold(state: WorkingSet, command: PlaceHold, now: Instant): Hold | PlaceHoldRefusal {
  const refusal = refuseHold(state, command, now)
  if (refusal !== null) return refusal

  const hold = newHold(state, command, now)
  reserveUnits(state, hold)
  state.holds.add(hold)
  countForHolder(state, hold, command.holder)
  if (state.nextDeadline !== undefined) state.nextDeadline = earlier(state.nextDeadline, hold.expiresAt)
  state.facts.push({ kind: "hold_created", hold })
  return hold
}

function earlier(known: Instant | null, other: Instant): Instant {
  return instant(Math.min(known ?? other, other))
}

function refuseHold(state: WorkingSet, command: PlaceHold, now: Instant): PlaceHoldRefusal | null {
  if (state.product === null || isHidden(state.product)) return { code: "product_not_found" }
  return (
    refuseByVariants(state.product, command) ??
    refuseBySale(state.product, now) ??
    refuseByVariantSettings(state.product, command) ??
    refuseByLimits(state, state.product, command, now) ??
    refuseByHolder(state, state.product, command) ??
    refuseByStock(state, command, now)
  )
}

function refuseByVariants(product: Product, { lines }: PlaceHold): PlaceHoldRefusal | null {
  if (lines === undefined) return hasVariants(product) ? { code: "variant_required" } : null
  const unknown = lines.find(({ variantId }) => variantOf(product, variantId) === undefined)
  return unknown === undefined ? null : { code: "variant_not_found", variantId: unknown.variantId }
}

function refuseByVariantSettings(product: Product, { lines = [] }: PlaceHold): PlaceHoldRefusal | null {
  for (const { variantId } of lines) {
    if (variantOf(product, variantId)?.enabled === false) return { code: "variant_disabled", variantId }
  }
  for (const { variantId, qty } of lines) {
    const maxPerHold = variantOf(product, variantId)?.maxPerHold ?? null
    if (maxPerHold !== null && qty > maxPerHold) return { code: "quantity_over_limit", maxPerHold, variantId }
  }
  return null
}

function refuseBySale(product: Product, now: Instant): PlaceHoldRefusal | null {
  const { opensAt, closesAt } = product
  if (closesAt !== null && hasPassed(closesAt, now)) return { code: "sale_closed", closedAt: closesAt }
  if (opensAt !== null && !hasPassed(opensAt, now)) return { code: "sale_not_open", opensAt }
  return product.paused ? { code: "sale_paused" } : null
}

function refuseByLimits(
  state: WorkingSet,
  product: Product,
  command: PlaceHold,
  now: Instant,
): PlaceHoldRefusal | null {
  const { maxPerCustomer } = product
  const { qty, customerId } = command
  const maxPerHold = mostPerHold(state, product, command)
  if (maxPerHold !== null && qty > maxPerHold) return { code: "quantity_over_limit", maxPerHold }
  const unnamed = refuseByCustomer(product, command)
  if (unnamed !== null || maxPerCustomer === null || customerId === null) return unnamed

  const unitsLeft = () => maxPerCustomer - (state.customers.get(customerId)?.units ?? 0)
  // The customer's own holds whose time is over must not count towards the limit.
  if (qty > unitsLeft()) reclaimDue(state, now)
  return qty > unitsLeft() ? { code: "customer_limit_reached", unitsLeft: Math.max(0, unitsLeft()) } : null
}

function refuseByCustomer(
  { customer, maxPerCustomer }: Product,
  { customerId, customerProof = null }: PlaceHold,
): PlaceHoldRefusal | null {
  if (customer === "signed" || customer === "email") {
    if (customerId !== null && customerProof === null) return { code: "customer_not_signed" }
    const isProven = customerProof === customer || customerProof === "shop"
    return customerId !== null && isProven ? null : { code: "customer_token_required", needs: customer }
  }
  const needsName = customer === "named" || maxPerCustomer !== null
  return needsName && customerId === null ? { code: "customer_required" } : null
}

function refuseByStock(state: WorkingSet, command: PlaceHold, now: Instant): PlaceHoldRefusal | null {
  if (command.lines !== undefined) return refuseByLines(state, command.lines, now)
  if (availableUnits(productOf(state)) < command.qty) reclaimDue(state, now)
  const product = productOf(state)
  const availableStock = availableUnits(product)
  if (availableStock >= command.qty) return null
  return {
    code: "out_of_stock",
    saleState: saleState(product, now),
    availableStock,
    retryAt: mayServe(product, command.qty) ? (state.nextDeadline ?? null) : null,
    ...secrecyOf(product),
  }
}

/**
 * When more units are asked for than are unsold, no held unit that is returned can help. As with {@link mayReturn}, a number
 * that is not shown is not told.
 */
function mayServe(product: Product, qty: number): boolean {
  return hidesUnits(product) || qty <= product.stock - product.sold
}

function refuseByLines(
  state: WorkingSet,
  wanted: readonly WantedLine[],
  now: Instant,
): PlaceHoldRefusal | null {
  if (lackingLines(productOf(state), wanted).length > 0) reclaimDue(state, now)
  const product = productOf(state)
  const lines = lackingLines(product, wanted)
  const [only] = lines
  if (only === undefined) return null
  const variant = wanted.length === 1 ? variantOf(product, only.variantId) : undefined
  return {
    code: "out_of_stock",
    saleState: variant === undefined ? saleState(product, now) : variantSaleState(product, variant, now),
    availableStock: availableUnits(variant ?? product),
    lines,
    retryAt: mayReturn(product, lines) ? (state.nextDeadline ?? null) : null,
    ...secrecyOf(product),
  }
}

function newHold(state: WorkingSet, command: PlaceHold, now: Instant): Hold {
  const product = productOf(state)
  const lines = command.lines === undefined ? null : priced(product, command.lines)
  return {
    id: command.holdId,
    productId: command.productId,
    qty: command.qty,
    status: "active",
    expiresAt: later(now, product.holdTtlSeconds ?? state.rules.holdTtlSeconds),
    createdAt: now,
    endedAt: null,
    customerId: command.customerId,
    lines,
    unitPriceMinor: lines === null ? product.priceMinor : commonPrice(lines),
    currency: product.currency,
    reference: command.reference ?? null,
    metadata: command.metadata ?? null,
  }
}

function priced(product: Product, lines: readonly WantedLine[]): HoldLine[] {
  return lines.map(({ variantId, qty }) => {
    const variant = variantOf(product, variantId)
    if (variant === undefined) throw new Error(`variant ${variantId} is not loaded`)
    return { variantId, qty, unitPriceMinor: variantPrice(product, variant) }
  })
}
