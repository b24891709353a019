import { Type } from "typebox"
import { isRefusal } from "../../../domain/refusals.ts"
import { fingerprintedDispute } from "../../../payments/fingerprint.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { DisputeBody, DisputeList, DisputeWire } from "../../../wire/dispute.ts"
import type { App, Services } from "../../services.ts"
import { disputeJson } from "../../../wire/dispute.ts"

const tags = ["admin"]
const security = adminSecurity
const params = Type.Object({ id: Type.String() })

/** What banks take back. Providers tell of it; how it ended, somebody may say whose provider does not. */
export function adminDisputeRoutes(app: App, services: Services): void {
  const { paymentEvents, events, lookups, money } = services
  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    admin.route({
      method: "GET",
      url: "/api/admin/orders/:id/disputes",
      schema: {
        summary: "List the disputes of an order's payments",
        tags,
        security,
        params,
        response: { 200: DisputeList, ...problemResponses },
      },
      async handler(request, reply) {
        const orderId = idFromPath(request.params.id)
        const place = orderId === null ? null : await lookups.placeOfOrder(orderId)
        if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
        return { data: (await money.disputesOf(orderId)).map(disputeJson) }
      },
    })

    for (const [verdict, kind, summary] of [
      ["won", "dispute_won", "Mark a dispute as won"],
      ["lost", "dispute_lost", "Mark a dispute as lost"],
    ] as const) {
      admin.route({
        method: "POST",
        url: `/api/admin/orders/:id/disputes/${verdict}`,
        schema: {
          summary,
          description: "Has the same effect as the provider's own message. A lost dispute is final.",
          tags,
          security,
          params,
          body: DisputeBody,
          response: { 200: DisputeWire, ...problemResponses },
        },
        async handler(request, reply) {
          const { provider, dispute_id: disputeId } = request.body
          const orderId = idFromPath(request.params.id)
          const find = async () =>
            (orderId === null ? [] : await money.disputesOf(orderId)).find(
              (one) => one.provider === provider && one.disputeId === disputeId,
            )
          const before = await find()
          if (before === undefined) return refuse(reply, { code: "dispute_not_found" })
          const { paymentId } = before
          const said = { provider, kind, paymentId, disputeId, amountMinor: null, currency: null }
          // Under a key that no provider uses, so that its own message is no other content of the same.
          const event = fingerprintedDispute({ ...said, key: `by hand: ${disputeId} ${verdict}` })
          const outcome = await paymentEvents.receive(event, request.id)
          if (isRefusal(outcome)) {
            events.refused("payment_event", outcome.code)
            return refuse(reply, outcome)
          }
          return disputeJson((await find()) ?? before)
        },
      })
    }
  })
}
