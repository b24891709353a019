import type { FastifyReply, FastifyRequest } from "fastify"
import type { Hold } from "../../../domain/hold.ts"
import type { GivenShopFields } from "../../../domain/shop-fields.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import type { HoldRequest } from "../../../lanes/gate.ts"
import { refuse, type AnyRefusal } from "../../wire/problems.ts"
import { holdsForBuyers, isShopSystem, type Caller } from "../../access/auth.ts"
import { askerName, badIdempotencyKey, idempotencyOf } from "../../access/idempotency-key.ts"
import type { CodeAttempts } from "./code-attempts.ts"
import { createHoldCustomers, type HoldCustomer } from "./hold-customer.ts"
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

/** What a request for a hold asks for. */
export interface WantedHold extends HoldRequest, GivenShopFields {
  /** The claim of its access code. */
  readonly accessCode?: string
}

/** How both styles of `POST /api/holds` refuse and place a hold. */
export type HoldPlacement = ReturnType<typeof createHoldPlacement>

/** Makes the functions that both routes for placing a hold share; call it once, when routes are registered. */
export function createHoldPlacement(services: HoldPlacementServices, codes: CodeAttempts) {
  const { gatekeeper, holderOf, holdsNeedSigned: needsSigned } = services
  const { gate, products, lanes, ids, events } = services

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
    wanted: WantedHold,
    { proof, groups }: HoldCustomer,
  ): Promise<Hold | null> {
    const caller = gatekeeper.callerOf(request)
    const isShop = holdsForBuyers(caller)
    if (wanted.accessCode !== undefined && !isShop && codes.hasToWait(request, reply)) {
      return turnedDown(request, reply, wanted, { code: "rate_limited" })
    }
    if (needsSigned && proof !== "signed" && !isShop) {
      return turnedDown(request, reply, wanted, { code: "customer_token_required", needs: "signed" })
    }
    // Keys of customers with a token are apart from those of strangers, who could name the same customer.
    const idempotency = idempotencyOf(request, proof === null ? askerName(caller) : "signed customer", wanted)
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
      customerProof: proof ?? (isShop ? "shop" : null),
      isShop,
      groups,
      ...wanted,
    })
    if (replayed) void reply.header("idempotent-replayed", "true")
    if (isRefusal(outcome)) return turnedDown(request, reply, wanted, outcome)
    return created(reply, outcome)
  }

  /** Counts a refusal and answers it; returns null. */
  function turnedDown(
    request: FastifyRequest,
    reply: FastifyReply,
    { productId }: HoldRequest,
    refusal: AnyRefusal,
  ): null {
    events.holdRefused(productId, refusal)
    if (refusal.code === "access_code_unknown") codes.noteUnknown(request)
    refuse(
      reply,
      toldTo(() => gatekeeper.callerOf(request), refusal),
    )
    return null
  }

  return { customerOf: createHoldCustomers(services), turnAway, place }
}

function created(reply: FastifyReply, hold: Hold): Hold {
  void reply.code(201).headers({
    location: `/api/holds/${hold.id}`,
    "cache-control": "no-store",
    "content-type": "application/json; charset=utf-8",
  })
  return hold
}

/** The refusal as the caller may read it: the shop's own systems know how many units there are. */
function toldTo(caller: () => Caller, refusal: AnyRefusal): AnyRefusal {
  if (refusal.code !== "out_of_stock" || refusal.hidesUnits === undefined) return refusal
  if (!isShopSystem(caller())) return refusal
  const { hidesUnits: _, ...whole } = refusal
  return whole
}
