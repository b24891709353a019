import type {
  AdminAction,
  AssignBody,
  AdminActionQuery,
  DeliveryQuery,
  Dispute,
  DisputeBody,
  EndpointChangesBody,
  HoldQuery,
  Live,
  MoneyInboxEntry,
  NewEndpointBody,
  NewProductBody,
  OrderQuery,
  Payment,
  PaymentEvent,
  PaymentEventQuery,
  PaymentQuery,
  ProductChangesBody,
  Refund,
  RefundBody,
  ReplayAnswer,
  ReplayBody,
  ReturnedBody,
  RotationBody,
  StockBody,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointWithSecret,
  WholeList,
} from "./admin-types.ts"
import { get, keyed } from "./client.ts"
import type { CallOptions, ConnectionOptions, KeyedCallOptions } from "./options.ts"
import { call, lineTo, type Call } from "./send.ts"
import type { Hold, Order, Page, PageQuery, Product } from "./types.ts"

export type * from "./admin-types.ts"

/** How the shop reaches its server. */
export interface AdminClientOptions extends ConnectionOptions {
  /** The server's `ADMIN_TOKEN`; open mode asks for none. */
  readonly adminToken?: string | null | undefined
}

/**
 * What only the shop may ask; `unauthorized` or `forbidden` for everybody else. Returns, throws and repeats
 * as `Client` does. What is sent with an `Idempotency-Key` and what has the same effect when it comes twice
 * is repeated; the four calls that say so are not.
 */
