import { hash } from "node:crypto"
import fastifyStatic from "@fastify/static"
import type { FastifyReply, FastifyRequest } from "fastify"
import type { LanguageTag } from "../../../../client/src/languages.ts"
import {
  pathIn,
  type PageContent,
  type PaymentChoice,
  type PreviewState,
} from "../../../../web/shared/page-data.ts"
import { isHidden } from "../../../domain/product.ts"
import type { ShopFace } from "../../../domain/shop.ts"
import { ASSETS, type BuiltPages } from "../../../site/built-pages.ts"
import { chosenLanguage } from "../../../site/language-choice.ts"
import { createPageMemory, type PageMemory } from "../../../site/page-memory.ts"
import type { ListPosition } from "../../../store/reads/storefront-list.ts"
import type { ProductView } from "../../../store/reads/views.ts"
import { isKnown } from "../../transport/etags.ts"
import { challengePageHeaders, pageHeaders, unindexed } from "../../transport/page-headers.ts"
import { parseId } from "../../wire/ids.ts"
import type { Services } from "../../services.ts"
import { registerEmbedFiles } from "./embed-files.ts"
import {
  asksForMailbox,
  createProductPages,
  paymentChoice,
  REMEMBERED_PAGES,
  shownProduct,
} from "./product-pages.ts"
import { allowedSites, registerOrderPages } from "./order-pages.ts"
import { registerPreviewPage } from "./preview-page.ts"
import { previewIn, previewOf, previewPath } from "./preview-states.ts"
import { registerSiteFiles } from "./site-files.ts"
import type { App } from "../../transport/typed-app.ts"

/** Products on a page of the list: as many as one stream may watch. */
const PRODUCTS_ON_A_PAGE = 20
const hidden = { schema: { hide: true } }

/** Shows the page that says that there is nothing at an address. */
export type ShowMissingPage = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Addresses below these are for programs, or have pages of another kind. */
const notOfBuyers = /^\/(?:api|admin|docs|assets|theme|simulator|metrics|health|readyz|livez)(?:[/?]|$)/

/** True if a person with a browser has asked for an address that could have been a page of the shop. */
export function wantsPage({ method, headers, url }: FastifyRequest): boolean {
  return method === "GET" && (headers.accept ?? "").includes("text/html") && !notOfBuyers.test(url)
}

/** The services that the storefront's pages need. */
type StorefrontServices = Pick<
  Services,
  | "pages"
  | "products"
  | "gatekeeper"
  | "views"
  | "holdTtlSeconds"
  | "simulator"
  | "stripePublishableKey"
  | "shop"
  | "contents"
  | "publicUrl"
  | "paymentPage"
  | "orderLinks"
  | "challengePage"
>

/**
 * Registers the storefront's pages: the products on sale, a product, an order, the search for an order. Without built pages,
 * `/` redirects to the description of the API. Returns what shows the page for an unknown address; null: there are no pages.
 */
