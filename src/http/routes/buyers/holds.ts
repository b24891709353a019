import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import type { Hold } from "../../../domain/hold.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import type { HoldRequest } from "../../../lanes/gate.ts"
import { mayUseHold, type Caller } from "../../access/auth.ts"
import { refuse } from "../../wire/problems.ts"
import { askerName, badIdempotencyKey, idempotencyOf, idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { LARGEST_QUANTITY } from "../../../wire/fields.ts"
import { HoldBody, HoldWire, NewHoldWire, PathHoldWire } from "../../../wire/hold.ts"
import type { Lookups } from "../../../store/reads/lookups.ts"
import type { App, Services } from "../../services.ts"
import { holdJson, newHoldText } from "../../../wire/hold.ts"

const config = { rateLimit: {} }
/** Of whoever has never asked under this key before. */
const FIRST_ATTEMPT = "1"

/** Holding units for a moment, looking at a hold, giving it back. */
export function holdRoutes(app: App, services: Services): void {
  const { gatekeeper, gate, products, lanes, lookups, views, tokens, ids, events } = services

  /**
   * Answers from memory whoever comes while nothing is left; true when it has. A repeated request
   * must get its first answer, whatever is left by now, so it is never turned away here, unless its client
   * says that it is not one.
   */
  function turnAway(request: FastifyRequest, reply: FastifyReply, wanted: HoldRequest): boolean {
    const { "idempotency-key": key, "idempotency-attempt": attempt } = request.headers
    if (key !== undefined && attempt !== FIRST_ATTEMPT) return false
    const empty = gate.refusalFor(wanted)
    if (empty === null) return false
    events.gateRefused()
    events.holdRefused(wanted.productId, empty.code)
    refuse(reply, empty)
    return true
  }

  /** The hold, or null when the answer has been given already. */
  async function place(
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: HoldRequest,
  ): Promise<Hold | null> {
    const idempotency = idempotencyOf(request, askerName(gatekeeper.callerOf(request)), wanted)
    if (idempotency === "bad") {
      refuse(reply, badIdempotencyKey)
      return null
    }
    const exists = products.exists(wanted.productId)
    if (exists !== true && !(await exists)) {
      events.holdRefused(wanted.productId, "product_not_found")
      refuse(reply, { code: "product_not_found" })
      return null
    }
    const id = ids.next("holds")
    const { outcome, replayed } = await lanes.submit({
      kind: "place_hold",
      requestId: request.id,
      idempotency,
      holdId: typeof id === "number" ? id : await id,
      ...wanted,
    })
    if (replayed) void reply.header("idempotent-replayed", "true")
    if (isRefusal(outcome)) {
      events.holdRefused(wanted.productId, outcome.code)
      refuse(reply, outcome)
      return null
    }
    void reply.code(201).headers({
      location: `/api/holds/${outcome.id}`,
      "cache-control": "no-store",
      "content-type": "application/json; charset=utf-8",
    })
    return outcome
  }

  function answerHold(request: FastifyRequest, reply: FastifyReply, wanted: HoldRequest): void {
    place(request, reply, wanted)
      .then((hold) => void (hold === null || reply.send(newHoldText(hold, tokens.sign(hold)))))
      .catch((fault: Error) => reply.send(fault))
  }

  app.route({
    method: "POST",
    url: "/api/holds",
    config,
    schema: {
      summary: "Hold units",
      tags: ["holds"],
      body: HoldBody,
      response: { 201: NewHoldWire, ...problemResponses },
    },
    handler(request, reply) {
      const { product_id, qty, customer_id } = request.body
      const wanted = { productId: product_id, qty, customerId: customer_id ?? null }
      if (!turnAway(request, reply, wanted)) answerHold(request, reply, wanted)
    },
  })

  app.route({
    method: "POST",
    url: "/api/holds/:productId/:quantity",
    config,
    schema: {
      summary: "Hold units (path style)",
      tags: ["holds"],
      params: Type.Object({ productId: Type.String(), quantity: Type.String() }),
      response: { 201: PathHoldWire, ...problemResponses },
    },
    async handler(request, reply) {
      const productId = idFromPath(request.params.productId)
      if (productId === null) return refuse(reply, { code: "product_not_found" })
      const qty = quantityFromPath(request.params.quantity)
      if (qty === null) return refuse(reply, badQuantity)
      const wanted = { productId, qty, customerId: null }
      const hold = turnAway(request, reply, wanted) ? null : await place(request, reply, wanted)
      if (hold === null) return reply
      const { hold_id: id, ...rest } = holdJson(hold)
      return reply.send({
        message: "Holded Successfully",
        success: true,
        hold: { id, ...rest, token: tokens.sign(hold) },
      })
    },
  })

  app.route({
    method: "GET",
    url: "/api/holds/:id",
    schema: {
      summary: "Read a hold",
      tags: ["holds"],
      params: Type.Object({ id: Type.String() }),
      response: { 200: HoldWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = usableHoldId(request.params.id, gatekeeper.callerOf(request))
      const hold = id === null ? null : await views.hold(id)
      if (hold === null) return refuse(reply, { code: "hold_not_found" })
      void reply.header("cache-control", "no-store")
      return holdJson(hold)
    },
  })

  app.route({
    method: "DELETE",
    url: "/api/holds/:id",
    config,
    schema: {
      summary: "Release a hold",
      tags: ["holds"],
      params: Type.Object({ id: Type.String() }),
      response: { 200: HoldWire, ...problemResponses },
    },
    async handler(request, reply) {
      const caller = gatekeeper.callerOf(request)
      const holdId = usableHoldId(request.params.id, caller)
      const productId = holdId === null ? null : await productOfHold(caller, holdId, lookups)
      if (holdId === null || productId === null) return refuse(reply, { code: "hold_not_found" })

      const command = { kind: "release_hold", requestId: request.id, productId, holdId } as const
      const { outcome } = await lanes.submit(command)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      void reply.header("cache-control", "no-store")
      return holdJson(outcome)
    },
  })
}

function usableHoldId(text: string, caller: Caller): number | null {
  const id = idFromPath(text)
  return id !== null && mayUseHold(caller, id) ? id : null
}

/** The owner's token says which product; everyone else's hold is looked up. */
export async function productOfHold(
  caller: Caller,
  holdId: number,
  lookups: Lookups,
): Promise<number | null> {
  if (caller.kind === "owner") return caller.ownership.productId
  return (await lookups.placeOfHold(holdId))?.productId ?? null
}

function quantityFromPath(text: string): number | null {
  const qty = idFromPath(text)
  return qty !== null && qty <= LARGEST_QUANTITY ? qty : null
}

const badQuantity = {
  code: "invalid_request",
  errors: [{ pointer: "/quantity", detail: `must be 1 to ${LARGEST_QUANTITY}` }],
} as const
