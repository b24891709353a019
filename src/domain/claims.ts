import { reclaimDue } from "./expire-due.ts"
import type { PlaceHoldRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import type { ClaimUnits, WorkingSet } from "./working-set.ts"

/*
 * Claims bound how many units of a product are held and owned together by whom they name (I8): a customer (`c:` and the id) or
 * an access code (`k:` and its digest). Holds and late payments ask here whether each claim has room; `units.ts` counts.
 */

/** Units that count for claims. */
export interface Claimed {
  readonly customerId: string | null
  /** Those besides the customer's; null: there are none. */
  readonly claimants: readonly string[] | null
}

/** A claim on units, and how many units it may have together. */
export interface Claim {
  readonly claimant: string
  /** Null: as many as there are; they are counted all the same, because a limit may be set later. */
  readonly unitLimit: number | null
}

/** Names the claim of a customer. */
export function claimantOfCustomer(customerId: string): string {
  return `c:${customerId}`
}

/** The customer whose claim it is; null: the claim is not a customer's. */
export function customerOfClaimant(claimant: string): string | null {
  return claimant.startsWith("c:") ? claimant.slice(2) : null
}

/** The claims that units count for. */
export function claimantsOf({ customerId, claimants }: Claimed): readonly string[] {
  if (customerId === null) return claimants ?? none
  const customer = claimantOfCustomer(customerId)
  return claimants === null ? [customer] : [customer, ...claimants]
}

const none: readonly string[] = []

/**
 * Refuses units for which a claim has no room. Holds and orders of the batch whose time is over are ended first, so that they do
 * not count.
 */
export function refuseByClaims(
  state: WorkingSet,
  { claims, qty }: { readonly claims: readonly Claim[]; readonly qty: number },
  now: Instant,
): PlaceHoldRefusal | null {
  for (const claim of claims) {
    if (qty > roomOf(state.claims.get(claim.claimant), claim)) reclaimDue(state, now)
    const room = roomOf(state.claims.get(claim.claimant), claim)
    if (qty <= room) continue
    const unitsLeft = Math.max(0, room)
    const code = fullClaim(claim)
    return code === "customer_limit_reached" ? { code, unitsLeft } : { code, unitsLeft, nextPhase: null }
  }
  return null
}

function roomOf(counted: ClaimUnits | undefined, { unitLimit }: Claim): number {
  return unitLimit === null ? Infinity : unitLimit - (counted?.units ?? 0)
}

/**
 * The claims of an order that is paid after its end, with the limits that bind it now: for its customer `customerLimit`, for every
 * other claim the limit with which it last got units. Of a product with phases that binds its customer as well: another phase may be
 * on now, which lets in others.
 */
export function lateClaims(state: WorkingSet, order: Claimed, customerLimit: number | null): Claim[] {
  const hasPhases = state.product?.phases != null
  return claimantsOf(order).map((claimant) => {
    const lastLimit = state.claims.get(claimant)?.unitLimit ?? null
    if (customerOfClaimant(claimant) === null) return { claimant, unitLimit: lastLimit }
    return { claimant, unitLimit: hasPhases ? smallerLimit(customerLimit, lastLimit) : customerLimit }
  })
}

function smallerLimit(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other)
}

/**
 * Says which claim has no room for units that are sold after their end; null: each has. If the row of a claim is not loaded, there is
 * room for what this batch has returned, or for the whole limit: a claim without a row has no units.
 */
export function fullLateClaim(state: WorkingSet, claims: readonly Claim[], qty: number): FullClaim | null {
  for (const claim of claims) {
    const counted = state.claims.get(claim.claimant)
    const returned = counted === undefined ? state.claimReturns.get(claim.claimant) : undefined
    const isBounded = returned !== undefined && claim.unitLimit !== null
    if (qty > (isBounded ? returned : roomOf(counted, claim))) return fullClaim(claim)
  }
  return null
}

/** What it is called when a claim has no room. */
type FullClaim = "customer_limit_reached" | "access_code_used_up"

function fullClaim({ claimant }: Claim): FullClaim {
  return customerOfClaimant(claimant) === null ? "access_code_used_up" : "customer_limit_reached"
}
