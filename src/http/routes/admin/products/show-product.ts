import { Type } from "typebox"
import { productJson, ProductWire } from "../../../../wire/product.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

/** Registers `GET /api/admin/products/{id}`. */
export function registerShowAnyProduct(
  admin: App,
  { views, holdTtlSeconds }: Pick<Services, "views" | "holdTtlSeconds">,
): void {
  admin.route({
    method: "GET",
    url: "/api/admin/products/:id",
    schema: {
      summary: "Read a product, whatever its status",
      description: "Always from the database.",
      tags: ["admin"],
      security: needsRole("viewer"),
      params: Type.Object({ id: Type.String() }),
      response: { 200: ProductWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = parseId(request.params.id)
      const view = id === null ? null : await views.product(id)
      if (view === null) return refuse(reply, { code: "product_not_found" })
      void reply.header("cache-control", "no-store")
      return productJson(view.product, view.serverTime, holdTtlSeconds)
    },
  })
}
