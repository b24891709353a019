import { createClock, type Clock, type LearningClock } from "./clock.ts"
import type {
  CallOptions,
  ConnectionOptions,
  CustomerCallOptions,
  HoldCallOptions,
  KeyedCallOptions,
} from "./options.ts"
import { randomKey } from "./random-key.ts"
import { answerOf, call, connectionTo, send, type Call, type Connection } from "./send.ts"
import type {
  Access,
  AccessBody,
  AddressLayout,
  CountryList,
  DetailsBody,
  AltchaChallenge,
  AskCodeBody,
  AskedCode,
  ConfirmCodeBody,
  ConfirmedMailbox,
  FindOrdersBody,
  FoundOrders,
  Health,
  Hold,
  HoldBody,
  NewHold,
  OpenedPayment,
  PaymentLink,
  Order,
  OrderBody,
  Page,
  PageQuery,
  PaymentAttemptBody,
  Product,
  ProductContent,
} from "./types.ts"
import { watchProducts, type Watch, type WatchOptions } from "./watch.ts"

/** The server of a buyer's page, and how calls are sent. */
export interface ClientOptions extends ConnectionOptions {
  /** The bearer token of every call: a hold's token, or the admin token in the shop's own programs; null: none. */
  readonly token?: string | null | undefined
}

/**
 * The calls for buyers. Each returns the server's answer, or throws a `ProblemError`, `NetworkError`, `TimeoutError`,
 * `AbortError` or `AnswerError`. All but `health` and those of `customers` are retried when no answer comes, and after a 429, 502, 503 or 504
 * (after its `Retry-After`), within the limits of `retry`.
 */
