import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { OperatorWithTokenWire } from "../../../wire/operator-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { giveNewToken } from "./operator-change.ts"

/** Registers `POST /api/admin/operators/{id}/rotate`. */
export function registerRotateOperatorToken(
  admin: App,
  { gatekeeper, operators }: Pick<Services, "gatekeeper" | "operators">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/operators/:id/rotate",
    schema: {
      summary: "Rotate an operator's token",
      description:
        "The answer holds the new token. The previous one and the operator's sessions end: at once on the server that answers, within five seconds on all others.",
      tags: ["admin"],
      security: needsRole("owner"),
      params: Type.Object({ id: Type.String() }),
      response: { 200: OperatorWithTokenWire, ...problemResponses },
    },
    handler: (request, reply) =>
      giveNewToken(request, reply, gatekeeper, (...change) => operators.rotate(...change)),
  })
}
