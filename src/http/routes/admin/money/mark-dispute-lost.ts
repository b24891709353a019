import type { App } from "../../../transport/typed-app.ts"
import { verdictSchema, type DisputeVerdict } from "./dispute-verdict.ts"

/** Registers `POST /api/admin/orders/{id}/disputes/lost`. */
export function registerMarkDisputeLost(admin: App, record: DisputeVerdict): void {
  admin.route({
    method: "POST",
    url: "/api/admin/orders/:id/disputes/lost",
    schema: { summary: "Mark a dispute as lost", ...verdictSchema },
    async handler(request, reply) {
      return record(request, reply, "lost")
    },
  })
}
