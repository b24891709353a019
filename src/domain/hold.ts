import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"

/** `active → converted | expired | released`; the last three are final and never confused. */
export type HoldStatus = "active" | "converted" | "expired" | "released"

/** A temporary reservation of units. */
export interface Hold {
  readonly id: number
  readonly productId: number
  readonly qty: number
  readonly status: HoldStatus
  /** From this moment on the hold is worth nothing, swept or not (I6). */
  readonly expiresAt: Instant
  readonly createdAt: Instant
  /** When it was converted, expired or released; null while active. */
  readonly endedAt: Instant | null
  readonly customerId: string | null
}

/** True when the hold still counts as active in the counters although its time is over. */
export function isDueHold(hold: Hold, now: Instant): boolean {
  return hold.status === "active" && hasPassed(hold.expiresAt, now)
}
