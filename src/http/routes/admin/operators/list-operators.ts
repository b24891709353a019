import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { operatorJson, OperatorListWire } from "../../../wire/operator-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"

/** Registers `GET /api/admin/operators`. */
export function registerListOperators(admin: App, { operators }: Pick<Services, "operators">): void {
  admin.route({
    method: "GET",
    url: "/api/admin/operators",
    schema: {
      summary: "List operators",
      description: "The enabled ones by id, then the disabled ones, the last disabled first.",
      tags: ["admin"],
      security: needsRole("owner"),
      response: { 200: OperatorListWire, ...problemResponses },
    },
    async handler(_request, reply) {
      void reply.header("cache-control", "no-store")
      return { data: (await operators.list()).map(operatorJson) }
    },
  })
}
