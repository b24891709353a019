import { Type } from "typebox"
import { isRefusal } from "../../../../domain/refusals.ts"
import { HoldWire, holdJson } from "../../../../wire/hold.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

const tags = ["admin"]
const security = needsRole("support")
const params = Type.Object({ id: Type.String() })

/**
 * Registers `POST /api/admin/holds/{id}/release`. It is apart from the buyers' route for the reason that
 * `cancel-order-as-shop.ts` gives.
 */
export function registerReleaseHoldAsShop(
  admin: App,
  { lanes, lookups }: Pick<Services, "lanes" | "lookups">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/holds/:id/release",
    schema: {
      summary: "Release a hold, as the shop",
      description: "Has the same effect as the buyer's own release. Releasing a hold again changes nothing.",
      tags,
      security,
      params,
      response: { 200: HoldWire, ...problemResponses },
    },
    async handler(request, reply) {
      const holdId = parseId(request.params.id)
      const place = holdId === null ? null : await lookups.findHold(holdId)
      if (holdId === null || place === null) return refuse(reply, { code: "hold_not_found" })
      const { productId } = place
      const command = { kind: "release_hold", requestId: request.id, productId, holdId } as const
      const { outcome } = await lanes.submit(command)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.header("cache-control", "no-store").send(holdJson(outcome))
    },
  })
}
