import type { FastifyReply, FastifyRequest } from "fastify"
import type { Hold } from "../../../domain/hold.ts"
import type { GivenShopFields } from "../../../domain/shop-fields.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import type { HoldRequest } from "../../../lanes/gate.ts"
import { refuse, type AnyRefusal } from "../../wire/problems.ts"
import { holdsForBuyers, isShopSystem, type Caller } from "../../access/auth.ts"
import { askerName, badIdempotencyKey, idempotencyOf } from "../../access/idempotency-key.ts"
import type { CustomerTokenKind } from "../../access/customer-token.ts"
import { createHoldCustomers } from "./hold-customer.ts"
import type { Services } from "../../services.ts"

/** The Idempotency-Attempt of a request whose key its client has never sent before. */
const FIRST_ATTEMPT = "1"

/** The services that place a hold. */
export type HoldPlacementServices = Pick<
  Services,
  | "gatekeeper"
  | "holderOf"
  | "customerTokens"
  | "holdsNeedSigned"
  | "gate"
  | "products"
  | "lanes"
  | "ids"
  | "events"
>

/** How both styles of `POST /api/holds` refuse and place a hold. */
export type HoldPlacement = ReturnType<typeof createHoldPlacement>

/** Makes the functions that both routes for placing a hold share; call it once, when routes are registered. */
export function createHoldPlacement(services: HoldPlacementServices) {
  const { gatekeeper, holderOf, holdsNeedSigned: needsSigned, gate, products, lanes, ids, events } = services

  /**
   * Refuses from memory while the product has no unit left; returns true when it has refused. A repeated request
   * must get its first answer whatever is left by now, so a request with an Idempotency-Key is never refused here,
   * unless its client says that it is a first attempt.
   */
  function turnAway(request: FastifyRequest, reply: FastifyReply, wanted: HoldRequest): boolean {
    const { "idempotency-key": key, "idempotency-attempt": attempt } = request.headers
    if (key !== undefined && attempt !== FIRST_ATTEMPT) return false
    const empty = gate.refusalFor(wanted)
    if (empty === null) return false
    events.gateRefused()
    turnedDown(request, reply, wanted, empty)
    return true
  }

  /** Places the hold and sets the answer's status and headers; returns null when it has sent a refusal. */
  async function place(
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: HoldRequest & GivenShopFields,
    proof: CustomerTokenKind | null,
  ): Promise<Hold | null> {
    const caller = gatekeeper.callerOf(request)
    const customerProof = proof ?? (holdsForBuyers(caller) ? "shop" : null)
    if (needsSigned && customerProof !== "signed" && !holdsForBuyers(caller)) {
      return turnedDown(request, reply, wanted, { code: "customer_token_required", needs: "signed" })
    }
    // Keys of customers with a token are apart from those of strangers, who could name the same customer.
    const asker = proof === null ? askerName(caller) : "signed customer"
    const idempotency = idempotencyOf(request, asker, wanted)
    if (idempotency === "bad") {
      refuse(reply, badIdempotencyKey)
      return null
    }
    const exists = products.exists(wanted.productId)
    if (exists !== true && !(await exists)) {
      return turnedDown(request, reply, wanted, { code: "product_not_found" })
    }
    const id = ids.next("holds")
    const { outcome, replayed } = await lanes.submit({
      kind: "place_hold",
      requestId: request.id,
      idempotency,
      holdId: typeof id === "number" ? id : await id,
      // A mailbox costs nothing, so it does not take the place of the address.
      holder: holderOf(request, caller, proof === "signed" ? wanted.customerId : null),
      customerProof,
      ...wanted,
    })
    if (replayed) void reply.header("idempotent-replayed", "true")
    if (isRefusal(outcome)) return turnedDown(request, reply, wanted, outcome)
    void reply.code(201).headers({
      location: `/api/holds/${outcome.id}`,
      "cache-control": "no-store",
      "content-type": "application/json; charset=utf-8",
    })
    return outcome
  }

  /** Counts a refusal and answers it; returns null. */
  function turnedDown(
    request: FastifyRequest,
    reply: FastifyReply,
    { productId }: HoldRequest,
    refusal: AnyRefusal,
  ): null {
    events.holdRefused(productId, refusal)
    refuse(
      reply,
      toldTo(() => gatekeeper.callerOf(request), refusal),
    )
    return null
  }

  return { customerOf: createHoldCustomers(services), turnAway, place }
}

/** The refusal as the caller may read it: the shop's own systems know how many units there are. */
function toldTo(caller: () => Caller, refusal: AnyRefusal): AnyRefusal {
  if (refusal.code !== "out_of_stock" || refusal.hidesUnits === undefined) return refusal
  if (!isShopSystem(caller())) return refusal
  const { hidesUnits: _, ...whole } = refusal
  return whole
}
