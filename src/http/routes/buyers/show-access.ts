import { Type } from "typebox"
import { openingFor } from "../../../domain/access.ts"
import { isHidden } from "../../../domain/product.ts"
import { AccessBody, AccessWire, accessJson } from "../../../wire/access-codes.ts"
import { holdsForBuyers, maySeeHidden } from "../../access/auth.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { parseId } from "../../wire/ids.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { refuse } from "../../wire/problems.ts"
import type { CodeAttempts } from "./code-attempts.ts"
import { createHoldCustomers } from "./hold-customer.ts"

type AccessServices = Pick<
  Services,
  "products" | "accessCodes" | "claimantOfCode" | "customerTokens" | "events" | "gatekeeper"
>

/** Registers `POST /api/products/{id}/access`, which is no GET because an access code must stand in no URL. */
export function registerShowAccess(app: App, services: AccessServices, codes: CodeAttempts): void {
  const { products, accessCodes, claimantOfCode, gatekeeper } = services
  const customerOf = createHoldCustomers(services)
  app.route({
    method: "POST",
    url: "/api/products/:id/access",
    config: { rateLimit: {} },
    schema: {
      summary: "Ask when a buyer may buy",
      description:
        "Judges an access code, and the groups of a `Customer-Token`, without spending anything. After ten unknown codes within a minute a network has to wait (429).",
      tags: ["products"],
      params: Type.Object({ id: Type.String() }),
      body: AccessBody,
      response: { 200: AccessWire, ...problemResponses },
    },
    async handler(request, reply) {
      void reply.header("cache-control", "no-store")
      const { access_code: code } = request.body
      const caller = gatekeeper.callerOf(request)
      const isGuessing = code !== undefined && !holdsForBuyers(caller)
      if (isGuessing && codes.hasToWait(request, reply)) return refuse(reply, { code: "rate_limited" })
      const id = parseId(request.params.id)
      const customer = customerOf(request, reply, { productId: id ?? 0, named: null })
      if (customer === null) return reply
      const view = id === null ? null : await products.product(id)
      if (view === null || (isHidden(view.product) && !maySeeHidden(caller, view.product.id))) {
        return refuse(reply, { code: "product_not_found" })
      }
      const { product, serverTime } = view
      const known = code === undefined ? undefined : await accessCodes.find(product.id, claimantOfCode(code))
      if (known === null || (known !== undefined && known.revokedAt !== null)) {
        if (isGuessing) codes.noteUnknown(request)
        return refuse(reply, { code: "access_code_unknown", nextPhase: null })
      }
      const opening = openingFor(product, { code: known, groups: customer.groups }, serverTime)
      const unitsLeft = known === undefined ? null : Math.max(0, known.units - known.unitsUsed)
      return accessJson(opening, unitsLeft, serverTime)
    },
  })
}
