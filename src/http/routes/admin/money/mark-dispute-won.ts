import type { App } from "../../../transport/typed-app.ts"
import { verdictSchema, type DisputeVerdict } from "./dispute-verdict.ts"

/** Registers `POST /api/admin/orders/{id}/disputes/won`. */
export function registerMarkDisputeWon(admin: App, record: DisputeVerdict): void {
  admin.route({
    method: "POST",
    url: "/api/admin/orders/:id/disputes/won",
    schema: { summary: "Mark a dispute as won", ...verdictSchema },
    async handler(request, reply) {
      return record(request, reply, "won")
    },
  })
}
