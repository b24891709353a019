import type { PlaceHold } from "./commands.ts"
import type { Hold } from "./hold.ts"
import type { Product } from "./product.ts"
import { variantOf } from "./product-variants.ts"
import type { PlaceHoldRefusal } from "./refusals.ts"
import { later, type Instant } from "./time.ts"
import type { WorkingSet } from "./working-set.ts"

/** For how long units that a holder let lapse count against it. */
export const LAPSE_SECONDS = 900

/** What binds holds that the shop does not place itself; `unpaid` and `lapsed`: Infinity for no limit. */
export interface HoldBounds {
  /** The most units of one hold, of a product that does not say; null: no limit. */
  readonly maxPerHold: number | null
  /** The most units of a product that one holder may hold, or have ordered and not paid, at a time. */
  readonly unpaid: number
  /** A holder that let so many units of a product lapse within {@link LAPSE_SECONDS} has to wait. */
  readonly lapsed: number
}

/** A holder's units of one product. */
export interface HolderUnits {
  readonly unpaid: number
  /** When the first of the unpaid ones end; null: there are none. */
  readonly endsAt: Instant | null
  /** Those that ended unpaid within {@link LAPSE_SECONDS}, without having been given back. */
  readonly lapsed: number
  /** When the first of the lapsed ones ended; null: there are none. */
  readonly lapsedAt: Instant | null
}

const noUnits: HolderUnits = { unpaid: 0, endsAt: null, lapsed: 0, lapsedAt: null }

/** Whether units are counted by holder: not where nothing would be refused for it. */
export function countsUnpaid(bounds: HoldBounds | null | undefined): bounds is HoldBounds {
  return bounds != null && (bounds.unpaid !== Infinity || bounds.lapsed !== Infinity)
}

/**
 * The most units of a hold by this command; null: no limit. What the shop has set for the product comes before the
 * installation's limit, and so does a larger limit of the variants that are asked for.
 */
export function mostPerHold({ rules }: WorkingSet, product: Product, command: PlaceHold): number | null {
  if (product.maxPerHold !== null) return product.maxPerHold
  const most = rules.holdBounds?.maxPerHold ?? null
  return command.holder === undefined || most === null ? null : Math.max(most, ownLimit(product, command))
}

/**
 * The largest limit per hold that the shop has set for what is asked for; 0: none. A variant without a limit of its own makes it
 * none: a unit of a variant with a large limit must not let many units of the others in.
 */
function ownLimit(product: Product, { lines = [] }: PlaceHold): number {
  if (product.maxPerHold !== null) return product.maxPerHold
  const limits = lines.map(({ variantId }) => variantOf(product, variantId)?.maxPerHold ?? 0)
  return limits.includes(0) ? 0 : Math.max(0, ...limits)
}

/**
 * Refuses a hold whose holder has too many unpaid units of the product, or let too many lapse. A product or variant whose limit per
 * hold is larger than the bound for unpaid units is sold up to that limit.
 */
export function refuseByHolder(
  state: WorkingSet,
  product: Product,
  command: PlaceHold,
): PlaceHoldRefusal | null {
  const { holder, qty } = command
  const bounds = state.rules.holdBounds
  if (holder === undefined || !countsUnpaid(bounds)) return null
  const units = state.holders.get(holder) ?? noUnits
  if (units.lapsedAt !== null && units.lapsed >= bounds.lapsed) {
    const retryAt = later(units.lapsedAt, LAPSE_SECONDS)
    return { code: "too_many_open_holds", because: "lapsed", unitsLeft: 0, retryAt }
  }
  const most = Math.max(bounds.unpaid, ownLimit(product, command))
  const unitsLeft = Math.max(0, most - units.unpaid)
  if (qty <= unitsLeft) return null
  const retryAt = qty <= most ? units.endsAt : null
  return { code: "too_many_open_holds", because: "unpaid", unitsLeft, retryAt }
}

/** Counts a new hold for its holder. */
export function countForHolder(state: WorkingSet, hold: Hold, holder: number | undefined): void {
  if (holder === undefined || !countsUnpaid(state.rules.holdBounds)) return
  const { unpaid, endsAt, ...lapses } = state.holders.get(holder) ?? noUnits
  const first = endsAt !== null && endsAt < hold.expiresAt ? endsAt : hold.expiresAt
  state.holders.set(holder, { ...lapses, unpaid: unpaid + hold.qty, endsAt: first })
  state.holderByHold.set(hold.id, holder)
}
