import { mayUseHold, type Caller, type HoldUse } from "../../access/auth.ts"
import { parseId } from "../../wire/ids.ts"
import type { Lookups } from "../../../store/reads/lookups.ts"

/** The id of a hold in a path; null when it is not an id or `caller` may not use that hold so. */
export function usableHoldId(text: string, caller: Caller, use: HoldUse): number | null {
  const id = parseId(text)
  return id !== null && mayUseHold(caller, id, use) ? id : null
}

/** The product of a hold, or null if there is none. An owner's token names it; for other callers it is looked up. */
export async function productOfHold(
  caller: Caller,
  holdId: number,
  lookups: Lookups,
): Promise<number | null> {
  if (caller.kind === "owner") return caller.ownership.productId
  return (await lookups.findHold(holdId))?.productId ?? null
}
