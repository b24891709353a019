import type {
  AdminAction,
  AdminActionQuery,
  EraseAnswer,
  EraseBody,
  HoldQuery,
  Live,
  LiveQuery,
  NewProductBody,
  OrderQuery,
  OrderSearch,
  ProductChangesBody,
  ProductQuery,
  StockBody,
  VariantChangesBody,
  VariantsBody,
  WholeList,
} from "./admin-types.ts"
import type {
  AssignBody,
  Dispute,
  DisputeBody,
  MoneyInboxEntry,
  Payment,
  ListedPaymentEvent,
  PaymentEvent,
  PaymentEventQuery,
  PaymentQuery,
  Refund,
  RefundBody,
  ReturnedBody,
} from "./money-types.ts"
import { get, keyed } from "./client.ts"
import type { CallOptions, ConnectionOptions, KeyedCallOptions } from "./options.ts"
import { call, connectionTo, type Call } from "./send.ts"
import { accessCodeCalls, type AccessCodeCalls } from "./access-code-calls.ts"
import { operatorCalls, type OperatorCalls } from "./operator-calls.ts"
import type { ContentChangesBody, ShopChangesBody, ShopSettings, StoredContent } from "./shop-types.ts"
import type { DetailsBody, Hold, Order, Page, PageQuery, ShopProduct } from "./types.ts"
import type {
  DeliveryQuery,
  EndpointChangesBody,
  NewEndpointBody,
  ReplayAnswer,
  ReplayBody,
  TestAnswer,
  RotationBody,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointWithSecret,
} from "./webhook-types.ts"
import type { OrderMail, WholeOrder } from "./whole-order-types.ts"

export type * from "./admin-types.ts"
export type * from "./money-types.ts"
export type * from "./operator-types.ts"
export type * from "./shop-types.ts"
export type * from "./whole-order-types.ts"
export type * from "./webhook-types.ts"

/** The shop's server, and how calls are sent. */
export interface AdminClientOptions extends ConnectionOptions {
  /** The server's `ADMIN_TOKEN`, or the token of an operator; not needed in open mode. */
  readonly adminToken?: string | null | undefined
}

/**
 * The calls for the shop; the server refuses other callers with `unauthorized` or `forbidden`, and operators whose role does
 * not allow a call with `role_required`. They return, throw and are retried like those of `Client`. Calls that have the same effect when they come twice, or that carry an
 * `Idempotency-Key`, are retried; the calls whose comments say so are not.
 */
