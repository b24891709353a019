import fastifyStatic from "@fastify/static"
import type { FastifyReply } from "fastify"
import type { PageData } from "../../../web/shared/page-data.ts"
import { saleState, type Product, type SaleState } from "../../domain/product.ts"
import { ASSETS } from "../../pages/built-pages.ts"
import type { ProductView } from "../../store/views.ts"
import { pageHeaders } from "../page-headers.ts"
import { idFromPath } from "../requests.ts"
import type { App, Services } from "../services.ts"
import { productAnswer } from "../wire.ts"

const PRODUCTS_ON_A_PAGE = 24
const hidden = { schema: { hide: true } }

/** The storefront: what is on sale, a product, an order. Without built pages, `/` leads to the API's description. */
export async function pageRoutes(app: App, services: Services): Promise<void> {
  const { pages, products, views, holdTtlSeconds, simulator } = services
  if (pages === null) {
    app.get("/", hidden, (_request, reply) => reply.redirect("/docs/"))
    return
  }
  const render = (data: PageData) => pages.render(data)
  const payment = simulator === null ? null : ({ kind: "simulator", url: "/simulator" } as const)
  const answer = ({ product, serverTime }: ProductView) => productAnswer(product, serverTime, holdTtlSeconds)
  const productPages = createProductPages((view) =>
    render({ kind: "product", product: answer(view), payment }),
  )

  await app.register(fastifyStatic, {
    root: pages.assetsDirectory,
    prefix: ASSETS,
    preCompressed: true,
    immutable: true,
    maxAge: "1y",
    index: false,
  })

  app.get<{ Querystring: { cursor?: string } }>("/", hidden, async (request, reply) => {
    const after = request.query.cursor === undefined ? 0 : idFromPath(request.query.cursor)
    if (after === null) return send(reply.code(404), { kind: "missing" })
    const found = await views.products(after, PRODUCTS_ON_A_PAGE + 1)
    const shown = found.slice(0, PRODUCTS_ON_A_PAGE)
    const hasMore = found.length > PRODUCTS_ON_A_PAGE
    const page = {
      data: shown.map(answer),
      has_more: hasMore,
      next_cursor: hasMore ? String(shown.at(-1)?.product.id) : null,
    }
    return send(reply.header("cache-control", "public, max-age=1"), { kind: "products", page })
  })

  app.get<{ Params: { id: string } }>("/p/:id", hidden, async (request, reply) => {
    const id = idFromPath(request.params.id)
    const view = id === null ? null : await products.product(id)
    if (view === null) return send(reply.code(404), { kind: "missing" })
    return html(reply.header("cache-control", "public, max-age=1")).send(productPages.of(view))
  })

  app.get<{ Params: { id: string } }>("/o/:id", hidden, async (request, reply) => {
    const orderId = idFromPath(request.params.id)
    return orderId === null
      ? send(reply.code(404), { kind: "missing" })
      : send(reply.header("cache-control", "no-store"), { kind: "order", orderId, payment })
  })

  function send(reply: FastifyReply, data: PageData): FastifyReply {
    return html(reply).send(render(data))
  }
}

function html(reply: FastifyReply): FastifyReply {
  return reply.headers(pageHeaders)
}

/** Renders the page of a product once for all who look at it. The time in it is when that was. */
function createProductPages(render: (view: ProductView) => string) {
  const pages = new WeakMap<Product, { readonly state: SaleState; readonly text: string }>()
  return {
    of(view: ProductView): string {
      const state = saleState(view.product, view.serverTime)
      const known = pages.get(view.product)
      if (known?.state === state) return known.text
      const text = render(view)
      pages.set(view.product, { state, text })
      return text
    },
  }
}
