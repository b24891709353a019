import { isReading } from "./own-page.ts"
import { refuse } from "../wire/problems.ts"
import type { Audit } from "./audit.ts"
import type { Gatekeeper } from "./auth.ts"
import type { App } from "../transport/typed-app.ts"

/** What the description of the API says of routes that need the admin token. */
export const adminSecurity = [{ adminToken: [] }]

/** The services that tell an administrator from other callers and record what is changed. */
export interface AdminAreaServices {
  readonly gatekeeper: Gatekeeper
  readonly audit: Audit
}

/** Lets nobody but the shop itself into the routes of `area`, and keeps what it changes. */
export function admitAdminsOnly(area: App, { gatekeeper, audit }: AdminAreaServices): void {
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
    if (!isReading(request)) audit.began(request, caller.by)
  })
  area.addHook("preHandler", (request, _reply, done) => {
    audit.understood(request)
    done()
  })
  // Not after the answer is sent: who hangs up before that has changed something all the same.
  area.addHook("onSend", (request, reply, payload, done) => {
    audit.answered(request, reply, payload)
    done(null, payload)
  })
}
