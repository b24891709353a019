import { Type } from "typebox"
import { ProductList, productJson } from "../../../wire/product.ts"
import { parseId } from "../../wire/ids.ts"
import { pageQuery, productPageJson, readPageRequest } from "../../wire/paging.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"

/** Registers `GET /api/products`. */
export function registerListProducts(
  app: App,
  { views, shop, holdTtlSeconds }: Pick<Services, "views" | "shop" | "holdTtlSeconds">,
): void {
  app.route({
    method: "GET",
    url: "/api/products",
    schema: {
      summary: "List products",
      description: "A page has fewer products than its limit where they have many variants.",
      tags: ["products"],
      querystring: Type.Object(pageQuery),
      response: { 200: ProductList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, parseId)
      if (page === null) return reply
      const { listsScheduled: withScheduled } = await shop.face()
      const found = await views.products(page.after ?? 0, page.limit, { status: "listed", withScheduled })
      void reply.header("cache-control", "public, max-age=1")
      return productPageJson(found, ({ product, serverTime }) =>
        productJson(product, serverTime, holdTtlSeconds),
      )
    },
  })
}
