import type { NextPhase, SaleState, Time } from "./types.ts"

/** An invalid field: `pointer` is a JSON pointer into the body, `?name` of the query, or a header's name. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

/** A line of a request for which too few units are available. */
export interface LackingLine {
  readonly variant_id: number
  /** How many units the request asked for. */
  readonly requested: number
  /** How many units are available: 0 or more, but fewer than `requested`. Absent: the shop does not show it. */
  readonly available?: number
}

/** The members of refusals beyond those that every problem document has. */
export interface ProblemMembers {
  readonly out_of_stock: {
    readonly sale_state: SaleState
    /** Absent: the shop does not show it. */
    readonly available_stock?: number
    /** The earliest time when held units may become available; null: none can. */
    readonly retry_at: Time | null
    /** The lines that lack units; only of a product with variants. No unit of the other lines is held either. */
    readonly lines?: readonly LackingLine[]
  }
  readonly sale_not_open: { readonly opens_at: Time }
  readonly sale_closed: { readonly closes_at: Time }
  /** `order_id`: the order that was made from the hold, if it is known. */
  readonly hold_already_used: { readonly order_id: number | null }
  /** `variant_id`: the variant that has this limit; absent if it is the product's limit. */
  readonly quantity_over_limit: { readonly max_per_hold: number; readonly variant_id?: number }
  /** `variant_id`: the first variant of the request that the product, or the order, does not have. */
  readonly variant_not_found: { readonly variant_id: number }
  /** `variant_id`: the first variant of the request that the shop has disabled. */
  readonly variant_disabled: { readonly variant_id: number }
  /** The product's units that belong to no variant. */
  readonly product_in_use: { readonly reserved_stock: number; readonly sold_stock: number }
  /** `most_variants`: how many variants one product can have. */
  readonly too_many_variants: { readonly most_variants: number }
  /** `most_stock`: how many units the product's variants can have together. */
  readonly stock_over_limit: { readonly most_stock: number }
  /** `units_left`: how many more units the customer may have. */
  readonly customer_limit_reached: { readonly units_left: number }
  /** `needs`: what the phases that are on need; empty: none is on. `next_phase`: one for this buyer, as far as is known. */
  readonly access_required: {
    readonly needs: readonly ("codes" | "group")[]
    readonly next_phase: NextPhase | null
  }
  readonly access_code_unknown: { readonly next_phase: NextPhase | null }
  /** `units_left`: of the code. */
  readonly access_code_used_up: { readonly units_left: number; readonly next_phase: NextPhase | null }
  /** `needs`: the token that the product is sold for: one that the shop has signed, or one of a confirmed mailbox. */
  readonly customer_token_required: { readonly needs: "signed" | "email" }
  /** Of a `Customer-Token`. */
  readonly customer_token_invalid: { readonly because: "malformed" | "signature" | "expired" }
  /**
   * `because`: `unpaid`, or `lapsed` when too many units have lapsed unpaid. `retry_at`: when more can be held; null: never so many.
   */
  readonly too_many_open_holds: {
    readonly because: "unpaid" | "lapsed"
    readonly units_left: number
    readonly retry_at: Time | null
  }
  /** JSON pointers to the details that are missing, as in `missing_details` of the order. */
  readonly details_required: { readonly missing_details: readonly string[] }
  readonly invalid_request: { readonly errors: readonly FieldError[] }
  /** `stock`: the present stock, which is not the expected one. */
  readonly stock_changed: { readonly stock: number }
  readonly stock_in_use: { readonly reserved_stock: number; readonly sold_stock: number }
  readonly payment_disputed: { readonly refundable_minor: number }
  readonly refund_over_payment: { readonly refundable_minor: number }
  readonly restock_over_order: { readonly restockable_qty: number }
  /** `role`: the role that the route asks for. */
  readonly role_required: { readonly role: "viewer" | "support" | "manager" | "owner" }
  /** `most_operators`: how many operators can be enabled. */
  readonly too_many_operators: { readonly most_operators: number }
  readonly too_many_endpoints: { readonly most_endpoints: number }
}

/** The refusals without members of their own. */
type PlainCode =
  | "malformed_request"
  | "unauthorized"
  | "mail_code_invalid"
  | "mail_codes_off"
  | "challenge_failed"
  | "invalid_signature"
  | "forbidden"
  | "product_not_found"
  | "hold_not_found"
  | "order_not_found"
  | "refund_not_found"
  | "dispute_not_found"
  | "payment_event_not_found"
  | "webhook_endpoint_not_found"
  | "operator_not_found"
  | "access_code_not_found"
  | "operator_disabled"
  | "operator_enabled"
  | "operator_name_used"
  | "mail_not_found"
  | "webhook_delivery_not_found"
  | "route_not_found"
  | "shop_changed"
  | "content_changed"
  | "sale_paused"
  | "details_erased"
  | "hold_released"
  | "hold_expired"
  | "order_not_pending"
  | "order_expired"
  | "order_not_paid"
  | "refund_not_open"
  | "body_too_large"
  | "unsupported_media_type"
  | "customer_required"
  | "variant_required"
  | "restock_lines_required"
  | "idempotency_key_reused"
  | "payment_refused"
  | "provider_unavailable"
  | "rate_limited"
  | "internal_error"
  | "overloaded"
  | "unavailable"

/** Why the server refused. A newer server may send other codes, so a `switch` needs a `default`. */
export type ProblemCode = keyof ProblemMembers | PlainCode

/** The RFC 9457 problem document of one code. */
export type ProblemOf<Code extends ProblemCode> = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** The address of the request. */
  readonly instance: string
  readonly code: Code
  /** The request's id in the server's log. */
  readonly request_id: string
} & (Code extends keyof ProblemMembers ? ProblemMembers[Code] : unknown)

/** Any problem document; its `code` tells which members it has. */
export type ProblemDocument = { [Code in ProblemCode]: ProblemOf<Code> }[ProblemCode]

/** A refusal by the server. `switch (error.problem.code)` narrows `error.problem` to the members of that code. */
export class ProblemError extends Error {
  override readonly name = "ProblemError"
  readonly problem: ProblemDocument
  readonly code: ProblemCode
  readonly status: number
  /** `Retry-After` in milliseconds; null: the answer had none. */
  readonly retryAfterMs: number | null

  constructor(problem: ProblemDocument, retryAfterMs: number | null) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`)
    this.problem = problem
    this.code = problem.code
    this.status = problem.status
    this.retryAfterMs = retryAfterMs
  }
}

/** True if an answer's body is a problem document. */
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
