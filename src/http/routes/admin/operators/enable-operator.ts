import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { OperatorWithTokenWire } from "../../../wire/operator-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { giveNewToken } from "./operator-change.ts"

/** Registers `POST /api/admin/operators/{id}/enable`. */
export function registerEnableOperator(
  admin: App,
  { gatekeeper, operators }: Pick<Services, "gatekeeper" | "operators">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/operators/:id/enable",
    schema: {
      summary: "Enable a disabled operator",
      description:
        "The operator keeps its name and its role or scopes. The answer holds a new token; the previous one stays refused.",
      tags: ["admin"],
      security: needsRole("owner"),
      params: Type.Object({ id: Type.String() }),
      response: { 200: OperatorWithTokenWire, ...problemResponses },
    },
    handler: (request, reply) =>
      giveNewToken(request, reply, gatekeeper, (...change) => operators.enable(...change)),
  })
}