export interface AdminClient {
  readonly products: {
    /** A product as the database has it at this moment, past every memory. Refused: `product_not_found`. */
    get(productId: number, options?: CallOptions): Promise<Product>
    /** Offers a product. With an `Idempotency-Key`, or a repetition would offer it twice. */
    create(body: NewProductBody, options?: KeyedCallOptions): Promise<Product>
    /** Changes settings. Twice is as once; with an `Idempotency-Key`. Refused: `product_not_found`. */
    change(productId: number, changes: ProductChangesBody, options?: KeyedCallOptions): Promise<Product>
    /**
     * Sets the stock, if it is `expected`. That alone keeps a repetition from doing harm; the
     * `Idempotency-Key` keeps it from being refused as `stock_changed` after it has worked. Refused:
     * `product_not_found`, `stock_changed`, `stock_in_use`.
     */
    setStock(productId: number, body: StockBody, options?: KeyedCallOptions): Promise<Product>
    /**
     * Lets nobody hold any more; holds and orders that are there go on. Twice is as once; the
     * `Idempotency-Key` keeps a late repetition from undoing what somebody else has done since.
     */
    pause(productId: number, options?: KeyedCallOptions): Promise<Product>
    /** The opposite, in the same way. */
    resume(productId: number, options?: KeyedCallOptions): Promise<Product>
  }
  readonly orders: {
    /** Orders by id. A page looks at 10,000 rows: with few that fit it may be empty and not the last. */
    list(query?: OrderQuery, options?: CallOptions): Promise<Page<Order>>
    /**
     * Gives money or units of a paid order back. With an `Idempotency-Key`, or a repetition would give back
     * twice. Refused: `order_not_found`, `order_not_paid`, `payment_disputed`, `refund_over_payment`,
     * `restock_over_order`.
     */
    refund(orderId: number, body: RefundBody, options?: KeyedCallOptions): Promise<Refund>
    /**
     * Cancels an order that waits for payment, as its buyer could, and keeps that it was the shop. Twice is as
     * once. Refused: `order_not_found`, `order_expired`, `order_not_pending`.
     */
    cancel(orderId: number, options?: KeyedCallOptions): Promise<Order>
    /** The refunds of an order. Refused: `order_not_found`. */
    refunds(orderId: number, options?: CallOptions): Promise<WholeList<Refund>>
    /** The disputes of an order's payments. Refused: `order_not_found`. */
    disputes(orderId: number, options?: CallOptions): Promise<WholeList<Dispute>>
  }
  readonly holds: {
    /** Holds by id; pages as those of orders. */
    list(query?: HoldQuery, options?: CallOptions): Promise<Page<Hold>>
    /**
     * Gives a hold's units back, as its buyer could, and keeps that it was the shop. Twice is as once.
     * Refused: `hold_not_found`, `hold_expired`, `hold_already_used`.
     */
    release(holdId: number, options?: CallOptions): Promise<Hold>
  }
  readonly payments: {
    /** Payments by provider and event; pages as those of orders. */
    list(query?: PaymentQuery, options?: CallOptions): Promise<Page<Payment>>
  }
  readonly paymentEvents: {
    /** What providers have said, by provider and key; pages as those of orders. */
    list(query?: PaymentEventQuery, options?: CallOptions): Promise<Page<PaymentEvent>>
  }
  readonly refunds: {
    /** Sends a failed refund once more. Refused: `refund_not_found`, `refund_not_open`, `payment_disputed`. */
    retry(refundId: string, options?: KeyedCallOptions): Promise<Refund>
    /** Notes that a refund is back, by somebody's word. Refused: `refund_not_found`, `refund_not_open`. */
    confirm(refundId: string, options?: KeyedCallOptions): Promise<Refund>
  }
  readonly disputes: {
    /** Notes that a dispute is won, by somebody's word. Twice is as once. Refused: `dispute_not_found`. */
    won(orderId: number, body: DisputeBody, options?: CallOptions): Promise<Dispute>
    /** Notes that a dispute is lost: the last word. Twice is as once. Refused: `dispute_not_found`. */
    lost(orderId: number, body: DisputeBody, options?: CallOptions): Promise<Dispute>
  }
  readonly money: {
    /** Money that somebody may have to look after, with why and what can be done. */
    list(query?: PageQuery, options?: CallOptions): Promise<Page<MoneyInboxEntry>>
    /**
     * Gives a payment without an order to an order: it pays it, or goes back, as any payment would. Twice is as
     * once. Refused: `payment_event_not_found`, `order_not_found`.
     */
    assign(body: AssignBody, options?: CallOptions): Promise<PaymentEvent>
    /**
     * Notes that a payment without an order was sent back by hand. Twice is as once. Refused:
     * `payment_event_not_found`.
     */
    returned(body: ReturnedBody, options?: CallOptions): Promise<MoneyInboxEntry>
  }
  /** A sale at a glance, to be asked once a second. Refused: `product_not_found`. */
  live(productId: number, options?: CallOptions): Promise<Live>
  readonly actions: {
    /** Changes made through the shop's routes, the newest first; refused ones as well. */
    list(query?: AdminActionQuery, options?: CallOptions): Promise<Page<AdminAction>>
  }
  readonly webhooks: {
    /** Sends events to an address from now on. Never repeated: each makes an endpoint. */
    create(body: NewEndpointBody, options?: CallOptions): Promise<WebhookEndpointWithSecret>
    /** All endpoints. */
    list(options?: CallOptions): Promise<WholeList<WebhookEndpoint>>
    /** One endpoint. Refused, here and below: `webhook_endpoint_not_found`. */
    get(endpointId: number, options?: CallOptions): Promise<WebhookEndpoint>
    /** Changes an endpoint. Twice is as once. */
    change(endpointId: number, changes: EndpointChangesBody, options?: CallOptions): Promise<WebhookEndpoint>
    /**
     * Sends nothing more, and forgets what was sent. Repeated; when the answer to the first try was lost,
     * the next one is refused as `webhook_endpoint_not_found`, which then says that it has worked.
     */
    remove(endpointId: number, options?: CallOptions): Promise<WebhookEndpoint>
    /** Signs with another secret. Never repeated: the one before it would be forgotten. */
    rotate(endpointId: number, body?: RotationBody, options?: CallOptions): Promise<WebhookEndpointWithSecret>
    /** What was sent, and what was not, newest first. */
    deliveries(
      endpointId: number,
      query?: DeliveryQuery,
      options?: CallOptions,
    ): Promise<Page<WebhookDelivery>>
    /** Sends one event once more. Never repeated: each sends it. Refused: `webhook_delivery_not_found`. */
    replayOne(endpointId: number, webhookId: string, options?: CallOptions): Promise<WebhookDelivery>
    /** Sends all events since a moment once more. Never repeated: each sends them. */
    replay(endpointId: number, body: ReplayBody, options?: CallOptions): Promise<ReplayAnswer>
  }
}

