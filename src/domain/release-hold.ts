import type { ReleaseHold } from "./commands.ts"
import { expireHold } from "./expire-due.ts"
import { isDueHold, type Hold } from "./hold.ts"
import type { ReleaseHoldRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { returnHeldUnits } from "./units.ts"
import type { WorkingSet } from "./working-set.ts"

/** Ends a hold before its deadline and makes its units available. Releasing it again returns the same hold. */
export function releaseHold(
  state: WorkingSet,
  command: ReleaseHold,
  now: Instant,
): Hold | ReleaseHoldRefusal {
  const hold = state.holds.get(command.holdId)
  if (hold === undefined) return { code: "hold_not_found" }
  if (hold.status === "released") return hold
  if (hold.status === "converted") {
    return { code: "hold_already_used", orderId: state.orderIdByHold.get(hold.id) ?? null }
  }
  if (hold.status === "expired") return { code: "hold_expired" }
  if (isDueHold(hold, now)) {
    expireHold(state, hold, now)
    return { code: "hold_expired" }
  }

  const released: Hold = { ...hold, status: "released", endedAt: now }
  state.holds.replace(released)
  returnHeldUnits(state, hold)
  state.facts.push({ kind: "hold_released", hold: released })
  return released
}
