import { Type } from "typebox"
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify"
import { HoldBody, NewHoldWire } from "../../src/wire/hold.ts"
import { listen as listenWidely } from "../../src/base/listening-sockets.ts"
import { securityHeaders } from "../../src/http/transport/security-headers.ts"

/** Another implementation of holds, reduced to what the comparison needs. */
export interface Peer {
  /** Creates a product with `stock` units and returns its id. */
  createProduct(stock: number): Promise<number>
  /** Holds units; null if not enough are left. */
  hold(productId: number, qty: number): Promise<Held | null>
  /** Held units according to the counter and according to the rows. */
  counts(productId: number): Promise<Counts>
}

export interface Held {
  readonly id: number
  readonly createdAt: string
  readonly expiresAt: string
}

export interface Counts {
  readonly counter: number
  readonly rows: number
}

export const HOLD_SECONDS = 3_600

/** A constant with the length of a token: peers sign nothing, and their responses must have as many bytes. */
export const token = `dbt1.1000000.1000000.1.${"x".repeat(43)}`

/**
 * The server under every peer: the same framework as Doorbuster's, its schema for the request, its
 * schema for the response, and as many bytes in the response's headers.
 */
export function createPeerServer(): FastifyInstance {
  let requests = 0
  const app = Fastify({
    // As long as Doorbuster's request ids.
    genReqId: () => `xxxxxxxxxxxx-${(requests += 1)}`,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
  })
  const constant = securityHeaders
  app.addHook("onRequest", (request, reply, done) => {
    void reply.headers(constant).header("x-request-id", request.id)
    done()
  })
  return app
}

/** Serves a peer on a free port of loopback and sends its URL to the parent process. */
export async function servePeer(peer: Peer): Promise<void> {
  const app = createPeerServer()
  const schema = { body: HoldBody, response: { 201: NewHoldWire, 409: Problem } }

  app.post("/api/holds", { schema }, async (request, reply) => {
    const { product_id, qty } = request.body as { product_id: number; qty: number }
    const held = await peer.hold(product_id, qty)
    if (held === null) return refuse(reply)
    void reply.code(201).headers({ location: `/api/holds/${held.id}`, "cache-control": "no-store" })
    return {
      hold_id: held.id,
      product_id,
      qty,
      status: "active",
      expires_at: held.expiresAt,
      created_at: held.createdAt,
      customer_id: null,
      token,
    }
  })
  app.route({
    method: "POST",
    url: "/bench/products",
    async handler(request) {
      const { stock } = request.body as { stock: number }
      return { id: await peer.createProduct(stock) }
    },
  })
  app.get("/bench/products/:id", (request) => peer.counts(Number((request.params as { id: string }).id)))
  await listen(app)
}

const Problem = Type.Object({}, { additionalProperties: true })

/** Refuses a request with as many bytes as Doorbuster. */
export function refuse(reply: FastifyReply): FastifyReply {
  return reply
    .code(409)
    .headers({ "cache-control": "no-store", "content-type": "application/problem+json; charset=utf-8" })
    .serializer(JSON.stringify)
    .send(outOfStock)
}

const outOfStock = {
  type: "urn:doorbuster:problem:out_of_stock",
  title: "Not enough units are available",
  status: 409,
  detail: "Not enough units are available",
  instance: "/api/holds",
  code: "out_of_stock",
  request_id: "xxxxxxxxxxxx-1000000",
  sale_state: "sold_out",
  available_stock: 0,
  retry_at: null,
}

/** Listens on a free port with the same backlog as Doorbuster and sends the URL to the parent process. */
export async function listen(app: FastifyInstance): Promise<void> {
  await listenWidely(app, { host: "127.0.0.1", port: 0 })
  process.on("disconnect", () => process.exit())
  process.send?.({ url: app.listeningOrigin })
}

/** The timestamps of a hold that is created now. */
export function momentsFrom(now: number): Pick<Held, "createdAt" | "expiresAt"> {
  return {
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + HOLD_SECONDS * 1000).toISOString(),
  }
}
