import { createClock, type Clock, type LearningClock } from "./clock.ts"
import type { CallOptions, ConnectionOptions, KeyedCallOptions } from "./options.ts"
import { randomKey } from "./random-key.ts"
import { answerOf, call, lineTo, send, type Call, type Line } from "./send.ts"
import type {
  Health,
  Hold,
  HoldBody,
  NewHold,
  OpenedPayment,
  Order,
  OrderBody,
  Page,
  PageQuery,
  PaymentAttemptBody,
  Product,
} from "./types.ts"
import { watchProducts, type Watch, type WatchOptions } from "./watch.ts"

/** How a buyer's page reaches its server. */
export interface ClientOptions extends ConnectionOptions {
  /** The bearer token of every call: a hold's own, or on the shop's server the admin token; null: none. */
  readonly token?: string | null | undefined
}

/**
 * What a buyer may ask. Every call returns the server's answer, or throws a `ProblemError`, `NetworkError`,
 * `TimeoutError`, `AbortError` or `AnswerError`. All but `health` are repeated when no answer comes, or one
 * that says to come later (429, 502, 503, 504; after its `Retry-After`), within the bounds of `retry`.
 */
export interface Client {
  readonly products: {
    /** A page of what is on offer, by id. */
    list(query?: PageQuery, options?: CallOptions): Promise<Page<Product>>
    /** One product with its stock, at most 250 ms old, and a second more out of a cache. Refused: `product_not_found`. */
    get(productId: number, options?: CallOptions): Promise<Product>
  }
  readonly holds: {
    /**
     * Holds units for `hold_ttl_seconds`. Sent with an `Idempotency-Key`, so that a repetition is answered
     * with the same hold. Refused, first what applies: `product_not_found`, `sale_closed`, `sale_not_open`,
     * `sale_paused`, `quantity_over_limit`, `customer_required`, `customer_limit_reached`, `out_of_stock`.
     */
    create(body: HoldBody, options?: KeyedCallOptions): Promise<NewHold>
    /** A hold of one's own. Refused: `hold_not_found`, for those of others as well. */
    get(holdId: number, options?: CallOptions): Promise<Hold>
    /**
     * Gives units back. Once released it is answered with the same again, so it is repeated without a key.
     * Refused: `hold_not_found`, `hold_already_used`, `hold_expired`.
     */
    release(holdId: number, options?: CallOptions): Promise<Hold>
  }
  readonly orders: {
    /**
     * Makes the order of a hold, with the token of the hold that is given where it has one. Sent with an
     * `Idempotency-Key`. Refused: `hold_not_found`, `hold_already_used`, `hold_released`, `hold_expired`.
     */
    create(hold: OrderBody & { readonly token?: string }, options?: KeyedCallOptions): Promise<Order>
    /** An order of one's own. Refused: `order_not_found`, for those of others as well. */
    get(orderId: number, options?: CallOptions): Promise<Order>
    /**
     * Cancels an order that waits for payment; once cancelled it is answered with the same again. Sent with
     * an `Idempotency-Key`. Refused: `order_not_found`, `order_expired`, `order_not_pending`.
     */
    cancel(orderId: number, options?: KeyedCallOptions): Promise<Order>
    /**
     * Says that the buyer begins to pay, and with which payment: an order that would expire soon gets a
     * little more time, twice at most. Each call counts, so it is sent with an `Idempotency-Key`. Refused:
     * `order_not_found`, `order_expired`, `order_not_pending`.
     */
    startPayment(orderId: number, payment?: PaymentAttemptBody, options?: KeyedCallOptions): Promise<Order>
    /**
     * Opens a payment of the order at the shop's provider, or goes on with the one that was begun, and
     * notes it as `startPayment` does. Sent with an `Idempotency-Key`. Refused: `route_not_found` where the
     * shop has no provider that opens payments, `order_not_found`, `order_expired`, `order_not_pending`,
     * `payment_refused`, `provider_unavailable`.
     */
    openPayment(orderId: number, options?: KeyedCallOptions): Promise<OpenedPayment>
  }
  /** Whether the server can serve: both answers, 200 and 503, are returned. Never repeated. */
  health(options?: CallOptions): Promise<Health>
  /** Tells what becomes of up to 20 products, live, until its signal or `close` ends it. */
  watch(productIds: readonly number[], options: WatchOptions): Watch
  /** The server's clock, learnt from every product that is read. */
  readonly clock: Clock
  /** The same client with another token: for a buyer whose hold was made before the page was loaded. */
  withToken(token: string | null): Client
}

/** A client of the routes for buyers. Nothing is sent before the first call. */
export function createClient({ token, ...connection }: ClientOptions): Client {
  return clientOn(lineTo(connection, token), createClock())
}

function clientOn(line: Line, clock: LearningClock): Client {
  return {
    products: {
      async list(query, options) {
        const reply = await send(line, get("/api/products", options, query))
        const page = answerOf(reply) as Page<Product>
        for (const product of page.data) clock.learn(product.server_time, reply.sentAt, reply.receivedAt)
        return page
      },
      async get(productId, options) {
        const reply = await send(line, get(`/api/products/${productId}`, options))
        const product = answerOf(reply) as Product
        clock.learn(product.server_time, reply.sentAt, reply.receivedAt)
        return product
      },
    },
    holds: {
      create: (body, options) => call(line, keyed("POST", "/api/holds", options, body)),
      get: (holdId, options) => call(line, get(`/api/holds/${holdId}`, options)),
      release: (holdId, options = {}) =>
        call(line, { method: "DELETE", path: `/api/holds/${holdId}`, repeatable: true, options }),
    },
    orders: {
      create({ hold_id, token: own }, options = {}) {
        const token = options.token === undefined ? own : options.token
        return call(line, keyed("POST", "/api/orders", { ...options, token }, { hold_id }))
      },
      get: (orderId, options) => call(line, get(`/api/orders/${orderId}`, options)),
      cancel: (orderId, options) => call(line, keyed("POST", `/api/orders/${orderId}/cancel`, options)),
      startPayment: (orderId, payment, options) =>
        call(line, keyed("POST", `/api/orders/${orderId}/payment-attempts`, options, payment)),
      openPayment: (orderId, options) =>
        call(line, keyed("POST", `/api/orders/${orderId}/payments`, options)),
    },
    async health(options = {}) {
      const reply = await send(line, { method: "GET", path: "/health", repeatable: false, options })
      return answerOf(isUnhealthy(reply) ? { ...reply, status: 200 } : reply) as Health
    },
    watch: (productIds, options) => watchProducts(line, clock, productIds, options),
    clock,
    withToken: (token) => clientOn({ ...line, token }, clock),
  }
}

/** A 503 that is no refusal but what was asked for. */
function isUnhealthy({ status, text }: { readonly status: number; readonly text: string }): boolean {
  return status === 503 && text.includes('"uptime_seconds"')
}

/** A question, which may be asked as often as one likes. */
export function get(path: string, options: CallOptions = {}, query?: object): Call {
  return { method: "GET", path, query, repeatable: true, options }
}

/** A write under an `Idempotency-Key`: one for all its tries, so that they are one to the server. */
export function keyed(
  method: "POST" | "PATCH",
  path: string,
  options: KeyedCallOptions = {},
  body?: object,
): Call {
  const key = options.idempotencyKey === undefined ? randomKey() : options.idempotencyKey
  const headers: Record<string, string> = key === null ? {} : { "idempotency-key": key }
  const isKeyNew = key !== null && (options.idempotencyKey === undefined || options.isKeyNew === true)
  return { method, path, body, headers, repeatable: key !== null, isKeyNew, options }
}
