import fastifyStatic from "@fastify/static"
import type { FastifyReply } from "fastify"
import type { PageData, PaymentChoice } from "../../../../web/shared/page-data.ts"
import { saleState } from "../../../domain/product.ts"
import { ASSETS } from "../../../site/built-pages.ts"
import { createPageMemory } from "../../../site/page-memory.ts"
import type { ProductView } from "../../../store/reads/views.ts"
import { isKnown } from "../../transport/etags.ts"
import { pageHeaders, stripePageHeaders } from "../../transport/page-headers.ts"
import { parseId } from "../../wire/ids.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { productJson } from "../../../wire/product.ts"

/** As many as one stream tells of. */
const PRODUCTS_ON_A_PAGE = 20
const hidden = { schema: { hide: true } }

/** The storefront: what is on sale, a product, an order. Without built pages, `/` leads to the API's description. */
export async function pageRoutes(app: App, services: Services): Promise<void> {
  const { pages, products, views, holdTtlSeconds } = services
  if (pages === null) {
    app.get("/", hidden, (_request, reply) => reply.redirect("/docs/"))
    return
  }
  const render = (data: PageData) => pages.render(data)
  const payment = paymentChoice(services)
  const answer = ({ product, serverTime }: ProductView) => productJson(product, serverTime, holdTtlSeconds)
  const productPages = createProductPages(pages.build, (view) =>
    render({ kind: "product", product: answer(view), payment }),
  )
  const lists = createPageMemory(async (after) => {
    const found = await views.products(after, PRODUCTS_ON_A_PAGE + 1)
    const shown = found.slice(0, PRODUCTS_ON_A_PAGE)
    const hasMore = found.length > PRODUCTS_ON_A_PAGE
    const page = {
      data: shown.map(answer),
      has_more: hasMore,
      next_cursor: hasMore ? String(shown.at(-1)?.product.id) : null,
    }
    return render({ kind: "products", page })
  })

  await app.register(fastifyStatic, {
    root: pages.assetsDirectory,
    prefix: ASSETS,
    preCompressed: true,
    immutable: true,
    maxAge: "1y",
    index: false,
  })

  app.get<{ Querystring: { cursor?: string } }>("/", hidden, async (request, reply) => {
    const after = request.query.cursor === undefined ? 0 : parseId(request.query.cursor)
    if (after === null) return send(reply.code(404), { kind: "missing" })
    return html(reply.header("cache-control", "public, max-age=1")).send(await lists.page(after))
  })

  app.get<{ Params: { id: string } }>("/p/:id", hidden, async (request, reply) => {
    const id = parseId(request.params.id)
    const view = id === null ? null : await products.product(id)
    if (view === null) return send(reply.code(404), { kind: "missing" })
    const { text, etag } = productPages.of(view)
    // A 304 as well: its headers take the place of those that a browser has kept, the policy among them.
    void html(reply).headers({ etag, "cache-control": "public, max-age=1" })
    return isKnown(request.headers["if-none-match"], etag) ? reply.code(304).send() : reply.send(text)
  })

  app.get<{ Params: { id: string } }>("/o/:id", hidden, async (request, reply) => {
    const orderId = parseId(request.params.id)
    if (orderId === null) return send(reply.code(404), { kind: "missing" })
    const headers = payment?.kind === "stripe" ? stripePageHeaders : pageHeaders
    void reply.headers(headers).header("cache-control", "no-store")
    return reply.send(render({ kind: "order", orderId, payment }))
  })

  function send(reply: FastifyReply, data: PageData): FastifyReply {
    return html(reply).send(render(data))
  }
}

/** Null: buyers pay elsewhere. */
function paymentChoice({ simulator, stripePublishableKey }: Services): PaymentChoice | null {
  if (stripePublishableKey !== null) return { kind: "stripe", publishableKey: stripePublishableKey }
  return simulator === null ? null : { kind: "simulator", url: "/simulator" }
}

function html(reply: FastifyReply): FastifyReply {
  return reply.headers(pageHeaders)
}

/** More than are looked at at one time; then the pages are rendered again. */
const PRODUCT_PAGES = 1_000

/** Renders the page of a product once for all who look at it in one state. The time in it is when that was. */
function createProductPages(build: string, render: (view: ProductView) => string) {
  const pages = new Map<number, { readonly text: string; readonly etag: string }>()
  return {
    of(view: ProductView): { readonly text: string; readonly etag: string } {
      const { id, version } = view.product
      // Weak: another process renders it at another time.
      const etag = `W/"${id}-${version}-${saleState(view.product, view.serverTime)}-${build}"`
      const known = pages.get(id)
      if (known?.etag === etag) return known
      if (pages.size >= PRODUCT_PAGES) pages.clear()
      const page = { text: render(view), etag }
      pages.set(id, page)
      return page
    },
  }
}
