import { mayActAs, roles, type Role } from "../../domain/operator.ts"
import { isReading } from "./own-page.ts"
import { refuse } from "../wire/problems.ts"
import type { Audit } from "./audit.ts"
import type { Gatekeeper } from "./auth.ts"
import type { App } from "../transport/typed-app.ts"

declare module "fastify" {
  interface FastifyContextConfig {
    /** The role that an admin route asks for, as its schema says it. */
    readonly role?: Role
  }
}

/**
 * The `security` of an admin route's schema: the admin token, or that of an operator who has this role. OpenAPI lists roles
 * in this place. The one place where a route says it: a route of the admin area without it stops the start.
 */
export function needsRole(role: Role): { readonly adminToken: readonly [Role] }[] {
  return [{ adminToken: [role] }]
}

/** The services that tell an administrator from other callers and record what is changed. */
export interface AdminAreaServices {
  readonly gatekeeper: Gatekeeper
  readonly audit: Audit
}

/**
 * Admits only operators to the routes of `area`, each to the routes that its role may use, and records the changes that they
 * request. Call it before the routes are registered.
 */
export function admitAdminsOnly(area: App, { gatekeeper, audit }: AdminAreaServices): void {
  area.addHook("onRoute", (route) => {
    const role = roleIn(route.schema?.security)
    if (role === null) throw new Error(`the admin route ${String(route.method)} ${route.url} names no role`)
    route.config = { ...route.config, role }
  })
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
    // Also what is refused: the shop sees who tried it.
    if (!isReading(request)) audit.began(request, caller)
    const { role = "owner" } = request.routeOptions.config
    if (caller.kind === "key" || !mayActAs(caller.role, role)) {
      return refuse(reply, { code: "role_required", role })
    }
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

function roleIn(security: readonly Readonly<Record<string, readonly string[]>>[] | undefined): Role | null {
  const named = security?.[0]?.["adminToken"]?.[0]
  return roles.find((role) => role === named) ?? null
}
