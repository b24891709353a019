import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { strayPaymentJson } from "../../../wire/money-json.ts"
import { MoneyInboxEntry, ReturnedBody } from "../../../wire/payment-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

const tags = ["admin"]
const security = needsRole("support")

/** Registers `POST /api/admin/money/returned`. */
export function registerMarkPaymentReturned(admin: App, { inbox }: Pick<Services, "inbox">): void {
  admin.route({
    method: "POST",
    url: "/api/admin/money/returned",
    schema: {
      summary: "Mark a payment without an order as returned",
      description: "Afterwards, the payment can no longer pay an order.",
      tags,
      security,
      body: ReturnedBody,
      response: { 200: MoneyInboxEntry, ...problemResponses },
    },
    async handler(request, reply) {
      const event = await inbox.markReturned(request.body.provider, request.body.key)
      if (event === null) return refuse(reply, { code: "payment_event_not_found" })
      return strayPaymentJson(event)
    },
  })
}
