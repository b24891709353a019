import { nameFault, permissionOf } from "../../../../domain/operator.ts"
import { needsRole } from "../../../access/admin-area.ts"
import { newOperatorToken } from "../../../access/operator-access.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { NewOperatorBody, operatorJson, OperatorWithTokenWire } from "../../../wire/operator-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { askingOperator } from "./asking-operator.ts"

/** Registers `POST /api/admin/operators`. */
export function registerAddOperator(
  admin: App,
  { gatekeeper, operators }: Pick<Services, "gatekeeper" | "operators">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/operators",
    schema: {
      summary: "Add an operator",
      description: "The answer holds the operator's token. No later answer shows it.",
      tags: ["admin"],
      security: needsRole("owner"),
      body: NewOperatorBody,
      response: { 201: OperatorWithTokenWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { name, kind = "person", role, scopes } = request.body
      const fault = nameFault(name)
      if (fault !== null) return refuse(reply, invalid("/name", fault))
      const permission = permissionOf({ kind, role, scopes })
      if (typeof permission === "string") return refuse(reply, invalid("/role", permission))
      const { token, tokenHash } = newOperatorToken()
      const by = askingOperator(request, gatekeeper)
      const added = await operators.add({ name, kind, tokenHash, ...permission }, by)
      if ("code" in added) return refuse(reply, added)
      void reply.code(201).header("cache-control", "no-store")
      return reply.send({ ...operatorJson(added), token })
    },
  })
}

function invalid(pointer: string, detail: string) {
  return { code: "invalid_request", errors: [{ pointer, detail }] } as const
}