export interface Client {
  readonly products: {
    /** Lists products by id, one page at a time. */
    list(query?: PageQuery, options?: CallOptions): Promise<Page<Product>>
    /**
     * Returns a product with its stock, at most 250 ms old, or a second more from a cache. Refused:
     * `product_not_found`.
     */
    get(productId: number, options?: CallOptions): Promise<Product>
    /**
     * Returns the pictures and texts of a product in a language, or in the shop's default if the shop does not have it.
     * Refused: `product_not_found`.
     */
    content(productId: number, language?: string, options?: CallOptions): Promise<ProductContent>
    /**
     * Says when a buyer with this access code, or with the groups of the `customerToken`, may buy. Spends nothing. Refused:
     * `product_not_found`, `access_code_unknown`, `customer_token_invalid`, and `rate_limited` after ten unknown codes.
     */
    access(productId: number, body?: AccessBody, options?: CustomerCallOptions): Promise<Access>
  }
  readonly holds: {
    /**
     * Holds units for `hold_ttl_seconds`, all of them or none, at the price of this moment. Of a product with variants
     * it takes `variant_id` and `qty`, or the `lines` of a basket. Sent with an `Idempotency-Key`, so that a
     * repetition is answered with the same hold. Refused, with the first code that applies: `product_not_found`,
     * `variant_required`, `variant_not_found`, `sale_closed`, `sale_not_open`, `sale_paused`, `variant_disabled`,
     * `quantity_over_limit`, `customer_required`, `customer_token_required`, `access_required`,
     * `access_code_unknown`, `customer_limit_reached`, `access_code_used_up`, `too_many_open_holds`, `out_of_stock`, whose `lines` name the variants that lack units. A `customerToken` that is not valid is
     * `customer_token_invalid`.
     */
    create(body: HoldBody, options?: HoldCallOptions): Promise<NewHold>
    /** Returns a hold of the token's owner. Refused: `hold_not_found`, also for the holds of others. */
    get(holdId: number, options?: CallOptions): Promise<Hold>
    /**
     * Releases a hold. A released hold is answered with the same again, so the call is retried without a key.
     * Refused: `hold_not_found`, `hold_already_used`, `hold_expired`.
     */
    release(holdId: number, options?: CallOptions): Promise<Hold>
  }
  readonly orders: {
    /**
     * Makes an order from a hold, with the hold's token if it has one. Sent with an `Idempotency-Key`. Refused:
     * `hold_not_found`, `hold_already_used`, `hold_released`, `hold_expired`.
     */
    create(hold: OrderBody & { readonly token?: string }, options?: KeyedCallOptions): Promise<Order>
    /** Returns an order of the token's owner. Refused: `order_not_found`, also for the orders of others. */
    get(orderId: number, options?: CallOptions & { readonly language?: string | undefined }): Promise<Order>
    /**
     * Replaces the buyer's details of an order that waits for payment. The same details have the same effect, so the call
     * is retried without a key. Refused: `order_not_found`, `invalid_request`, `order_expired`, `order_not_pending`,
     * `details_erased`.
     */
    setDetails(orderId: number, details: DetailsBody, options?: CallOptions): Promise<Order>
    /**
     * Cancels an order that waits for payment. A cancelled order is answered with the same again. Sent with an
     * `Idempotency-Key`. Refused: `order_not_found`, `order_expired`, `order_not_pending`.
     */
    cancel(orderId: number, options?: KeyedCallOptions): Promise<Order>
    /**
     * Records that the buyer starts to pay, and with which payment: an order that would expire soon gets a little more
     * time, at most twice. Each call counts, so it is sent with an `Idempotency-Key`. Refused:
     * `order_not_found`, `order_expired`, `order_not_pending`.
     */
    startPayment(orderId: number, payment?: PaymentAttemptBody, options?: KeyedCallOptions): Promise<Order>
    /**
     * Opens a payment of the order at the shop's provider, or returns the one that was started before, and
     * records it as `startPayment` does. Sent with an `Idempotency-Key`. Refused: `route_not_found` where the
     * shop has no provider that opens payments, `order_not_found`, `order_expired`, `order_not_pending`,
     * `payment_refused`, `provider_unavailable`.
     */
    openPayment(orderId: number, options?: KeyedCallOptions): Promise<OpenedPayment>
    /**
     * Makes the signed address of the shop's own payment page for this order, and records a payment attempt as
     * `startPayment` does. Sent with an `Idempotency-Key`. Refused: `route_not_found` where the shop has no such page,
     * `order_not_found`, `order_expired`, `order_not_pending`, `details_required`.
     */
    paymentLink(orderId: number, options?: KeyedCallOptions): Promise<PaymentLink>
    /**
     * Lets the shop mail the links of all orders of this e-mail address to it. The answer is the same whether it has
     * orders or not. Refused: `rate_limited`, and `route_not_found` where the shop sends no mails.
     */
    find(email: string, options?: CallOptions): Promise<FoundOrders>
  }
  readonly customers: {
    /**
     * Makes a challenge to solve before a code is asked for, where the server makes them itself. Refused: `rate_limited`, and
     * `route_not_found` where it does not.
     */
    challenge(options?: CallOptions): Promise<AltchaChallenge>
    /**
     * Has a code mailed to the address, for products with `customer: email`. The answer is the same for every address, and
     * whether a code is sent or not. Refused: `rate_limited`, `mail_codes_off`, `challenge_failed`.
     */
    requestCode(body: AskCodeBody, options?: CallOptions): Promise<AskedCode>
    /**
     * Takes the code of the mail, and returns the token of the mailbox. Refused: `mail_code_invalid`, `rate_limited`.
     */
    confirmCode(body: ConfirmCodeBody, options?: CallOptions): Promise<ConfirmedMailbox>
  }
  readonly addresses: {
    /** Lists the countries that an address can be in. */
    countries(options?: CallOptions): Promise<CountryList>
    /** Returns which fields an address has in a country, and how it is written there. Refused: `invalid_request`. */
    layout(country: string, options?: CallOptions): Promise<AddressLayout>
  }
  /** Tells whether the server is ready; returns the answer of a 503 as well. Never retried. */
  health(options?: CallOptions): Promise<Health>
  /** Watches up to 20 products live, until `close` is called or the signal is aborted. */
  watch(productIds: readonly number[], options: WatchOptions): Watch
  /** The server's clock, estimated from every product that is read. */
  readonly clock: Clock
  /** Returns the same client with another token: for a buyer whose hold was made before the page was loaded. */
  withToken(token: string | null): Client
}

/** Makes a client of the routes for buyers. Nothing is sent before the first call. */
export function createClient({ token, ...options }: ClientOptions): Client {
  return clientOf(connectionTo(options, token), createClock())
}

