import type { FastifyRequest } from "fastify"
import { Type } from "typebox"
import { isHidden } from "../../../domain/product.ts"
import type { ProductView } from "../../../store/reads/views.ts"
import { isSentAheadOn } from "../../transport/connections.ts"
import { createStreamsByNetwork } from "../../live/streams-by-network.ts"
import { isShop } from "../../access/auth.ts"
import { networkOf } from "../../access/network-address.ts"
import { parseId } from "../../wire/ids.ts"
import { badQuery } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { beginStream } from "./stream-answer.ts"

/** The most products of one stream: as many as a page of products shows. */
const MOST_PRODUCTS = 20

const EventStream = {
  description:
    "Server-sent events named `product`, whose data is the answer of `GET /api/products/{id}` in one line",
  content: { "text/event-stream": { schema: Type.String() } },
}

/** When an address with too many streams may ask again. Long, because a stream ends when its page is left. */
const RETRY_AFTER_SECONDS = 10

/**
 * Registers `GET /api/stream`. An address has at most `streamsPerAddress` streams open in this process; 0: no limit.
 * The limit applies neither to callers with the admin token nor in open mode.
 */
export function registerStreamProducts(
  app: App,
  { live, products, gatekeeper }: Pick<Services, "live" | "products" | "gatekeeper">,
  streamsPerAddress: number,
): void {
  const openByNetwork = createStreamsByNetwork(streamsPerAddress)

  app.route({
    method: "GET",
    url: "/api/stream",
    schema: {
      summary: "Stream products as they change, as server-sent events",
      description:
        "Sends each product in its present state, then after each change, at most four times a second. An event's id " +
        "names the state of its product: a client that reconnects with it as `Last-Event-ID` is not sent that state " +
        "again. It ends when one of its products is archived or made a draft, which no stream has, not even the shop's. " +
        "In closed mode an address with STREAMS_PER_ADDRESS open streams gets 429 `rate_limited` with " +
        "`Retry-After`. A server that cannot hold more streams answers 503 `overloaded`.",
      tags: ["products"],
      querystring: Type.Object({
        product_id: Type.String({
          description: `The id of a product, or up to ${MOST_PRODUCTS} ids with commas between them`,
        }),
      }),
      response: { 200: EventStream, ...problemResponses },
    },
    async handler(request, reply) {
      const ids = idsFrom(request.query.product_id)
      if (ids === null) return refuse(reply, badQuery("product_id", `1 to ${MOST_PRODUCTS} ids`))
      const views = await viewsOf(ids)
      if (views === null) return refuse(reply, { code: "product_not_found" })
      const isUnlimited = isShop(gatekeeper.callerOf(request))
      const network = isUnlimited ? null : networkOf(request)
      if (network !== null && openByNetwork.isFull(network)) {
        void reply.header("retry-after", String(RETRY_AFTER_SECONDS))
        return refuse(reply, tooManyStreams)
      }
      // A stream never ends, so no request behind it on its connection could be answered.
      if (isSentAheadOn(request.raw.socket) || live.isFull(ids)) return refuse(reply, { code: "overloaded" })
      beginStream(request, reply, (outlet) => {
        const leave = live.open(outlet, views, lastEventId(request))
        const forget = network === null ? null : openByNetwork.add(network)
        return () => {
          leave()
          forget?.()
        }
      })
      return reply
    },
  })

  /** Null: one of the products does not exist, or is hidden. */
  async function viewsOf(ids: readonly number[]): Promise<ProductView[] | null> {
    const views: ProductView[] = []
    // One after the other, so that a request does not cause twenty reads at once and ends at the first unknown id.
    for (const id of ids) {
      const view = live.product(id) ?? (await products.product(id))
      if (view === null || isHidden(view.product)) return null
      views.push(view)
    }
    return views
  }
}

const tooManyStreams = {
  code: "rate_limited",
  detail: "This address has reached its limit of open streams",
} as const

/** The different ids in `text`; null if one is no id or there are too many. */
function idsFrom(text: string): number[] | null {
  const texts = text.split(",")
  const ids = texts.map(parseId).filter((id) => id !== null)
  const isValid = ids.length === texts.length && ids.length <= MOST_PRODUCTS
  return isValid ? [...new Set(ids)] : null
}

function lastEventId(request: FastifyRequest): string | undefined {
  const header = request.headers["last-event-id"]
  return typeof header === "string" ? header : undefined
}