export async function registerStorefrontPages(
  app: App,
  services: StorefrontServices,
  { corsOrigins }: { readonly corsOrigins: readonly string[] },
): Promise<ShowMissingPage | null> {
  const { pages, products, shop, challengePage: challenge } = services
  if (pages === null) {
    app.get("/", hidden, (_request, reply) => reply.redirect("/openapi.json"))
    return null
  }
  const payment = paymentChoice(services)
  const inLanguage = createLanguages(services, pages, payment)

  await app.register(fastifyStatic, {
    root: pages.assetsDirectory,
    prefix: ASSETS,
    preCompressed: true,
    immutable: true,
    maxAge: "1y",
    index: false,
  })

  app.get<{ Querystring: { cursor?: string } }>("/", hidden, async (request, reply) => {
    const { lists, addAlternates } = await inLanguage(request, reply)
    const { cursor } = request.query
    if (cursor !== undefined && positionIn(cursor) === null) return missing(request, reply)
    const { text, onlyId } = await lists.page(cursor ?? "")
    const only = onlyId === null ? null : await products.product(onlyId)
    if (only !== null && !isHidden(only.product)) return showProduct(request, reply, only)
    addAlternates(reply, listPath(cursor ?? ""))
    return html(reply.header("cache-control", "public, max-age=1")).send(text)
  })

  app.get<{ Params: { id: string } }>("/p/:id", hidden, async (request, reply) => {
    const id = parseId(request.params.id)
    const view = id === null ? null : await products.product(id)
    return view === null || isHidden(view.product)
      ? missing(request, reply)
      : showProduct(request, reply, view)
  })

  async function showProduct(
    request: FastifyRequest,
    reply: FastifyReply,
    view: ProductView,
  ): Promise<FastifyReply> {
    const contentOf = await services.contents.contentsOf([view.product.id])
    const { productPages, addAlternates } = await inLanguage(request, reply)
    const { text, etag } = productPages.of(view, contentOf(view.product.id))
    if (view.product.status === "unlisted") void reply.headers(unindexed)
    addAlternates(reply, `/p/${view.product.id}`)
    const headers = challenge !== null && asksForMailbox(view) ? challengePageHeaders(challenge) : pageHeaders
    // For a 304 too: its headers, the security policy among them, replace those of the stored page.
    void reply.headers({ ...headers, etag, "cache-control": "public, max-age=1" })
    return isKnown(request.headers["if-none-match"], etag) ? reply.code(304).send() : reply.send(text)
  }

  const mayLeadTo = allowedSites(corsOrigins, services.gatekeeper.mode === "open")
  registerOrderPages(app, {
    inLanguage,
    missing,
    payment,
    hasMail: services.orderLinks !== null,
    mayLeadTo,
  })
  registerSiteFiles(app, { pages, shop })
  registerEmbedFiles(app, pages)
  registerPreviewPage(app, services, {
    page: async (request, reply, ...shown) => (await inLanguage(request, reply)).preview(...shown),
    missing,
  })
  return missing

  async function missing(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { render } = await inLanguage(request, reply)
    return html(reply.code(404))
      .headers(unindexed)
      .send(render({ kind: "missing" }, null))
  }
}

/** How an answer is made in the language of its request. */
export type InLanguage = (request: FastifyRequest, reply: FastifyReply) => Promise<PagesInLanguage>

/** The pages of the shop as it is at the moment, in one of its languages. */
interface PagesInLanguage {
  /** `path`: the page's own, for the links to its other languages; null: it is no page. */
  readonly render: (content: PageContent, path: string | null) => string
  /** The page that a draft will have in a state of its sale. */
  readonly preview: (view: ProductView, state: PreviewState) => Promise<string>
  readonly productPages: ReturnType<typeof createProductPages>
  /** By cursor; empty: the first page. `onlyId`: the product, where it is the only one that is listed. */
  readonly lists: PageMemory<{ readonly text: string; readonly onlyId: number | null }>
  /** Tells search engines the addresses of a page in all languages. In a header, so that the document stays small. */
  readonly addAlternates: (reply: FastifyReply, path: string) => void
}

/**
 * Returns a function that chooses the language of an answer. With several languages the answer depends on what the browser
 * sends, so it says so to caches.
 */
function createLanguages(
  services: StorefrontServices,
  pages: BuiltPages,
  payment: PaymentChoice | null,
): InLanguage {
  let made = new Map<LanguageTag, PagesInLanguage>()
  let shown: ShopFace | null = null
  return async (request, reply) => {
    const face = await services.shop.face()
    const offered = face.languages
    const { "accept-language": acceptLanguage, cookie } = request.headers
    const { lang: asked } = request.query as { readonly lang?: unknown }
    const tag = chosenLanguage({ asked, cookie, acceptLanguage }, offered)
    if (offered.length > 1) {
      void reply.header("content-language", tag)
      void reply.header("vary", [reply.getHeader("vary") ?? [], "accept-language, cookie"].flat().join(", "))
    }
    // The same object while nothing of the shop has changed.
    if (face !== shown) made = new Map()
    shown = face
    const found = made.get(tag) ?? pagesIn(tag, face, { services, pages, payment })
    made.set(tag, found)
    return found
  }
}