export interface AdminClient {
  readonly products: {
    /** Lists all products by id, drafts and archived ones included. */
    list(query?: ProductQuery, options?: CallOptions): Promise<Page<ShopProduct>>
    /** Returns a product, whatever its status, from the database. Refused: `product_not_found`. */
    get(productId: number, options?: CallOptions): Promise<ShopProduct>
    /**
     * Creates a product, with its variants if it has any. Sent with an `Idempotency-Key`, because a retry would create
     * another one.
     */
    create(body: NewProductBody, options?: KeyedCallOptions): Promise<ShopProduct>
    /** Changes settings. Idempotent, and sent with an `Idempotency-Key`. Refused: `product_not_found`. */
    change(productId: number, changes: ProductChangesBody, options?: KeyedCallOptions): Promise<ShopProduct>
    /** Returns the pictures and texts of a product in all languages. Refused: `product_not_found`. */
    content(productId: number, options?: CallOptions): Promise<StoredContent>
    /**
     * Changes them. Idempotent. With `version`, the one that the change was made from, it is refused
     * (`content_changed`) if they have changed since, unless they are what the change wants already. Refused:
     * `product_not_found`.
     */
    changeContent(
      productId: number,
      changes: ContentChangesBody,
      options?: CallOptions & { readonly version?: string | undefined },
    ): Promise<StoredContent>
    /**
     * Sets the stock, if it is `expected` now, so that a retry cannot do harm. The `Idempotency-Key` keeps the retry of
     * a call that has worked from being refused as `stock_changed`. Refused: `product_not_found`, `stock_changed`,
     * `stock_in_use`, `variant_required` (the product has variants: use `setVariantStock`).
     */
    setStock(productId: number, body: StockBody, options?: KeyedCallOptions): Promise<ShopProduct>
    /**
     * Adds variants to a product: up to 200 in all, listed after those it has unless they give a `position`. The first
     * ones replace the product's own stock; they are refused (`product_in_use`) while a unit of it is held or sold.
     * Sent with an `Idempotency-Key`, because a retry would add others. Refused: `product_not_found`,
     * `product_in_use`, `too_many_variants`, `stock_over_limit`.
     */
    addVariants(productId: number, body: VariantsBody, options?: KeyedCallOptions): Promise<ShopProduct>
    /**
     * Changes settings of a variant, also during a sale. Holds and orders keep their price and go on, also those of a
     * variant that is disabled. Idempotent, and sent with an `Idempotency-Key`. Refused: `product_not_found`,
     * `variant_not_found`.
     */
    changeVariant(
      productId: number,
      variantId: number,
      changes: VariantChangesBody,
      options?: KeyedCallOptions,
    ): Promise<ShopProduct>
    /**
     * Sets the stock of a variant, if it is `expected` now; the product's stock changes by as much. Sent with an
     * `Idempotency-Key`, as `setStock` is. Refused: `product_not_found`, `variant_not_found`, `stock_changed`,
     * `stock_in_use`, `stock_over_limit`.
     */
    setVariantStock(
      productId: number,
      variantId: number,
      body: StockBody,
      options?: KeyedCallOptions,
    ): Promise<ShopProduct>
    /**
     * Pauses the sale: new holds are refused; existing holds and orders go on. Idempotent; the `Idempotency-Key` keeps
     * a late retry from undoing a later `resume`.
     */
    pause(productId: number, options?: KeyedCallOptions): Promise<ShopProduct>
    /** Resumes a paused sale. Idempotent; the `Idempotency-Key` keeps a late retry from undoing a later `pause`. */
    resume(productId: number, options?: KeyedCallOptions): Promise<ShopProduct>
  }
  readonly orders: {
    /** Lists orders by id, or the newest first. A page reads at most 10,000 rows: if few of them match, it may be empty and not the last. */
    list(query?: OrderQuery, options?: CallOptions): Promise<Page<Order>>
    /** Searches orders like `list`, also by e-mail address and name, which are sent in the body. */
    search(wanted: OrderSearch, options?: CallOptions): Promise<Page<Order>>
    /**
     * Returns an order with everything that is known of it: payments, refunds, disputes, events, the shop's changes, and
     * a timeline of all. Refused: `order_not_found`.
     */
    get(orderId: number, options?: CallOptions): Promise<WholeOrder>
    /**
     * Refunds money of a paid order, puts units of it back on sale, or both. `restock_lines` says how many units of each
     * variant; an order with several lines requires it to put units back, and a line can restock no more than was bought
     * of it. Sent with an `Idempotency-Key`, because a retry would refund again. Refused: `order_not_found`,
     * `order_not_paid`, `payment_disputed`, `refund_over_payment`, `restock_lines_required`, `variant_not_found`,
     * `restock_over_order`.
     */
    refund(orderId: number, body: RefundBody, options?: KeyedCallOptions): Promise<Refund>
    /**
     * Cancels an order that waits for payment, as its buyer could, and records that the shop did it. Idempotent.
     * Refused: `order_not_found`, `order_expired`, `order_not_pending`.
     */
    cancel(orderId: number, options?: KeyedCallOptions): Promise<Order>
    /**
     * Replaces the buyer's details of an order, in every status; what is left out is removed. Idempotent. Refused:
     * `order_not_found`, `details_erased`.
     */
    setDetails(orderId: number, details: DetailsBody, options?: CallOptions): Promise<Order>
    /**
     * Sends a mail again, with the address that the order has now; one that waits to be sent is left as it is. Never
     * retried, because each call may send it. Refused: `mail_not_found`.
     */
    resendMail(orderId: number, mailId: string, options?: CallOptions): Promise<OrderMail>
    /** Lists the refunds of an order. Refused: `order_not_found`. */
    refunds(orderId: number, options?: CallOptions): Promise<WholeList<Refund>>
    /** Lists the disputes of an order's payments. Refused: `order_not_found`. */
    disputes(orderId: number, options?: CallOptions): Promise<WholeList<Dispute>>
  }
  /** Erases what a buyer has told about orders, which stay. Returns of how many orders; a repetition erases no more. */
  erase(who: EraseBody, options?: CallOptions): Promise<EraseAnswer>
  readonly holds: {
    /** Lists holds by id; pages are like those of orders. */
    list(query?: HoldQuery, options?: CallOptions): Promise<Page<Hold>>
    /**
     * Releases a hold, as its buyer could, and records that the shop did it. Idempotent.
     * Refused: `hold_not_found`, `hold_expired`, `hold_already_used`.
     */
    release(holdId: number, options?: CallOptions): Promise<Hold>
  }
  readonly payments: {
    /** Lists payments by provider and event; pages are like those of orders. */
    list(query?: PaymentQuery, options?: CallOptions): Promise<Page<Payment>>
  }
  readonly paymentEvents: {
    /** Lists the events of payment providers, by provider and key; pages are like those of orders. */
    list(query?: PaymentEventQuery, options?: CallOptions): Promise<Page<ListedPaymentEvent>>
  }
  readonly refunds: {
    /** Sends a failed refund again. Refused: `refund_not_found`, `refund_not_open`, `payment_disputed`. */
    retry(refundId: string, options?: KeyedCallOptions): Promise<Refund>
    /** Confirms a refund manually: the buyer has the money. Refused: `refund_not_found`, `refund_not_open`. */
    confirm(refundId: string, options?: KeyedCallOptions): Promise<Refund>
  }
  readonly disputes: {
    /** Records manually that a dispute is won. Idempotent. Refused: `dispute_not_found`. */
    won(orderId: number, body: DisputeBody, options?: CallOptions): Promise<Dispute>
    /** Records manually that a dispute is lost, which is final. Idempotent. Refused: `dispute_not_found`. */
    lost(orderId: number, body: DisputeBody, options?: CallOptions): Promise<Dispute>
  }
  readonly money: {
    /** Lists the money that may need an operator, with the reason and the possible actions. */
    list(query?: PageQuery, options?: CallOptions): Promise<Page<MoneyInboxEntry>>
    /**
     * Assigns a payment without an order to an order: it pays the order or is refunded, as any payment would be.
     * Idempotent. Refused: `payment_event_not_found`, `order_not_found`.
     */
    assign(body: AssignBody, options?: CallOptions): Promise<PaymentEvent>
    /**
     * Records that a payment without an order was sent back manually. Idempotent. Refused:
     * `payment_event_not_found`.
     */
    returned(body: ReturnedBody, options?: CallOptions): Promise<MoneyInboxEntry>
  }
  readonly shop: {
    /** Returns what the shop has set about itself. */
    get(options?: CallOptions): Promise<ShopSettings>
    /**
     * Changes it. Idempotent. With `version`, the one that the change was made from, it is refused (`shop_changed`) if
     * the settings have changed since, unless they are what the change wants already.
     */
    change(
      changes: ShopChangesBody,
      options?: CallOptions & { readonly version?: string | undefined },
    ): Promise<ShopSettings>
  }
  /** Returns the live state of a sale; meant to be called once a second. Refused: `product_not_found`. */
  live(productId: number, options?: CallOptions & LiveQuery): Promise<Live>
  readonly actions: {
    /** Lists the changes made through the shop's routes, newest first, refused ones included. */
    list(query?: AdminActionQuery, options?: CallOptions): Promise<Page<AdminAction>>
  }
  readonly operators: OperatorCalls
  readonly accessCodes: AccessCodeCalls
  readonly webhooks: {
    /** Creates an endpoint that events are sent to. Never retried, because a retry would create another one. */
    create(body: NewEndpointBody, options?: CallOptions): Promise<WebhookEndpointWithSecret>
    /** Lists all endpoints. */
    list(options?: CallOptions): Promise<WholeList<WebhookEndpoint>>
    /** Returns an endpoint. Refused, here and below: `webhook_endpoint_not_found`. */
    get(endpointId: number, options?: CallOptions): Promise<WebhookEndpoint>
    /** Changes an endpoint. Idempotent. */
    change(endpointId: number, changes: EndpointChangesBody, options?: CallOptions): Promise<WebhookEndpoint>
    /**
     * Deletes an endpoint and its deliveries. Retried: if the answer to the first try was lost, the next one is refused
     * as `webhook_endpoint_not_found`, which then means that the first has worked.
     */
    remove(endpointId: number, options?: CallOptions): Promise<WebhookEndpoint>
    /** Rotates the signing secret. Never retried, because a retry would make the secret before the last one invalid. */
    rotate(endpointId: number, body?: RotationBody, options?: CallOptions): Promise<WebhookEndpointWithSecret>
    /** Sends the event `endpoint.test` at once, whatever the endpoint's types, and returns the answer. Never retried. */
    test(endpointId: number, options?: CallOptions): Promise<TestAnswer>
    /** Lists the deliveries of an endpoint, newest first. */
    deliveries(
      endpointId: number,
      query?: DeliveryQuery,
      options?: CallOptions,
    ): Promise<Page<WebhookDelivery>>
    /** Sends one event again. Never retried, because each call sends it. Refused: `webhook_delivery_not_found`. */
    replayOne(endpointId: number, webhookId: string, options?: CallOptions): Promise<WebhookDelivery>
    /** Sends all events since a moment again. Never retried, because each call sends them. */
    replay(endpointId: number, body: ReplayBody, options?: CallOptions): Promise<ReplayAnswer>
  }
}

