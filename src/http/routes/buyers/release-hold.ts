import { Type } from "typebox"
import { isRefusal } from "../../../domain/refusals.ts"
import { refuse } from "../../wire/problems.ts"
import { HoldWire, holdJson } from "../../../wire/hold.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { productOfHold, usableHoldId } from "./usable-holds.ts"

const config = { rateLimit: {} }

/** Registers `DELETE /api/holds/{id}`. */
export function registerReleaseHold(
  app: App,
  { gatekeeper, lookups, lanes }: Pick<Services, "gatekeeper" | "lookups" | "lanes">,
): void {
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
      const holdId = usableHoldId(request.params.id, caller, "change hold")
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
