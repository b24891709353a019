import type { FastifyReply, FastifyRequest } from "fastify"
import type { CancelOrder, SetDetails, StartPayment } from "../../../domain/commands.ts"
import type { Order } from "../../../domain/order.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import { maySeeAnyHold, mayUseHold } from "../../access/auth.ts"
import { refuse } from "../../wire/problems.ts"
import { askerName, badIdempotencyKey, idempotencyOf } from "../../access/idempotency-key.ts"
import { parseId } from "../../wire/ids.ts"
import type { Services } from "../../services.ts"
import { ownOrderJson } from "../../../wire/order.ts"

type WithoutIds<C> = C extends unknown ? Omit<C, "productId" | "orderId" | "by"> : never

/** How a buyer's request changes an order. */
export type OrderChange = ReturnType<typeof createOrderChange>

/** Makes the function that the routes for changing an order share; call it once, when routes are registered. */
export function createOrderChange({
  gatekeeper,
  lanes,
  lookups,
}: Pick<Services, "gatekeeper" | "lanes" | "lookups">) {
  /** Submits a command of the order's owner to the product's lane and answers with the changed order, as `toJson` makes it. */
  return async function change(
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    command: WithoutIds<CancelOrder | StartPayment | SetDetails>,
    toJson: (order: Order) => object = (order) =>
      ownOrderJson(order, command.kind === "set_details" ? command.details : null),
  ) {
    const caller = gatekeeper.callerOf(request)
    const orderId = maySeeAnyHold(caller) ? parseId(request.params.id) : null
    const place = orderId === null ? null : await lookups.findOrder(orderId)
    if (orderId === null || place === null || !mayUseHold(caller, place.holdId, "change order")) {
      return refuse(reply, { code: "order_not_found" })
    }
    const { kind: _, ...asked } = command
    const content = { orderId, ...asked }
    const idempotency = idempotencyOf(request, askerName(caller), content)
    if (idempotency === "bad") return refuse(reply, badIdempotencyKey)

    const by = caller.kind === "owner" ? "owner" : "shop"
    const addressed = { ...command, productId: place.productId, orderId, by } as const
    const { outcome, replayed } = await lanes.submit({ ...addressed, requestId: request.id, idempotency })
    if (replayed) void reply.header("idempotent-replayed", "true")
    if (isRefusal(outcome)) return refuse(reply, outcome)
    return reply.header("cache-control", "no-store").send(toJson(outcome))
  }
}
