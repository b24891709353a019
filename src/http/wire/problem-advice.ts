import type { AnyRefusal } from "./problems.ts"

/**
 * What a caller should do about each refusal. docs/reference/problems.md shows it; `npm run reference` writes that
 * page from here and from problems.ts. Members in backquotes are in the problem document.
 */
export const problemAdvice: Readonly<Record<AnyRefusal["code"], string>> = {
  malformed_request:
    "Send valid JSON, and a path and headers without encoding errors. `detail` says what could not be parsed.",
  unauthorized:
    "Send `Authorization: Bearer $ADMIN_TOKEN`, or the token of an operator who is not disabled. After a rotation only the new token counts.",
  role_required:
    "This needs the role `role` or a higher one: let an operator who has it do this. A key with scopes cannot use admin routes.",
  invalid_signature: "Check the signing secret, and that the sender's clock is right to within 300 seconds.",
  forbidden:
    "In open mode, call from this machine. In the control room, sign in and use its own pages. Pages of other origins need `CORS_ORIGINS`.",
  product_not_found: "Check the product's id.",
  variant_not_found:
    "Take the variant's id from `variants` of the product; for a refund, from `lines` of the order. `variant_id` is the one that was not found.",
  hold_not_found:
    "Check the id, and in closed mode the token that came with the hold. A hold that ended is removed after `HOLD_RETENTION_DAYS`.",
  order_not_found: "Check the id, and in closed mode the token that came with the hold.",
  route_not_found: "Check method and path against [the API](api.md).",
  payment_event_not_found: "Take provider and key from `GET /api/admin/money`.",
  dispute_not_found: "Take provider and dispute id from `GET /api/admin/orders/{id}/disputes`.",
  webhook_endpoint_not_found: "Check the endpoint's id, or list the endpoints.",
  operator_not_found: "Check the operator's id, or list the operators.",
  operator_disabled: "Enable the operator, which also gives it a new token.",
  operator_enabled: "Nothing to do. To replace the token of an enabled operator, rotate it.",
  operator_name_used:
    "Choose another name. A name stays used while the record of actions names an operator by it.",
  too_many_operators: "No more than `most_operators` operators can be enabled. Disable one first.",
  mail_not_found: "Take the `mail_id` from `mails` of `GET /api/admin/orders/{id}`.",
  webhook_delivery_not_found: "Check the `webhook-id`, or list the endpoint's deliveries.",
  refund_not_found: "Take the refund's id, such as `17-1`, from `GET /api/admin/orders/{id}/refunds`.",
  order_unknown: "Check the order's id.",
  out_of_stock:
    "If `retry_at` is not null, try again at that time: held units may be available again. `available_stock` says how many units are available now (absent where the shop does not show it), and `sale_state` whether all are sold. For a product with variants, `lines` says which of them lack units.",
  sale_not_open: "Try again at `opens_at`.",
  sale_paused:
    "Try again later. The shop has paused the sale; holds that exist can still be ordered and paid.",
  variant_disabled: "Choose another variant: the shop has disabled `variant_id`.",
  product_in_use:
    "Create a new product with variants. Of this one, `reserved_stock` units are held and `sold_stock` sold without a variant.",
  too_many_variants: "Put further goods under another product: a product can have `most_variants`.",
  stock_over_limit: "Give the variants less stock: together they can have `most_stock` units.",
  hold_already_used: "Go on with the order that `order_id` names.",
  details_required:
    "Ask the buyer for what `missing_details` points at, and send it with `PUT /api/orders/{id}/details`.",
  details_erased:
    "The details of this order were erased, and no new ones are stored. Keep what you still need outside Doorbuster.",
  shop_changed:
    "Read the settings again, decide anew, and send the new `ETag` in `If-Match`. Nothing was changed.",
  content_changed:
    "Read the content again, decide anew, and send the new `ETag` in `If-Match`. Nothing was changed.",
  hold_released: "Place a new hold.",
  order_not_pending: "Read the order: it was paid, refunded, cancelled or expired in the meantime.",
  stock_changed: "Read the product again and decide anew. `stock` is the current stock.",
  stock_in_use: "Set the stock to at least `reserved_stock` plus `sold_stock`.",
  customer_limit_reached: "Ask for no more than `units_left`, which may be 0.",
  access_code_not_found:
    "Check the code. Only digests are kept, so a code that is lost cannot be shown again.",
  access_required:
    "`needs` lists what the current phases need. `codes`: send an `access_code`. `group`: send a `Customer-Token` with the group. If `needs` is empty, no phase is on. `next_phase` says when the next phase begins (`from`) and what it needs (`needs`; null: everybody may buy). If `next_phase` is null, no phase follows.",
  access_code_unknown:
    "Check the `access_code`: this product has no such code, or it was revoked. After ten unknown codes within a minute a network has to wait. `next_phase` as for `access_required`, but always null from `POST /api/products/{id}/access`.",
  access_code_used_up:
    "Ask for no more than `units_left`, which may be 0, or use another code. `next_phase` as for `access_required`.",
  customer_token_required:
    "Send a `Customer-Token`. `needs` says which one: `signed`, which the shop's server signs for a customer who is signed in there, or `email`, which this server gives to a buyer who has entered a mailed code (`POST /api/customers`).",
  mail_code_invalid:
    "The code is wrong, has ended or was used, or or its five tries are used up. Ask for a new one with `POST /api/customers/codes`.",
  mail_codes_off:
    "The shop must set up a mail server, or enable a webhook endpoint for `customer.code_requested`.",
  challenge_failed:
    "Solve the challenge once more, and send its token as `challenge`. A token is valid once and for a short time.",
  customer_not_signed:
    "Leave `customer_id` out, and send a `Customer-Token`. Only the shop's own systems may name the customer of this product.",
  customer_token_invalid:
    "Get a new `Customer-Token` from the shop's server. `because` is `malformed`, `signature` (signed with no secret that is in CUSTOMER_SECRETS, or changed on its way) or `expired`. Check tokens with `doorbuster doctor --customer-token`.",
  too_many_open_holds:
    "Pay or give back what is held, or ask for no more than `units_left`. `because` says why: `unpaid`, or `lapsed` (too many units were not paid in time). Units are counted by signed customer, otherwise by network address. More can be held from `retry_at`; null: so many never can.",
  order_not_paid: "Refund only orders that a payment has paid.",
  payment_refused:
    "Do not repeat the request: the provider refuses this payment for good. Its reason is in the log: `error` of the line whose `metric` is `payment.not_opened`.",
  payment_disputed: "Refund no more than `refundable_minor`; the bank has taken the rest.",
  refund_over_payment: "Refund no more than `refundable_minor`.",
  restock_over_order: "Put no more than `restockable_qty` units back on sale.",
  refund_not_open:
    "Read the refund: it has already been sent. Only a failed or withheld refund can be retried.",
  too_many_endpoints: "No more than `most_endpoints` endpoints are allowed. Delete one first.",
  event_key_reused:
    "Use a new event key for a new event. An event that is sent again must have the same key and the same content.",
  hold_expired: "Place a new hold.",
  order_expired: "Place a new hold and make a new order.",
  sale_closed: "Nothing can be done: the sale ended at `closes_at`.",
  body_too_large: "Send at most 64 KiB.",
  unsupported_media_type: "Send `Content-Type: application/json`.",
  invalid_request: "Correct what `errors` lists: a JSON pointer and a reason for each field.",
  details_invalid:
    "Correct what `errors` lists. Read the product again: it may ask for other details than before.",
  invalid_sale_window: "Set `closes_at` after `opens_at`.",
  metadata_over_limit: "Send less `metadata` with the order or with the hold: the order keeps both.",
  nothing_to_refund: "Give `amount_minor`, `restock_qty` or both.",
  variant_required:
    "Send `variant_id` or `lines`; `variants` of the product has the ids. Set stock with the variant's own route.",
  restock_lines_required: "Say in `restock_lines` how many units of each variant are back on sale.",
  quantity_over_limit:
    "Ask for no more than `max_per_hold` units. If the refusal has a `variant_id`, the limit is that variant's.",
  customer_required:
    "Send a `customer_id`: this product has a limit per customer, or is sold to named buyers only.",
  idempotency_key_reused: "Use a new `Idempotency-Key` for a new request.",
  rate_limited:
    "Repeat the request after the number of seconds in `Retry-After`. If `detail` speaks of open streams, close one first.",
  internal_error: "Report the error. The log has its details under `request_id`.",
  overloaded: "Ask again after `Retry-After`, with the same `Idempotency-Key`.",
  provider_unavailable: "Ask again after `Retry-After`.",
  unavailable:
    "Ask again after `Retry-After`, with the same `Idempotency-Key`. A change that was requested may or may not have been made.",
}
