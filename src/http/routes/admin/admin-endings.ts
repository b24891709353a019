import { Type } from "typebox"
import { isRefusal } from "../../../domain/refusals.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { refuse } from "../../wire/problems.ts"
import { badIdempotencyKey, idempotencyOf, idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { HoldWire } from "../../../wire/hold.ts"
import { OrderWire } from "../../../wire/order.ts"
import type { App, Services } from "../../services.ts"
import { holdJson } from "../../../wire/hold.ts"
import { orderJson } from "../../../wire/order.ts"

const tags = ["admin"]
const security = adminSecurity
const params = Type.Object({ id: Type.String() })

/**
 * What the shop ends before its time. Buyers' routes would do the same for the admin token; but a shop may send
 * all of its buyers' requests with that, so that only what is asked for here is known to be an operator's doing.
 */
export function adminEndingRoutes(app: App, services: Services): void {
  const { lanes, lookups } = services

  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    admin.route({
      method: "POST",
      url: "/api/admin/orders/:id/cancel",
      schema: {
        summary: "Cancel an order that waits for payment, as the shop",
        description: "Has the same effect as the buyer's own request, and can be repeated.",
        tags,
        security,
        params,
        response: { 200: OrderWire, ...problemResponses },
      },
      async handler(request, reply) {
        const orderId = idFromPath(request.params.id)
        const place = orderId === null ? null : await lookups.placeOfOrder(orderId)
        if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
        const idempotency = idempotencyOf(request, "admin", { orderId })
        if (idempotency === "bad") return refuse(reply, badIdempotencyKey)
        const { productId } = place
        const command = {
          kind: "cancel_order",
          requestId: request.id,
          idempotency,
          productId,
          orderId,
        } as const
        const { outcome, replayed } = await lanes.submit(command)
        if (replayed) void reply.header("idempotent-replayed", "true")
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return reply.header("cache-control", "no-store").send(orderJson(outcome))
      },
    })

    admin.route({
      method: "POST",
      url: "/api/admin/holds/:id/release",
      schema: {
        summary: "Release a hold, as the shop",
        description: "Has the same effect as the buyer's own request, and can be repeated.",
        tags,
        security,
        params,
        response: { 200: HoldWire, ...problemResponses },
      },
      async handler(request, reply) {
        const holdId = idFromPath(request.params.id)
        const place = holdId === null ? null : await lookups.placeOfHold(holdId)
        if (holdId === null || place === null) return refuse(reply, { code: "hold_not_found" })
        const command = {
          kind: "release_hold",
          requestId: request.id,
          productId: place.productId,
          holdId,
        } as const
        const { outcome } = await lanes.submit(command)
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return reply.header("cache-control", "no-store").send(holdJson(outcome))
      },
    })
  })
}
