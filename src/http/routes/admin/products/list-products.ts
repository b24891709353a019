import { Type } from "typebox"
import { productStatuses } from "../../../../domain/product.ts"
import { ProductList, productJson } from "../../../../wire/product.ts"
import { adminSecurity } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { pageQuery, productPageJson, readPageRequest } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { optionalWord } from "../filtered-lists.ts"

/** Registers `GET /api/admin/products`. */
export function registerListAllProducts(
  admin: App,
  { views, holdTtlSeconds }: Pick<Services, "views" | "holdTtlSeconds">,
): void {
  admin.route({
    method: "GET",
    url: "/api/admin/products",
    schema: {
      summary: "List all products, drafts and archived ones included",
      description: "A page has fewer products than its limit where they have many variants.",
      tags: ["admin"],
      security: adminSecurity,
      querystring: Type.Object({ ...pageQuery, status: optionalWord(productStatuses) }),
      response: { 200: ProductList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, parseId)
      if (page === null) return reply
      const found = await views.products(page.after ?? 0, page.limit, { status: request.query.status })
      void reply.header("cache-control", "no-store")
      return productPageJson(found, ({ product, serverTime }) =>
        productJson(product, serverTime, holdTtlSeconds),
      )
    },
  })
}
