import { Type } from "typebox"
import { productStatuses } from "../../../../domain/product.ts"
import { ProductList, productJson } from "../../../../wire/product.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { badQuery, pageQuery, productPageJson, readPageRequest } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { isStorable } from "../../../wire/storable-text.ts"
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
      security: needsRole("viewer"),
      querystring: Type.Object({
        ...pageQuery,
        status: optionalWord(productStatuses),
        sku: Type.Optional(
          Type.String({ description: "the product's own `sku`, exactly as the shop wrote it" }),
        ),
        external_id: Type.Optional(
          Type.String({ description: "the `external_id`, exactly as the shop wrote it" }),
        ),
      }),
      response: { 200: ProductList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, parseId)
      if (page === null) return reply
      const { status, sku, external_id: externalId } = request.query
      for (const [name, text] of Object.entries({ sku, external_id: externalId })) {
        if (text !== undefined && !isStorable(text)) return refuse(reply, badQuery(name, "a text"))
      }
      const found = await views.products(page.after ?? 0, page.limit, { status, sku, externalId })
      void reply.header("cache-control", "no-store")
      return productPageJson(found, ({ product, serverTime }) =>
        productJson(product, serverTime, holdTtlSeconds),
      )
    },
  })
}
