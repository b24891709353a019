import { accessOf, nextPhase, type Access } from "./access.ts"
import { claimantOfCustomer, customerOfClaimant, refuseByClaims, type Claim } from "./claims.ts"
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
import { isRefusal, type PlaceHoldRefusal } from "./refusals.ts"
import { hasPassed, instant, later, type Instant } from "./time.ts"
import { reserveUnits } from "./units.ts"
import { productOf, type WorkingSet } from "./working-set.ts"

/**
 * Reserves `command.qty` units until `now` plus the product's hold time, all of them or none.
 *
 * Runs under the product's row lock, so the rows it reads do not change until the batch commits. Moves units
 * from available to held, never below zero (I1) and never over what a claim allows (I8): the customer's limit, an access code's units.
 * When too few units are available, holds and orders whose time is over are ended first (I6, I9).
 */
export function placeHold(state: WorkingSet, command: PlaceHold, now: Instant): Hold | PlaceHoldRefusal {
  const claims = claimsOrRefusal(state, command, now)
  if (isRefusal(claims)) return claims

  const hold = newHold(state, command, claims, now)
  reserveUnits(state, hold, claims)
  state.holds.add(hold)
  countForHolder(state, hold, command.holder)
  if (state.nextDeadline !== undefined) state.nextDeadline = earlier(state.nextDeadline, hold.expiresAt)
  state.facts.push({ kind: "hold_created", hold })
  return hold
}

function earlier(known: Instant | null, other: Instant): Instant {
  return instant(Math.min(known ?? other, other))
}

/** The claims that the hold's units will count for, or why it is refused. */
function claimsOrRefusal(
  state: WorkingSet,
  command: PlaceHold,
  now: Instant,
): readonly Claim[] | PlaceHoldRefusal {
  const { product } = state
  if (product === null || isHidden(product)) return { code: "product_not_found" }
  const refusal =
    refuseByVariants(product, command) ??
    refuseBySale(product, now) ??
    refuseByVariantSettings(product, command) ??
    refuseByQuantity(state, product, command) ??
    refuseByCustomer(product, command)
  if (refusal !== null) return refusal
  const access = accessOf(state, product, command, now)
  if (isRefusal(access)) return access
  const claims = claimsOf(command, access)
  return (
    refuseUnnamed(command, access) ??
    withNextPhase(refuseByClaims(state, { claims, qty: command.qty }, now), product, now) ??
    refuseByHolder(state, product, command) ??
    refuseByStock(state, command, now) ??
    claims
  )
}

function claimsOf({ customerId }: PlaceHold, { maxPerCustomer, spends }: Access): readonly Claim[] {
  const claims: Claim[] = []
  if (customerId !== null) {
    claims.push({ claimant: claimantOfCustomer(customerId), unitLimit: maxPerCustomer })
  }
  if (spends !== null) claims.push({ claimant: spends.claimant, unitLimit: spends.units })
  return claims
}

/** A buyer whose code is used up is told when a phase begins that needs another or none. */
function withNextPhase(
  refusal: PlaceHoldRefusal | null,
  product: Product,
  now: Instant,
): PlaceHoldRefusal | null {
  if (refusal?.code !== "access_code_used_up") return refusal
  return { ...refusal, nextPhase: nextPhase(product, null, now) }
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

function refuseByQuantity(state: WorkingSet, product: Product, command: PlaceHold): PlaceHoldRefusal | null {
  const maxPerHold = mostPerHold(state, product, command)
  if (maxPerHold === null || command.qty <= maxPerHold) return null
  return { code: "quantity_over_limit", maxPerHold }
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

/** Only the phase may have a limit for each customer. */
function refuseUnnamed({ customerId }: PlaceHold, { maxPerCustomer }: Access): PlaceHoldRefusal | null {
  return maxPerCustomer !== null && customerId === null ? { code: "customer_required" } : null
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

function newHold(state: WorkingSet, command: PlaceHold, claims: readonly Claim[], now: Instant): Hold {
  const product = productOf(state)
  const others = claims.filter(({ claimant }) => customerOfClaimant(claimant) === null)
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
    claimants: others.length === 0 ? null : others.map(({ claimant }) => claimant),
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
