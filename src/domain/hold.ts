import type { HoldLine } from "./lines.ts"
import type { ShopFields } from "./shop-fields.ts"
import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"

/** `active → converted | expired | released`; the last three are final. */
export type HoldStatus = "active" | "converted" | "expired" | "released"

/** A temporary reservation of units of one product, at the price of the moment it was placed. */
export interface Hold extends ShopFields {
  readonly id: number
  readonly productId: number
  readonly qty: number
  readonly status: HoldStatus
  /** From this moment on no order can be made from the hold, even if no sweep has ended it yet (I6). */
  readonly expiresAt: Instant
  readonly createdAt: Instant
  /** When the hold was converted, expired or released; null while it is active. */
  readonly endedAt: Instant | null
  readonly customerId: string | null
  /** The claims that its units count for besides the customer's; null: none. See claims.ts. */
  readonly claimants: readonly string[] | null
  /** How its units are spread over the product's variants, which is in the order they were asked for; null: it has none. */
  readonly lines: readonly HoldLine[] | null
  /**
   * The price of one unit when the hold was placed, which is what its order costs. Null: the prices of its lines
   * differ, or a server of an earlier version has placed it.
   */
  readonly unitPriceMinor: number | null
  /** The currency of its prices; null: a server of an earlier version has placed it. */
  readonly currency: string | null
}

/** True when the hold's time is over and it is not ended yet: its units still count as held. */
export function isDueHold(hold: Hold, now: Instant): boolean {
  return hold.status === "active" && hasPassed(hold.expiresAt, now)
}