/** A client of the shop's own routes. Nothing is sent before the first call. */
export function createAdminClient({ adminToken, ...connection }: AdminClientOptions): AdminClient {
  const line = lineTo(connection, adminToken)
  const ask = <Answer>(path: string, options?: CallOptions, query?: object) =>
    call<Answer>(line, get(`/api/admin${path}`, options, query))
  const write = <Answer>(path: string, options?: KeyedCallOptions, body?: object) =>
    call<Answer>(line, keyed("POST", `/api/admin${path}`, options, body))
  const tell = <Answer>(
    method: Call["method"],
    path: string,
    {
      repeatable,
      body,
      options = {},
    }: Pick<Call, "repeatable" | "body"> & { options: CallOptions | undefined },
  ) => call<Answer>(line, { method, path: `/api/admin${path}`, body, repeatable, options })

  return {
    products: {
      get: (productId, options) => call(line, { ...get(`/api/products/${productId}`, options), fresh: true }),
      create: (body, options) => write("/products", options, body),
      change: (productId, changes, options) =>
        call(line, keyed("PATCH", `/api/admin/products/${productId}`, options, changes)),
      setStock: (productId, body, options) => write(`/products/${productId}/stock`, options, body),
      pause: (productId, options) => write(`/products/${productId}/pause`, options),
      resume: (productId, options) => write(`/products/${productId}/resume`, options),
    },
    orders: {
      list: (query, options) => ask("/orders", options, query),
      refund: (orderId, body, options) => write(`/orders/${orderId}/refunds`, options, body),
      cancel: (orderId, options) => write(`/orders/${orderId}/cancel`, options),
      refunds: (orderId, options) => ask(`/orders/${orderId}/refunds`, options),
      disputes: (orderId, options) => ask(`/orders/${orderId}/disputes`, options),
    },
    holds: {
      list: (query, options) => ask("/holds", options, query),
      release: (holdId, options) =>
        tell("POST", `/holds/${holdId}/release`, { repeatable: true, body: undefined, options }),
    },
    payments: { list: (query, options) => ask("/payments", options, query) },
    paymentEvents: { list: (query, options) => ask("/payment-events", options, query) },
    refunds: {
      retry: (refundId, options) => write(`/refunds/${encodeURIComponent(refundId)}/retry`, options),
      confirm: (refundId, options) => write(`/refunds/${encodeURIComponent(refundId)}/confirm`, options),
    },
    disputes: {
      won: (orderId, body, options) =>
        tell("POST", `/orders/${orderId}/disputes/won`, { repeatable: true, body, options }),
      lost: (orderId, body, options) =>
        tell("POST", `/orders/${orderId}/disputes/lost`, { repeatable: true, body, options }),
    },
    money: {
      list: (query, options) => ask("/money", options, query),
      assign: (body, options) => tell("POST", "/money/assign", { repeatable: true, body, options }),
      returned: (body, options) => tell("POST", "/money/returned", { repeatable: true, body, options }),
    },
    live: (productId, options) => ask("/live", options, { product_id: productId }),
    actions: { list: (query, options) => ask("/actions", options, query) },
    webhooks: {
      create: (body, options) => tell("POST", "/webhooks", { repeatable: false, body, options }),
      list: (options) => ask("/webhooks", options),
      get: (endpointId, options) => ask(`/webhooks/${endpointId}`, options),
      change: (endpointId, body, options) =>
        tell("PATCH", `/webhooks/${endpointId}`, { repeatable: true, body, options }),
      remove: (endpointId, options) =>
        tell("DELETE", `/webhooks/${endpointId}`, { repeatable: true, body: undefined, options }),
      rotate: (endpointId, body, options) =>
        tell("POST", `/webhooks/${endpointId}/rotate`, { repeatable: false, body, options }),
      deliveries: (endpointId, query, options) => ask(`/webhooks/${endpointId}/deliveries`, options, query),
      replayOne: (endpointId, webhookId, options) =>
        tell("POST", `/webhooks/${endpointId}/deliveries/${encodeURIComponent(webhookId)}/replay`, {
          repeatable: false,
          body: undefined,
          options,
        }),
      replay: (endpointId, body, options) =>
        tell("POST", `/webhooks/${endpointId}/replay`, { repeatable: false, body, options }),
    },
  }
}
