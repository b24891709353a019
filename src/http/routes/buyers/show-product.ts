import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import { hidesUnits, isHidden, withUnits } from "../../../domain/product.ts"
import type { ProductView } from "../../../store/reads/views.ts"
import { PublicProductWire } from "../../../wire/public-product.ts"
import { isShop, isShopSystem, maySeeHidden } from "../../access/auth.ts"
import { isKnown } from "../../transport/etags.ts"
import { parseId } from "../../wire/ids.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { refuse } from "../../wire/problems.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"

const notModified = Type.Unsafe<undefined>({
  description: "The product has not changed since the answer whose ETag is in `If-None-Match`",
})

/** Registers `GET /api/products/{id}`. */
export function registerShowProduct(
  app: App,
  { views, products, texts, gatekeeper }: Pick<Services, "views" | "products" | "texts" | "gatekeeper">,
): void {
  const isAdmin = (request: FastifyRequest) => isShop(gatekeeper.callerOf(request))

  app.route({
    method: "GET",
    url: "/api/products/:id",
    schema: {
      summary: "Read a product with its current stock",
      description:
        "If another process has changed the product, the answer may be up to 250 ms old. With the admin token, `Cache-Control: no-cache` gets the newest state. A draft or an archived product is shown to the shop, and to the owners of its holds and orders. Where the shop does not show how many units there are, only its own systems read it, with the admin token.",
      tags: ["products"],
      params: Type.Object({ id: Type.String() }),
      response: { 200: PublicProductWire, 304: notModified, ...problemResponses },
    },
    // With callbacks: most answers are in memory, and an async handler would cost a promise for each of them.
    handler(request, reply) {
      const id = parseId(request.params.id)
      const mustBeFresh = request.headers["cache-control"] === "no-cache" && isAdmin(request)
      const view = id === null ? null : (mustBeFresh ? views : products).product(id)
      if (!(view instanceof Promise)) return show(request, reply, view)
      view
        .then((view) => show(request, reply, view))
        .catch((fault: Error) => (reply as FastifyReply).send(fault))
    },
  })

  function show(request: FastifyRequest, reply: FastifyReply, view: ProductView | null): void {
    const isSecret = view !== null && isHidden(view.product)
    if (view === null || (isSecret && !maySeeHidden(gatekeeper.callerOf(request), view.product.id)))
      return void refuse(reply, { code: "product_not_found" })
    const isTold = hidesUnits(view.product) && isShopSystem(gatekeeper.callerOf(request))
    const text = texts.of(isTold ? withUnits(view.product) : view.product, view.serverTime)
    void reply.headers({
      etag: text.etag,
      "cache-control": isSecret || isTold ? "private, no-store" : "public, max-age=1",
    })
    if (isKnown(request.headers["if-none-match"], text.etag)) return void reply.code(304).send()
    void reply.header("content-type", "application/json; charset=utf-8").send(text.textAt(view.serverTime))
  }
}
