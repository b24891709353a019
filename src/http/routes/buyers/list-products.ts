import { Type } from "typebox"
import { hidesUnits, withUnits } from "../../../domain/product.ts"
import { PublicProductList, publicProductJson } from "../../../wire/public-product.ts"
import { isShopSystem } from "../../access/auth.ts"
import { parseId } from "../../wire/ids.ts"
import { pageQuery, productPageJson, readPageRequest } from "../../wire/paging.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"

/** Registers `GET /api/products`. */
export function registerListProducts(
  app: App,
  {
    views,
    shop,
    gatekeeper,
    holdTtlSeconds,
  }: Pick<Services, "views" | "shop" | "gatekeeper" | "holdTtlSeconds">,
): void {
  app.route({
    method: "GET",
    url: "/api/products",
    schema: {
      summary: "List products",
      description: "A page has fewer products than its limit where they have many variants.",
      tags: ["products"],
      querystring: Type.Object(pageQuery),
      response: { 200: PublicProductList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, parseId)
      if (page === null) return reply
      const { listsScheduled: withScheduled } = await shop.face()
      const found = await views.products(page.after ?? 0, page.limit, { status: "listed", withScheduled })
      const isHiding = found.products.some(({ product }) => hidesUnits(product))
      const isTold = isHiding && isShopSystem(gatekeeper.callerOf(request))
      void reply.header("cache-control", isTold ? "private, no-store" : "public, max-age=1")
      return productPageJson(found, ({ product, serverTime }) =>
        publicProductJson(isTold ? withUnits(product) : product, serverTime, holdTtlSeconds),
      )
    },
  })
}
