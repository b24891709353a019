import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { operatorJson, OperatorWire } from "../../../wire/operator-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { changeNamedOperator } from "./operator-change.ts"

/** Registers `POST /api/admin/operators/{id}/disable`. */
export function registerDisableOperator(
  admin: App,
  { gatekeeper, operators }: Pick<Services, "gatekeeper" | "operators">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/operators/:id/disable",
    schema: {
      summary: "Disable an operator",
      description:
        "Ends the operator's token and sessions: at once on the server that answers, within five seconds on all others. Disabling a disabled operator changes nothing.",
      tags: ["admin"],
      security: needsRole("owner"),
      params: Type.Object({ id: Type.String() }),
      response: { 200: OperatorWire, ...problemResponses },
    },
    async handler(request, reply) {
      const changed = await changeNamedOperator(request, reply, gatekeeper, (id, by) =>
        operators.disable(id, by),
      )
      return changed === null ? reply : operatorJson(changed)
    },
  })
}
