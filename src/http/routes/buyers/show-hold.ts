import { Type } from "typebox"
import { refuse } from "../../wire/problems.ts"
import { HoldWire, holdJson } from "../../../wire/hold.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { usableHoldId } from "./usable-holds.ts"

/** Registers `GET /api/holds/{id}`. */
export function registerShowHold(
  app: App,
  { gatekeeper, views }: Pick<Services, "gatekeeper" | "views">,
): void {
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
      const id = usableHoldId(request.params.id, gatekeeper.callerOf(request), "read hold")
      const hold = id === null ? null : await views.hold(id)
      if (hold === null) return refuse(reply, { code: "hold_not_found" })
      void reply.header("cache-control", "no-store")
      return holdJson(hold)
    },
  })
}
