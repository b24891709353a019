import { isReading } from "./own-page.ts"
import { refuse } from "../wire/problems.ts"
import type { Audit } from "./audit.ts"
import type { Gatekeeper } from "./auth.ts"
import type { App } from "../transport/typed-app.ts"

/** Marks a route in the API description as one that needs the admin token. */
export const adminSecurity = [{ adminToken: [] }]

/** The services that tell an administrator from other callers and record what is changed. */
export interface AdminAreaServices {
  readonly gatekeeper: Gatekeeper
  readonly audit: Audit
}

/** Admits only the shop itself to the routes of `area`, and records the changes that it requests. */
export function admitAdminsOnly(area: App, { gatekeeper, audit }: AdminAreaServices): void {
  area.addHook("onRequest", async (request, reply) => {
    const caller = gatekeeper.callerOf(request)
    if (caller.kind === "stranger" && caller.isForeignPage === true) {
      return refuse(reply, {
        code: "forbidden",
        detail: "A session is accepted only from the control room's own pages",
      })
    }
    if (caller.kind === "stranger") return refuse(reply, { code: "unauthorized" })
    if (caller.kind === "owner") return refuse(reply, { code: "forbidden" })
    if (!isReading(request)) audit.began(request, caller.by)
  })
  area.addHook("preHandler", (request, _reply, done) => {
    audit.understood(request)
    done()
  })
  // Recorded before the answer is sent: the change stays even when the client has disconnected.
  area.addHook("onSend", (request, reply, payload, done) => {
    audit.answered(request, reply, payload)
    done(null, payload)
  })
}
