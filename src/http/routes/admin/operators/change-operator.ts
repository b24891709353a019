import { Type, type Static } from "typebox"
import { nameFault, permissionOf, type OperatorKind } from "../../../../domain/operator.ts"
import type { OperatorChanges } from "../../../../store/reads/operator-changes.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { OperatorChangesBody, operatorJson, OperatorWire } from "../../../wire/operator-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { changeNamedOperator } from "./operator-change.ts"

/** Registers `PATCH /api/admin/operators/{id}`. */
export function registerChangeOperator(
  admin: App,
  { gatekeeper, operators }: Pick<Services, "gatekeeper" | "operators">,
): void {
  admin.route({
    method: "PATCH",
    url: "/api/admin/operators/:id",
    schema: {
      summary: "Change an operator's name, role or scopes",
      description:
        "The token and the open sessions stay, and have the new rights: at once on the server that answers, within five seconds on all others. Earlier entries of the record of actions keep the earlier name.",
      tags: ["admin"],
      security: needsRole("owner"),
      params: Type.Object({ id: Type.String() }),
      body: OperatorChangesBody,
      response: { 200: OperatorWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = parseId(request.params.id)
      // The kind never changes, so it can be read before the change has its turn.
      const now = id === null ? null : await operators.find(id)
      if (now === null) return refuse(reply, { code: "operator_not_found" })
      const changes = changesIn(request.body, now.kind)
      if ("pointer" in changes) return refuse(reply, { code: "invalid_request", errors: [changes] })
      const changed = await changeNamedOperator(request, reply, gatekeeper, (operatorId, by) =>
        operators.change(operatorId, changes, by),
      )
      return changed === null ? reply : operatorJson(changed)
    },
  })
}

/** What a body asks for, or what is wrong with it for an operator of this kind. */
function changesIn(
  { name, role, scopes }: Static<typeof OperatorChangesBody>,
  kind: OperatorKind,
): OperatorChanges | { readonly pointer: string; readonly detail: string } {
  const fault = name === undefined ? null : nameFault(name)
  if (fault !== null) return { pointer: "/name", detail: fault }
  if (role === undefined && scopes === undefined) return { name }
  const permission = permissionOf({ kind, role, scopes })
  return typeof permission === "string" ? { pointer: "/role", detail: permission } : { name, permission }
}
