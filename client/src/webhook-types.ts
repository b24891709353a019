import type { PageQuery, Time } from "./types.ts"

/** The requests and answers of the routes for outgoing webhooks, with the names of the API. */

/** The types of outgoing events. */
export type EventType =
  | "order.created"
  | "order.paid"
  | "order.cancelled"
  | "order.expired"
  | "order.refunded"
  | "payment.refund_due"
  | "payment.refund_failed"
  | "payment.disputed"
  | "customer.code_requested"
  | "product.sold_out"
  | "product.restocked"
  | "alert.raised"
  | "alert.ended"

/** A new webhook endpoint. */
export interface NewEndpointBody {
  /** `https://…` or `http://…`, without credentials; or `mailto:` and an address of the shop, which gets alerts as mails. */
  readonly url: string
  /**
   * Types of the events that the endpoint receives; null or not given: all types, including those that later versions
   * add, but not `customer.code_requested`. With that one the shop mails the codes of buyers itself.
   */
  readonly types?: readonly EventType[] | null
  /** The signing secret: `whsec_`, followed by 24 to 64 bytes in base64; if not given, the server makes a secret. */
  readonly secret?: string
  /** True: the events of orders carry the buyers' details, as they are when the event is sent. False if not given. */
  readonly include_details?: boolean
}

/**
 * The settings to change. While an endpoint is disabled, its due deliveries wait, and new events are not sent to it.
 */
export interface EndpointChangesBody {
  readonly url?: string
  readonly types?: readonly EventType[] | null
  readonly enabled?: boolean
  readonly include_details?: boolean
}

/** The new signing secret; if not given, the server makes one. */
export interface RotationBody {
  readonly secret?: string
}

/** The time since which events are sent, whether or not the endpoint has received them before. */
export interface ReplayBody {
  readonly since: Time
}

/** A webhook endpoint that events are sent to. */
export interface WebhookEndpoint {
  readonly endpoint_id: number
  readonly url: string
  readonly types: readonly EventType[] | null
  readonly enabled: boolean
  /** True: the events of orders carry the buyers' details. */
  readonly include_details: boolean
  /**
   * Why the endpoint is disabled: `by request`, or `gone` if the endpoint answered 410; null: the endpoint is enabled.
   */
  readonly disabled_reason: string | null
  /** Until this time, events are also signed with the previous secret; null: the secret was never rotated. */
  readonly previous_secret_until: Time | null
  readonly created_at: Time
  readonly updated_at: Time
}

/** An endpoint with its signing secret. */
export interface WebhookEndpointWithSecret extends WebhookEndpoint {
  /** Shown only in this answer. */
  readonly secret: string
}

export type DeliveryStatus = "due" | "delivered" | "failed"

/** Filters of the deliveries of an endpoint. */
export interface DeliveryQuery extends PageQuery {
  readonly status?: DeliveryStatus | undefined
}

/** The delivery of one event to one endpoint. */
export interface WebhookDelivery {
  /** The event's id, the same for every attempt: `"order_paid-17"`. */
  readonly webhook_id: string
  readonly endpoint_id: number
  readonly type: string
  readonly status: DeliveryStatus
  readonly not_before: Time
  readonly attempts: number
  /** The HTTP status of the answer to the last attempt; null: no answer. */
  readonly response_status: number | null
  readonly last_error: string | null
  readonly created_at: Time
  readonly updated_at: Time
}

/** What an endpoint answered to a test event. */
export interface TestAnswer {
  /** The id under which the event was sent. */
  readonly webhook_id: string
  /** True: the answer was a 2xx. */
  readonly delivered: boolean
  /** Null: no answer. */
  readonly response_status: number | null
  /** Why there was no answer; null: there was one. */
  readonly error: string | null
}

/** How many events will be sent. */
export interface ReplayAnswer {
  readonly replayed: number
}
