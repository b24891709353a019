import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"

/** `active → converted | expired | released`; the last three are final. */
export type HoldStatus = "active" | "converted" | "expired" | "released"

/** A temporary reservation of units of one product. */
export interface Hold {
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
}

/** True when the hold's time is over and it is not ended yet: its units still count as held. */
export function isDueHold(hold: Hold, now: Instant): boolean {
  return hold.status === "active" && hasPassed(hold.expiresAt, now)
}
