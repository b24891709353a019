import type { Gatekeeper } from "./auth.ts"
import { refuse } from "./problems.ts"
import type { App } from "./services.ts"

/** What the description of the API says of routes that need the admin token. */
export const adminSecurity = [{ adminToken: [] }]

/** Lets nobody but the shop itself into the routes of `area`. */
export function admitAdminsOnly(area: App, gatekeeper: Gatekeeper): void {
  area.addHook("onRequest", async (request, reply) => {
    const caller = gatekeeper.callerOf(request)
    if (caller.kind === "stranger" && caller.isForeignPage === true) {
      return refuse(reply, {
        code: "forbidden",
        detail: "A session counts only for the control room's own pages",
      })
    }
    if (caller.kind === "stranger") return refuse(reply, { code: "unauthorized" })
    if (caller.kind === "owner") return refuse(reply, { code: "forbidden" })
  })
}
