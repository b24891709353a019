import type { FastifyReply, FastifyRequest } from "fastify"
import type { Details } from "../../../domain/details.ts"
import type { GivenShopFields } from "../../../domain/shop-fields.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import { mayUseHold } from "../../access/auth.ts"
import { refuse } from "../../wire/problems.ts"
import { askerName, badIdempotencyKey, idempotencyOf } from "../../access/idempotency-key.ts"
import type { Services } from "../../services.ts"
import { ownOrderJson, type OrderJson } from "../../../wire/order.ts"
import { productOfHold } from "./usable-holds.ts"

/** The services that place an order. */
export type OrderPlacementServices = Pick<
  Services,
  "gatekeeper" | "lanes" | "lookups" | "ids" | "events" | "views"
>

/** What an order is to be made of. */
interface Wanted {
  readonly holdId: number | null
  /** Null: the hold may be of any product. */
  readonly expectedProduct: number | null
  /** Undefined: the request says nothing of the buyer. */
  readonly details?: Details | undefined
  /** What the request gives of the shop's own fields: the key of a request without them is as earlier versions store it. */
  readonly fields?: GivenShopFields
  readonly language?: string | undefined
}

/** How both styles of `POST /api/orders` place an order. */
export type OrderPlacement = ReturnType<typeof createOrderPlacement>

/** Makes the function that both routes for placing an order share; call it once, when routes are registered. */
export function createOrderPlacement({
  gatekeeper,
  lanes,
  lookups,
  ids,
  events,
  views,
}: OrderPlacementServices) {
  /**
   * Places the order, sets the answer's status and headers, and returns its JSON; null when it has sent a refusal.
   */
  return async function place(
    request: FastifyRequest,
    reply: FastifyReply,
    { holdId, expectedProduct, details, fields = {}, language }: Wanted,
  ): Promise<OrderJson | null> {
    const caller = gatekeeper.callerOf(request)
    const isUsable = holdId !== null && mayUseHold(caller, holdId, "change order")
    const productId = isUsable ? await productOfHold(caller, holdId, lookups) : null
    const isOtherProduct = expectedProduct !== null && expectedProduct !== productId
    if (holdId === null || productId === null || isOtherProduct) {
      refuse(reply, { code: "hold_not_found" })
      return null
    }
    const idempotency = idempotencyOf(request, askerName(caller), { holdId, details, language, ...fields })
    if (idempotency === "bad") {
      refuse(reply, badIdempotencyKey)
      return null
    }

    const orderId = await ids.next("orders")
    const { outcome, replayed } = await lanes.submit({
      kind: "place_order",
      requestId: request.id,
      idempotency,
      productId,
      orderId,
      holdId,
      details,
      language,
      ...fields,
    })
    if (replayed) void reply.header("idempotent-replayed", "true")
    if (isRefusal(outcome)) {
      events.refused("order", outcome.code)
      refuse(reply, outcome)
      return null
    }
    const { order, existed } = outcome
    void reply.code(existed ? 200 : 201)
    void reply.headers({ location: `/api/orders/${order.id}`, "cache-control": "no-store" })
    // Stored outcomes have no details. Those of an order that existed may have been given before.
    const own = existed ? await views.order(order.id) : null
    return ownOrderJson(order, existed ? (own?.details ?? null) : (details ?? null))
  }
}
