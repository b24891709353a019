import type { Role } from "../../client/src/admin.ts"

const ladder: readonly Role[] = ["viewer", "support", "manager", "owner"]
let own: Role = "owner"

/** Says with which role the page was opened; call it before the first screen is shown. */
export function actAs(role: string | undefined): void {
  own = ladder.find((one) => one === role) ?? "viewer"
}

/**
 * True if the signed-in operator may do what `needed` may. What a role may not do is not offered; the server refuses it in
 * any case, and so this decides nothing but what is shown.
 */
export function may(needed: Role): boolean {
  return ladder.indexOf(own) >= ladder.indexOf(needed)
}
