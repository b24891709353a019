import { Type } from "typebox"
import { RefundWire } from "../../../../wire/refund.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { App } from "../../../transport/typed-app.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { RefundSettlement } from "./refund-settlement.ts"

const tags = ["admin"]
const security = needsRole("support")
const params = Type.Object({ id: Type.String() })

/** Registers `POST /api/admin/refunds/{id}/confirm`. */
export function registerConfirmRefund(admin: App, settle: RefundSettlement): void {
  admin.route({
    method: "POST",
    url: "/api/admin/refunds/:id/confirm",
    schema: {
      summary: "Confirm a refund manually",
      tags,
      security,
      params,
      response: { 200: RefundWire, ...problemResponses },
    },
    async handler(request, reply) {
      return settle(request, reply, { status: "confirmed", providerRefundId: null })
    },
  })
}
