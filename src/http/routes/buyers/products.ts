import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import type { ProductView } from "../../../store/reads/views.ts"
import { isKnown } from "../../transport/etags.ts"
import { pageFrom, pageOf, pageQuery } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { ProductList, ProductWire } from "../../../wire/product.ts"
import type { App, Services } from "../../services.ts"
import { productJson } from "../../../wire/product.ts"

const notModified = Type.Unsafe<undefined>({
  description: "Not modified: the state that the ETag names is current",
})

/** What is on sale: a page of products, and one. */
export function productRoutes(app: App, services: Services): void {
  const { views, products, texts, gatekeeper, holdTtlSeconds } = services
  const isAdmin = (request: FastifyRequest) => gatekeeper.callerOf(request).kind === "admin"
  const answer = ({ product, serverTime }: ProductView) => productJson(product, serverTime, holdTtlSeconds)

  app.route({
    method: "GET",
    url: "/api/products",
    schema: {
      summary: "List products",
      tags: ["products"],
      querystring: Type.Object(pageQuery),
      response: { 200: ProductList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = pageFrom(reply, request.query, idFromPath)
      if (page === null) return reply
      const found = await views.products(page.after ?? 0, page.limit + 1)
      void reply.header("cache-control", "public, max-age=1")
      return pageOf(found, page, { toWire: answer, toCursor: ({ product }) => String(product.id) })
    },
  })

  app.route({
    method: "GET",
    url: "/api/products/:id",
    schema: {
      summary: "Read a product with its current stock",
      description:
        "A change by another process may be visible up to 250 ms late. With the admin token, `Cache-Control: no-cache` reads from the database.",
      tags: ["products"],
      params: Type.Object({ id: Type.String() }),
      response: { 200: ProductWire, 304: notModified, ...problemResponses },
    },
    handler(request, reply) {
      const id = idFromPath(request.params.id)
      const mustBeFresh = request.headers["cache-control"] === "no-cache" && isAdmin(request)
      const view = id === null ? null : (mustBeFresh ? views : products).product(id)
      if (!(view instanceof Promise)) return show(request, reply, view)
      view
        .then((view) => show(request, reply, view))
        .catch((fault: Error) => (reply as FastifyReply).send(fault))
    },
  })

  function show(request: FastifyRequest, reply: FastifyReply, view: ProductView | null): void {
    if (view === null) return void refuse(reply, { code: "product_not_found" })
    const text = texts.of(view.product, view.serverTime)
    void reply.headers({ etag: text.etag, "cache-control": "public, max-age=1" })
    if (isKnown(request.headers["if-none-match"], text.etag)) return void reply.code(304).send()
    void reply.header("content-type", "application/json; charset=utf-8").send(text.textAt(view.serverTime))
  }
}
