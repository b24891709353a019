import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import type { ProductView } from "../../../store/reads/views.ts"
import { isSentAheadOn, takeNothingMoreFrom } from "../../transport/connections.ts"
import { createStreamsByNetwork } from "../../live/streams-by-network.ts"
import { SocketOutlet } from "../../live/stream-outlet.ts"
import { networkOf } from "../../access/network-address.ts"
import { badQuery } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"

/** Enough for a page of products. */
const MOST_PRODUCTS = 20

const EventStream = {
  description:
    "Server-sent events of the type `product`. The data of each is the answer of `GET /api/products/{id}` in one line.",
  content: { "text/event-stream": { schema: Type.String() } },
}

/** When somebody with too many streams may ask again; streams end when pages are left, not by the second. */
const RETRY_AFTER_SECONDS = 10

/**
 * Products as they change. Of one address no more than `mostOfOne` streams are open in this process; the shop
 * itself, and in open mode everyone, may have more. 0: no limit.
 */
export function streamRoutes(app: App, services: Services, mostOfOne: number): void {
  const { live, products, gatekeeper } = services
  const openByNetwork = createStreamsByNetwork(mostOfOne)

  app.route({
    method: "GET",
    url: "/api/stream",
    schema: {
      summary: "Stream products and their changes as server-sent events",
      description:
        "Sends each product once, then after each change, at most four times a second. An event's id names the " +
        "state of its product; a client that reconnects with it as `Last-Event-ID` is not sent that state again. " +
        "429 `rate_limited` with `Retry-After`: the address has as many streams as STREAMS_PER_ADDRESS allows in " +
        "closed mode. 503 `overloaded`: the server cannot hold more streams.",
      tags: ["products"],
      querystring: Type.Object({
        product_id: Type.String({
          description: `The id of a product, or up to ${MOST_PRODUCTS} ids separated by commas`,
        }),
      }),
      response: { 200: EventStream, ...problemResponses },
    },
    async handler(request, reply) {
      const ids = idsFrom(request.query.product_id)
      if (ids === null) return refuse(reply, badQuery("product_id", `1 to ${MOST_PRODUCTS} ids`))
      const views: ProductView[] = []
      // One after the other: a request must not make twenty reads at once, and one id that names nothing is enough.
      for (const id of ids) {
        const view = live.product(id) ?? (await products.product(id))
        if (view === null) return refuse(reply, { code: "product_not_found" })
        views.push(view)
      }
      const isShop = gatekeeper.callerOf(request).kind === "admin"
      const network = isShop ? null : networkOf(request)
      if (network !== null && openByNetwork.isFull(network)) {
        void reply.header("retry-after", String(RETRY_AFTER_SECONDS))
        return refuse(reply, tooMany)
      }
      // A stream never ends: before its turn it would pile up, and what is behind it would be done unanswered.
      if (isSentAheadOn(request.raw.socket) || live.isFull(ids)) return refuse(reply, { code: "overloaded" })
      begin(request, reply, { views, network })
      return reply
    },
  })

  /** `network` null: it is not counted. */
  function begin(
    request: FastifyRequest,
    reply: FastifyReply,
    { views, network }: { readonly views: readonly ProductView[]; readonly network: string | null },
  ): void {
    const { raw: response } = reply
    const { socket } = response
    const isHead = request.method === "HEAD"
    const takesChunks = request.raw.httpVersionMinor > 0
    reply.hijack()
    if (socket === null || socket.destroyed) return
    void reply.headers({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // nginx would keep events until it has some kilobytes of them.
      "x-accel-buffering": "no",
    })
    if (takesChunks) void reply.header("transfer-encoding", "chunked")
    if (!isHead) void reply.header("connection", "close")
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) response.setHeader(name, value)
    }
    socket.cork()
    response.writeHead(200)
    response.flushHeaders()
    if (isHead) response.end()
    else {
      takeNothingMoreFrom(socket)
      const outlet = new SocketOutlet(response, socket, takesChunks)
      const leave = live.open(outlet, views, lastEventId(request))
      response.once("close", leave)
      if (network !== null) response.once("close", openByNetwork.add(network))
      // Who ends its side is gone; the connection would otherwise stay until the next write fails.
      socket.once("end", () => outlet.cut())
    }
    socket.uncork()
  }
}

const tooMany = {
  code: "rate_limited",
  detail: "This address has as many streams as it may have",
} as const

function idsFrom(text: string): number[] | null {
  const texts = text.split(",")
  const ids = texts.map(idFromPath).filter((id) => id !== null)
  const isSound = ids.length === texts.length && ids.length <= MOST_PRODUCTS
  return isSound ? [...new Set(ids)] : null
}

function lastEventId(request: FastifyRequest): string | undefined {
  const header = request.headers["last-event-id"]
  return typeof header === "string" ? header : undefined
}