function clientOf(connection: Connection, clock: LearningClock): Client {
  return {
    products: {
      async list(query, options) {
        const reply = await send(connection, get("/api/products", options, query))
        const page = answerOf(reply) as Page<Product>
        for (const product of page.data) clock.learn(product.server_time, reply.sentAt, reply.receivedAt)
        return page
      },
      async get(productId, options) {
        const reply = await send(connection, get(`/api/products/${productId}`, options))
        const product = answerOf(reply) as Product
        clock.learn(product.server_time, reply.sentAt, reply.receivedAt)
        return product
      },
      content: (productId, language, options) =>
        call(connection, get(`/api/products/${productId}/content`, options, { lang: language })),
      access: (productId, body = {}, options = {}) => {
        const path = `/api/products/${productId}/access`
        return call(
          connection,
          withCustomer({ method: "POST", path, body, repeatable: true, options }, options),
        )
      },
    },
    holds: {
      create: (body, options) =>
        call(connection, withCustomer(keyed("POST", "/api/holds", options, body), options)),
      get: (holdId, options) => call(connection, get(`/api/holds/${holdId}`, options)),
      release: (holdId, options = {}) =>
        call(connection, { method: "DELETE", path: `/api/holds/${holdId}`, repeatable: true, options }),
    },
    orders: {
      create({ hold_id, details, reference, metadata, language, token: own }, options = {}) {
        const token = options.token === undefined ? own : options.token
        // Only these, because the hold itself may be given, and `undefined` is left out of JSON.
        const body = { hold_id, details, reference, metadata, language }
        return call(connection, keyed("POST", "/api/orders", { ...options, token }, body))
      },
      get: (orderId, { language, ...options } = {}) =>
        call(connection, get(`/api/orders/${orderId}`, options, { lang: language })),
      setDetails: (orderId, body, options = {}) =>
        call(connection, {
          method: "PUT",
          path: `/api/orders/${orderId}/details`,
          body,
          repeatable: true,
          options,
        }),
      cancel: (orderId, options) => call(connection, keyed("POST", `/api/orders/${orderId}/cancel`, options)),
      startPayment: (orderId, payment, options) =>
        call(connection, keyed("POST", `/api/orders/${orderId}/payment-attempts`, options, payment)),
      openPayment: (orderId, options) =>
        call(connection, keyed("POST", `/api/orders/${orderId}/payments`, options)),
      paymentLink: (orderId, options) =>
        call(connection, keyed("POST", `/api/orders/${orderId}/payment-links`, options)),
      find: (email, options = {}) =>
        call(connection, {
          method: "POST",
          path: "/api/orders/find",
          repeatable: true,
          options,
          body: { email } satisfies FindOrdersBody,
        }),
    },
    customers: {
      challenge: (options) => call(connection, get("/api/customers/challenge", options)),
      requestCode: (body, options) => call(connection, once("/api/customers/codes", body, options)),
      confirmCode: (body, options) => call(connection, once("/api/customers", body, options)),
    },
    addresses: {
      countries: (options) => call(connection, get("/api/addresses", options)),
      layout: (country, options) =>
        call(connection, get(`/api/addresses/${encodeURIComponent(country)}`, options)),
    },
    async health(options = {}) {
      const reply = await send(connection, { method: "GET", path: "/health", repeatable: false, options })
      return answerOf(isUnhealthy(reply) ? { ...reply, status: 200 } : reply) as Health
    },
    watch: (productIds, options) => watchProducts(connection, clock, productIds, options),
    clock,
    withToken: (token) => clientOf({ ...connection, token }, clock),
  }
}

/** A 503 whose body is the health that was asked for, not a problem document. */
function isUnhealthy({ status, text }: { readonly status: number; readonly text: string }): boolean {
  return status === 503 && text.includes('"uptime_seconds"')
}

function withCustomer(call: Call, { customerToken }: CustomerCallOptions = {}): Call {
  if (customerToken === undefined) return call
  return { ...call, headers: { ...call.headers, "customer-token": customerToken } }
}

/** A write that is not retried, because each try counts. */
function once(path: string, body: object, options: CallOptions = {}): Call {
  return { method: "POST", path, repeatable: false, options, body }
}

/** A read, which may always be retried. */
export function get(path: string, options: CallOptions = {}, query?: object): Call {
  return { method: "GET", path, query, repeatable: true, options }
}

/** A write with an `Idempotency-Key`. All tries share it, so that the server applies them once. */
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
