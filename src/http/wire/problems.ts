import type { FastifyReply } from "fastify"
import type { Role } from "../../domain/operator.ts"
import type { Refusal } from "../../domain/refusals.ts"
import type { LaneRefusal } from "../../lanes/lane.ts"
import type { OperatorRefusal } from "../../store/reads/operator-changes.ts"
import { members } from "./problem-members.ts"

/** Refusals of the HTTP layer itself. */
export type RequestRefusal =
  | { readonly code: "malformed_request"; readonly detail?: string }
  | { readonly code: "body_too_large" }
  | { readonly code: "unsupported_media_type" }
  | { readonly code: "unauthorized" }
  | { readonly code: "customer_token_invalid"; readonly because: "malformed" | "signature" | "expired" }
  | { readonly code: "mail_code_invalid" }
  | { readonly code: "mail_codes_off" }
  | { readonly code: "challenge_failed" }
  | { readonly code: "forbidden"; readonly detail?: string }
  | { readonly code: "role_required"; readonly role: Role }
  | OperatorRefusal
  | { readonly code: "invalid_signature"; readonly detail: string }
  | { readonly code: "route_not_found" }
  /** The path does not have the id of a variant. */
  | { readonly code: "variant_not_found"; readonly variantId?: undefined }
  | { readonly code: "payment_event_not_found" }
  | { readonly code: "dispute_not_found" }
  | { readonly code: "webhook_endpoint_not_found" }
  | { readonly code: "webhook_delivery_not_found" }
  | { readonly code: "access_code_not_found" }
  | { readonly code: "mail_not_found" }
  | { readonly code: "shop_changed" }
  | { readonly code: "content_changed" }
  | { readonly code: "too_many_endpoints"; readonly mostEndpoints: number }
  | { readonly code: "invalid_request"; readonly errors: readonly FieldError[] }
  | { readonly code: "payment_refused" }
  | { readonly code: "provider_unavailable" }
  | { readonly code: "rate_limited"; readonly detail?: string }
  | { readonly code: "internal_error" }

/** What is wrong with one field, named by a JSON pointer into the body. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

/** Every refusal of the domain, the lanes and the HTTP layer. */
export type AnyRefusal = Refusal | LaneRefusal | RequestRefusal

interface Problem {
  readonly status: number
  /** The code on the wire, where it differs from the refusal's code. */
  readonly code?: string
  readonly title: string
}

