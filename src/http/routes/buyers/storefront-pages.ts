import fastifyStatic from "@fastify/static"
import type { FastifyReply } from "fastify"
import type { PageData, PaymentChoice } from "../../../../web/shared/page-data.ts"
import { saleState } from "../../../domain/product.ts"
import { ASSETS } from "../../../site/built-pages.ts"
import { createPageMemory } from "../../../site/page-memory.ts"
import type { ProductView } from "../../../store/reads/views.ts"
import { isKnown } from "../../transport/etags.ts"
import { pageHeaders, stripePageHeaders } from "../../transport/page-headers.ts"
import { productPageJson } from "../../wire/paging.ts"
import { parseId } from "../../wire/ids.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { productJson } from "../../../wire/product.ts"

/** Products on a page of the list: as many as one stream may watch. */
const PRODUCTS_ON_A_PAGE = 20
const hidden = { schema: { hide: true } }

/** The services that the storefront's pages need. */
type StorefrontServices = Pick<
  Services,
  "pages" | "products" | "views" | "holdTtlSeconds" | "simulator" | "stripePublishableKey" | "paymentPage"
>

/**
 * Registers the storefront's pages: the products on sale, a product, an order, the search for an order. Without built pages, `/` redirects to
 * the description of the API.
 */
export async function registerStorefrontPages(app: App, services: StorefrontServices): Promise<void> {
  const { pages, products, views, holdTtlSeconds } = services
  if (pages === null) {
    app.get("/", hidden, (_request, reply) => reply.redirect("/docs/"))
    return
  }
  const render = (data: PageData) => pages.render(data, "en")
  const payment = paymentChoice(services)
  const toJson = ({ product, serverTime }: ProductView) => productJson(product, serverTime, holdTtlSeconds)
  const productPages = createProductPages(pages.build, (view) =>
    render({ kind: "product", product: toJson(view), payment }),
  )
  const lists = createPageMemory(async (after) => {
    const found = await views.products(after, PRODUCTS_ON_A_PAGE)
    return render({ kind: "products", page: productPageJson(found, toJson) })
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
    // For a 304 too: its headers, the security policy among them, replace those of the stored page.
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

  app.get("/find", hidden, (_request, reply) => {
    return send(reply.header("cache-control", "public, max-age=60"), { kind: "find" })
  })

  function send(reply: FastifyReply, data: PageData): FastifyReply {
    return html(reply).send(render(data))
  }
}

/** How buyers pay on an order's page; null: they pay elsewhere. */
function paymentChoice({
  simulator,
  stripePublishableKey,
  paymentPage,
}: Pick<StorefrontServices, "simulator" | "stripePublishableKey" | "paymentPage">): PaymentChoice | null {
  if (stripePublishableKey !== null) return { kind: "stripe", publishableKey: stripePublishableKey }
  if (paymentPage !== null) return { kind: "link" }
  return simulator === null ? null : { kind: "simulator", url: "/simulator" }
}

function html(reply: FastifyReply): FastifyReply {
  return reply.headers(pageHeaders)
}

/** The most rendered pages that are remembered: more products than are viewed at the same time. */
const REMEMBERED_PAGES = 1_000

/** Renders a product's page once for each state of the product. The page shows the time at which it was rendered. */
function createProductPages(build: string, render: (view: ProductView) => string) {
  const pages = new Map<number, { readonly text: string; readonly etag: string }>()
  return {
    of(view: ProductView): { readonly text: string; readonly etag: string } {
      const { id, version } = view.product
      // Weak: other processes render the same state at other times.
      const etag = `W/"${id}-${version}-${saleState(view.product, view.serverTime)}-${build}"`
      const known = pages.get(id)
      if (known?.etag === etag) return known
      if (pages.size >= REMEMBERED_PAGES) pages.clear()
      const page = { text: render(view), etag }
      pages.set(id, page)
      return page
    },
  }
}
