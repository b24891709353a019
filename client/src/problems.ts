import type { SaleState, Time } from "./types.ts"

/** What is wrong with one field: `pointer` is a JSON pointer into the body, `?name` or a header's name. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

/** What the refusals say beyond the members that every problem document has. */
export interface ProblemMembers {
  readonly out_of_stock: {
    readonly sale_state: SaleState
    readonly available_stock: number
    /** When held units may come back at the earliest; null: none can. */
    readonly retry_at: Time | null
  }
  readonly sale_not_open: { readonly opens_at: Time }
  readonly sale_closed: { readonly closes_at: Time }
  /** `order_id`: what the hold has become, where it is known. */
  readonly hold_already_used: { readonly order_id: number | null }
  readonly quantity_over_limit: { readonly max_per_hold: number }
  /** `units_left`: how many the customer may still have. */
  readonly customer_limit_reached: { readonly units_left: number }
  readonly invalid_request: { readonly errors: readonly FieldError[] }
  /** `stock`: what it is instead of what was expected. */
  readonly stock_changed: { readonly stock: number }
  readonly stock_in_use: { readonly reserved_stock: number; readonly sold_stock: number }
  readonly payment_disputed: { readonly refundable_minor: number }
  readonly refund_over_payment: { readonly refundable_minor: number }
  readonly restock_over_order: { readonly restockable_qty: number }
  readonly too_many_endpoints: { readonly most_endpoints: number }
}

/** The refusals that say no more than that. */
type PlainCode =
  | "malformed_request"
  | "unauthorized"
  | "invalid_signature"
  | "forbidden"
  | "product_not_found"
  | "hold_not_found"
  | "order_not_found"
  | "refund_not_found"
  | "dispute_not_found"
  | "payment_event_not_found"
  | "webhook_endpoint_not_found"
  | "webhook_delivery_not_found"
  | "route_not_found"
  | "sale_paused"
  | "hold_released"
  | "hold_expired"
  | "order_not_pending"
  | "order_expired"
  | "order_not_paid"
  | "refund_not_open"
  | "body_too_large"
  | "unsupported_media_type"
  | "customer_required"
  | "idempotency_key_reused"
  | "payment_refused"
  | "provider_unavailable"
  | "rate_limited"
  | "internal_error"
  | "overloaded"
  | "unavailable"

/** Why the server refused. A newer server may send others: let a `switch` have a `default`. */
export type ProblemCode = keyof ProblemMembers | PlainCode

/** An RFC 9457 problem document with a certain code. */
export type ProblemOf<Code extends ProblemCode> = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** The address that was asked. */
  readonly instance: string
  readonly code: Code
  /** Names the request in the server's log. */
  readonly request_id: string
} & (Code extends keyof ProblemMembers ? ProblemMembers[Code] : unknown)

/** Any problem document; its `code` tells which members it has. */
export type ProblemDocument = { [Code in ProblemCode]: ProblemOf<Code> }[ProblemCode]

/** The server refused. `switch (error.problem.code)` narrows `error.problem` to what is sent with that code. */
export class ProblemError extends Error {
  override readonly name = "ProblemError"
  readonly problem: ProblemDocument
  readonly code: ProblemCode
  readonly status: number
  /** What `Retry-After` asked for, in milliseconds; null: nothing. */
  readonly retryAfterMs: number | null

  constructor(problem: ProblemDocument, retryAfterMs: number | null) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`)
    this.problem = problem
    this.code = problem.code
    this.status = problem.status
    this.retryAfterMs = retryAfterMs
  }
}

/** Whether an answer's body is a problem document. */
export function isProblem(body: unknown): body is ProblemDocument {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "status" in body &&
    typeof body.status === "number"
  )
}