/** The status and title of each refusal. The only such table. */
export const problems: Readonly<Record<AnyRefusal["code"], Problem>> = {
  malformed_request: { status: 400, title: "Malformed request" },
  unauthorized: { status: 401, title: "A valid admin or operator token is required" },
  customer_token_required: { status: 401, title: "A hold needs a Customer-Token" },
  customer_token_invalid: { status: 401, title: "The Customer-Token is not valid" },
  invalid_signature: { status: 401, title: "Invalid signature" },
  forbidden: { status: 403, title: "Forbidden for this caller" },
  role_required: { status: 403, title: "The operator's role does not allow this" },
  product_not_found: { status: 404, title: "No such product" },
  variant_not_found: { status: 404, title: "No such variant of this product or order" },
  hold_not_found: { status: 404, title: "No such hold" },
  order_not_found: { status: 404, title: "No such order" },
  route_not_found: { status: 404, title: "No such route" },
  payment_event_not_found: { status: 404, title: "No such payment is waiting for an order" },
  dispute_not_found: { status: 404, title: "No such dispute of this order" },
  webhook_endpoint_not_found: { status: 404, title: "No such webhook endpoint" },
  access_code_not_found: { status: 404, title: "No such access code of this product" },
  operator_not_found: { status: 404, title: "No such operator" },
  mail_not_found: { status: 404, title: "No such mail of this order" },
  webhook_delivery_not_found: { status: 404, title: "No such delivery of this endpoint" },
  refund_not_found: { status: 404, title: "No such refund" },
  order_unknown: { status: 404, code: "order_not_found", title: "No such order" },
  mail_codes_off: { status: 409, title: "This server cannot send codes" },
  out_of_stock: { status: 409, title: "Not enough units are available" },
  sale_not_open: { status: 409, title: "The sale has not started" },
  sale_paused: { status: 409, title: "The sale is paused" },
  variant_disabled: { status: 409, title: "The variant is not on sale" },
  product_in_use: { status: 409, title: "Units of the product are held or sold without a variant" },
  too_many_variants: { status: 409, title: "Too many variants" },
  stock_over_limit: { status: 409, title: "The variants have too many units together" },
  hold_already_used: { status: 409, title: "The hold was already used for an order" },
  details_required: { status: 409, title: "Details of the buyer are missing" },
  details_erased: { status: 409, title: "The buyer's details were erased" },
  hold_released: { status: 409, title: "The hold was released" },
  order_not_pending: { status: 409, title: "The order is no longer waiting for payment" },
  stock_changed: { status: 409, title: "The stock differs from the expected value" },
  stock_in_use: { status: 409, title: "Stock cannot be set below the units already held and sold" },
  customer_limit_reached: { status: 409, title: "The customer has reached the limit for this product" },
  access_required: { status: 403, title: "This buyer may not buy this product now" },
  access_code_unknown: { status: 403, title: "No such access code of this product" },
  access_code_used_up: { status: 409, title: "The access code has too few units left" },
  too_many_open_holds: { status: 409, title: "Too many units are held and not paid" },
  order_not_paid: { status: 409, title: "The order has not been paid" },
  payment_refused: { status: 409, title: "The payment provider refuses this payment" },
  payment_disputed: { status: 409, title: "The buyer's bank has disputed the payment" },
  refund_over_payment: { status: 409, title: "Refund exceeds what is left of the payment" },
  restock_over_order: { status: 409, title: "Restock exceeds the order's units that are not yet restocked" },
  refund_not_open: { status: 409, title: "The refund's status does not allow this" },
  too_many_endpoints: { status: 409, title: "Too many webhook endpoints" },
  operator_disabled: { status: 409, title: "The operator is disabled" },
  operator_enabled: { status: 409, title: "The operator is enabled" },
  operator_name_used: { status: 409, title: "An operator has or had this name" },
  too_many_operators: { status: 409, title: "Too many operators" },
  event_key_reused: {
    status: 409,
    code: "idempotency_key_reused",
    title: "Event key reused with different content",
  },
  hold_expired: { status: 410, title: "The hold has expired" },
  order_expired: { status: 410, title: "The order has expired" },
  sale_closed: { status: 410, title: "The sale is over" },
  shop_changed: { status: 412, title: "The shop's settings have changed since they were read" },
  content_changed: {
    status: 412,
    title: "The product's pictures and texts have changed since they were read",
  },
  body_too_large: { status: 413, title: "Request body too large" },
  unsupported_media_type: { status: 415, title: "The request body must be application/json" },
  invalid_request: { status: 422, title: "The request does not match its schema" },
  details_invalid: {
    status: 422,
    code: "invalid_request",
    title: "The product does not accept these details",
  },
  invalid_sale_window: { status: 422, code: "invalid_request", title: "A sale must open before it closes" },
  nothing_to_refund: {
    status: 422,
    code: "invalid_request",
    title: "A refund needs money, units or both",
  },
  metadata_over_limit: {
    status: 422,
    code: "invalid_request",
    title: "The order's metadata exceeds its limits",
  },
  customer_not_signed: {
    status: 422,
    code: "invalid_request",
    title: "The product is sold to customers with a Customer-Token",
  },
  variant_required: { status: 422, title: "This product is sold by variant" },
  restock_lines_required: { status: 422, title: "The order has several lines" },
  mail_code_invalid: { status: 422, title: "The code is not valid" },
  challenge_failed: { status: 422, title: "The challenge was not solved" },
  quantity_over_limit: { status: 422, title: "Quantity exceeds the limit per hold" },
  customer_required: { status: 422, title: "This product requires a customer_id" },
  idempotency_key_reused: { status: 422, title: "Idempotency-Key reused with a different request" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal_error: { status: 500, title: "Internal error" },
  overloaded: { status: 503, title: "Too many requests waiting" },
  provider_unavailable: { status: 503, title: "The payment provider is not answering" },
  unavailable: { status: 503, title: "The database is not available" },
}

/** Seconds a client should wait after a 503. */
const RETRY_AFTER_SECONDS = 1

/** Answers a refusal as RFC 9457 `application/problem+json`. */
export function refuse(reply: FastifyReply, refusal: AnyRefusal): FastifyReply {
  const { status } = problems[refusal.code]
  const { url, id } = reply.request
  const query = url.indexOf("?")
  const { start, middle, end } = textOf(refusal)
  const instance = JSON.stringify(query === -1 ? url : url.slice(0, query))
  if (status === 503) void reply.header("retry-after", String(RETRY_AFTER_SECONDS))
  if (refusal.code === "unauthorized") void reply.header("www-authenticate", "Bearer")
  return reply
    .code(status)
    .headers({
      "cache-control": "no-store",
      "content-type": "application/problem+json; charset=utf-8",
      "x-request-id": id,
    })
    .send(`${start}${instance}${middle}${id}${end}`)
}

/** A problem document without the two parts that differ between requests: the request's path and its id. */
interface ProblemText {
  readonly start: string
  readonly middle: string
  readonly end: string
}

/** The gate refuses a whole crowd with one and the same object, so its text is made once. */
const texts = new WeakMap<AnyRefusal, ProblemText>()

function textOf(refusal: AnyRefusal): ProblemText {
  if (refusal.code !== "out_of_stock") return writeText(refusal)
  const known = texts.get(refusal)
  if (known !== undefined) return known
  const text = writeText(refusal)
  texts.set(refusal, text)
  return text
}

/** Request ids are inserted as they are: they contain no character that JSON escapes. */
function writeText(refusal: AnyRefusal): ProblemText {
  const { status, code = refusal.code, title } = problems[refusal.code]
  const type = `urn:doorbuster:problem:${code}`
  const detail = "detail" in refusal && refusal.detail !== undefined ? refusal.detail : title
  const more = JSON.stringify(members(refusal)).slice(1, -1)
  return {
    start: `${JSON.stringify({ type, title, status, detail }).slice(0, -1)},"instance":`,
    middle: `,"code":"${code}","request_id":"`,
    end: more === "" ? `"}` : `",${more}}`,
  }
}

/** Longest reason in a line of the log, in characters. */
const REASON_LENGTH = 300

/** Reads the reason of a refusal from the text of its problem document, for a line of the log. */
export function reasonIn(payload: unknown): string | undefined {
  if (typeof payload !== "string") return undefined
  try {
    const { code, detail, errors } = JSON.parse(payload) as {
      code?: unknown
      detail?: unknown
      errors?: readonly FieldError[]
    }
    const details = errors?.map((error) => `${error.pointer} ${error.detail}`.trim()) ?? [String(detail)]
    return `${String(code)}: ${details.join("; ")}`.slice(0, REASON_LENGTH)
  } catch {
    return undefined
  }
}
