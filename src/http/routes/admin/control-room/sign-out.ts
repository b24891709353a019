import { sessionCookie } from "../../../access/admin-session.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"

/** Registers `DELETE /admin/session`. */
export function registerSignOut(area: App, { gatekeeper }: Pick<Services, "gatekeeper">): void {
  area.route({
    method: "DELETE",
    url: "/admin/session",
    schema: { hide: true },
    async handler(request, reply) {
      await gatekeeper.signOut(request)
      void reply.header("set-cookie", sessionCookie(null, request.protocol === "https"))
      return reply.code(204).send()
    },
  })
}
