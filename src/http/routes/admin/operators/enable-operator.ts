import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import { newOperatorToken } from "../../../access/operator-access.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { operatorJson, OperatorWithTokenWire } from "../../../wire/operator-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { changeNamedOperator } from "./operator-change.ts"

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
    async handler(request, reply) {
      const { token, tokenHash } = newOperatorToken()
      const enable = (id: number, by: number | null) => operators.enable(id, tokenHash, by)
      const changed = await changeNamedOperator(request, reply, gatekeeper, enable)
      return changed === null ? reply : { ...operatorJson(changed), token }
    },
  })
}