function listPath(cursor: string): string {
  return cursor === "" ? "/" : `/?cursor=${cursor}`
}

/** Reads a cursor of the list; null: it is none. */
function positionIn(cursor: string): ListPosition | null {
  const [, rank, place, id] = /^([0-3])\.(-?\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? []
  return rank === undefined ? null : { rank: Number(rank), place: Number(place), id: Number(id) }
}

interface PageParts {
  readonly services: StorefrontServices
  readonly pages: BuiltPages
  readonly payment: PaymentChoice | null
}

function pagesIn(tag: LanguageTag, face: ShopFace, { services, pages, payment }: PageParts): PagesInLanguage {
  const { views, contents, holdTtlSeconds, publicUrl, challengePage: challenge } = services
  const offered = face.languages
  const render: PagesInLanguage["render"] = (content, path) => {
    const hasOffer = path !== null && offered.length > 1
    const offer = hasOffer && { offer: { tags: offered, path } }
    return pages.render({ shop: face, ...content, ...offer }, tag, publicUrl)
  }
  return {
    render,
    async preview(view, state) {
      const { id } = view.product
      const content = (await contents.contentsOf([id]))(id)
      const shown = shownProduct(previewIn(state, view), content, { tag, holdTtlSeconds })
      const page = { ...shown, payment, preview: previewOf(state, view.product) }
      return render({ kind: "product", ...page }, previewPath(id, state))
    },
    addAlternates(reply, path) {
      if (offered.length < 2) return
      const link = (href: string, hreflang: string) =>
        `<${publicUrl ?? ""}${href}>; rel="alternate"; hreflang="${hreflang}"`
      const links = offered.map((other) => link(pathIn(path, other), other))
      void reply.header("link", [...links, link(path, "x-default")].join(", "))
    },
    productPages: createProductPages({
      build: keyOf([pages.build, publicUrl, tag, face, challenge]),
      most: REMEMBERED_PAGES / offered.length,
      holdTtlSeconds,
      render: (view, content) => {
        const shown = shownProduct(view, content, { tag, holdTtlSeconds })
        const asked = challenge !== null && asksForMailbox(view) && { challenge }
        return render({ kind: "product", ...shown, payment, ...asked }, `/p/${view.product.id}`)
      },
    }),
    lists: createPageMemory(async (cursor) => {
      const { products, next } = await views.storefront(
        positionIn(cursor),
        PRODUCTS_ON_A_PAGE,
        face.listsScheduled,
      )
      const [first, second] = products
      const isOnly = cursor === "" && second === undefined && next === null
      const next_cursor = next === null ? null : `${next.rank}.${next.place}.${next.id}`
      const contentOf = await contents.contentsOf(products.map(({ product }) => product.id))
      const data = products.map(
        (view) => shownProduct(view, contentOf(view.product.id), { tag, holdTtlSeconds }).product,
      )
      const page = { data, has_more: next !== null, next_cursor }
      const ids = data.map(({ id }) => id)
      const translated = ids.filter((id) => contentOf(id).translations[tag] !== undefined)
      const shown = { kind: "products", page, ...(translated.length > 0 && { translated }) } as const
      return { text: render(shown, listPath(cursor)), onlyId: isOnly ? (first?.product.id ?? null) : null }
    }),
  }
}

/** Names what a page shows besides its product. */
function keyOf(parts: unknown): string {
  return hash("sha256", JSON.stringify(parts), "base64url").slice(0, 12)
}

function html(reply: FastifyReply): FastifyReply {
  return reply.headers(pageHeaders)
}