/** Makes a client of the shop's routes. Nothing is sent before the first call. */
export function createAdminClient({ adminToken, ...options }: AdminClientOptions): AdminClient {
  const connection = connectionTo(options, adminToken)
  const read = <Answer>(path: string, options?: CallOptions, query?: object) =>
    call<Answer>(connection, get(`/api/admin${path}`, options, query))
  const write = <Answer>(path: string, options?: KeyedCallOptions, body?: object) =>
    call<Answer>(connection, keyed("POST", `/api/admin${path}`, options, body))
  const request = <Answer>(
    method: Call["method"],
    path: string,
    {
      repeatable,
      body,
      options = {},
    }: Pick<Call, "repeatable" | "body"> & { options: CallOptions | undefined },
  ) => call<Answer>(connection, { method, path: `/api/admin${path}`, body, repeatable, options })

  /** A change that is made only if what it changes still has this version. */
  const conditional = <Answer>(
    path: string,
    body: object,
    { version, ...options }: CallOptions & { readonly version?: string | undefined } = {},
  ) => {
    const headers: Record<string, string> = version === undefined ? {} : { "if-match": `"${version}"` }
    const place = { method: "PATCH", path: `/api/admin${path}` } as const
    return call<Answer>(connection, { ...place, body, headers, repeatable: true, options })
  }

  return {
    products: {
      list: (query, options) => read("/products", options, query),
      get: (productId, options) =>
        call(connection, { ...get(`/api/admin/products/${productId}`, options), fresh: true }),
      create: (body, options) => write("/products", options, body),
      change: (productId, changes, options) =>
        call(connection, keyed("PATCH", `/api/admin/products/${productId}`, options, changes)),
      content: (productId, options) => read(`/products/${productId}/content`, options),
      changeContent: (productId, body, options) =>
        conditional(`/products/${productId}/content`, body, options),
      setStock: (productId, body, options) => write(`/products/${productId}/stock`, options, body),
      addVariants: (productId, body, options) => write(`/products/${productId}/variants`, options, body),
      changeVariant: (productId, variantId, changes, options) =>
        call(
          connection,
          keyed("PATCH", `/api/admin/products/${productId}/variants/${variantId}`, options, changes),
        ),
      setVariantStock: (productId, variantId, body, options) =>
        write(`/products/${productId}/variants/${variantId}/stock`, options, body),
      pause: (productId, options) => write(`/products/${productId}/pause`, options),
      resume: (productId, options) => write(`/products/${productId}/resume`, options),
    },
    orders: {
      list: (query, options) => read("/orders", options, query),
      search: (wanted, options) =>
        request("POST", "/orders/search", { repeatable: true, body: wanted, options }),
      get: (orderId, options) => read(`/orders/${orderId}`, options),
      refund: (orderId, body, options) => write(`/orders/${orderId}/refunds`, options, body),
      cancel: (orderId, options) => write(`/orders/${orderId}/cancel`, options),
      setDetails: (orderId, body, options) =>
        request("PUT", `/orders/${orderId}/details`, { repeatable: true, body, options }),
      resendMail: (orderId, mailId, options) =>
        request("POST", `/orders/${orderId}/mails/${encodeURIComponent(mailId)}/resend`, {
          repeatable: false,
          body: undefined,
          options,
        }),
      refunds: (orderId, options) => read(`/orders/${orderId}/refunds`, options),
      disputes: (orderId, options) => read(`/orders/${orderId}/disputes`, options),
    },
    erase: (who, options) => request("POST", "/erase", { repeatable: true, body: who, options }),
    holds: {
      list: (query, options) => read("/holds", options, query),
      release: (holdId, options) =>
        request("POST", `/holds/${holdId}/release`, { repeatable: true, body: undefined, options }),
    },
    payments: { list: (query, options) => read("/payments", options, query) },
    paymentEvents: { list: (query, options) => read("/payment-events", options, query) },
    refunds: {
      retry: (refundId, options) => write(`/refunds/${encodeURIComponent(refundId)}/retry`, options),
      confirm: (refundId, options) => write(`/refunds/${encodeURIComponent(refundId)}/confirm`, options),
    },
    disputes: {
      won: (orderId, body, options) =>
        request("POST", `/orders/${orderId}/disputes/won`, { repeatable: true, body, options }),
      lost: (orderId, body, options) =>
        request("POST", `/orders/${orderId}/disputes/lost`, { repeatable: true, body, options }),
    },
    money: {
      list: (query, options) => read("/money", options, query),
      assign: (body, options) => request("POST", "/money/assign", { repeatable: true, body, options }),
      returned: (body, options) => request("POST", "/money/returned", { repeatable: true, body, options }),
    },
    shop: {
      get: (options) => read("/shop", options),
      change: (body, options) => conditional("/shop", body, options),
    },
    live: (productId, { include, ...options } = {}) =>
      read("/live", options, { product_id: productId, include }),
    actions: { list: (query, options) => read("/actions", options, query) },
    operators: operatorCalls(connection),
    accessCodes: accessCodeCalls(connection),
    webhooks: {
      create: (body, options) => request("POST", "/webhooks", { repeatable: false, body, options }),
      list: (options) => read("/webhooks", options),
      get: (endpointId, options) => read(`/webhooks/${endpointId}`, options),
      change: (endpointId, body, options) =>
        request("PATCH", `/webhooks/${endpointId}`, { repeatable: true, body, options }),
      remove: (endpointId, options) =>
        request("DELETE", `/webhooks/${endpointId}`, { repeatable: true, body: undefined, options }),
      rotate: (endpointId, body, options) =>
        request("POST", `/webhooks/${endpointId}/rotate`, { repeatable: false, body, options }),
      test: (endpointId, options) =>
        request("POST", `/webhooks/${endpointId}/test`, { repeatable: false, body: undefined, options }),
      deliveries: (endpointId, query, options) => read(`/webhooks/${endpointId}/deliveries`, options, query),
      replayOne: (endpointId, webhookId, options) =>
        request("POST", `/webhooks/${endpointId}/deliveries/${encodeURIComponent(webhookId)}/replay`, {
          repeatable: false,
          body: undefined,
          options,
        }),
      replay: (endpointId, body, options) =>
        request("POST", `/webhooks/${endpointId}/replay`, { repeatable: false, body, options }),
    },
  }
}
