import { sessionCookie } from "../../../access/admin-session.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"

/**
 * Registers `DELETE /admin/session`, which ends the session of the request's cookie, and `DELETE /admin/sessions`, which ends
 * all sessions of its operator. Sessions of ADMIN_TOKEN end in this browser only: they are signed, not stored.
 */
export function registerSignOut(area: App, { gatekeeper }: Pick<Services, "gatekeeper">): void {
  for (const [url, everywhere] of [
    ["/admin/session", false],
    ["/admin/sessions", true],
  ] as const) {
    area.route({
      method: "DELETE",
      url,
      schema: { hide: true },
      async handler(request, reply) {
        await gatekeeper.signOut(request, everywhere)
        void reply.header("set-cookie", sessionCookie(null, request.protocol === "https"))
        return reply.code(204).send()
      },
    })
  }
}
