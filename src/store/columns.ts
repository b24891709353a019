import type { Claimed } from "../domain/claims.ts"
import type { WantedLine } from "../domain/lines.ts"
import type { ShopFields } from "../domain/shop-fields.ts"
import { isoTime, type Instant } from "../domain/time.ts"

/** Column lists that select each column under the name of its field in the domain, so that a row is a domain object. */

export const productColumns = `
  id, stock, held, sold, version, currency, name, description, collect, sku,
  coalesce(status_paused, phases_paused, variants_paused, paused) as paused,
  phases,
  coalesce(status, 'listed') as status,
  coalesce(stock_display, 'exact') as "stockDisplay",
  coalesce(customer, 'any') as customer,
  price_minor as "priceMinor",
  opens_at as "opensAt",
  closes_at as "closesAt",
  max_per_hold as "maxPerHold",
  max_per_customer as "maxPerCustomer",
  hold_ttl_seconds as "holdTtlSeconds",
  image_url as "imageUrl",
  external_id as "externalId",
  created_at as "createdAt",
  updated_at as "updatedAt"`

/** The product's variants, in a statement that locks nothing: a locking one would read them as they were before its wait. */
export const variantsColumn = `
  case when variants_version is not null then (
    select jsonb_agg(variants_json.variant order by variants_json.position, variants_json.id)
      from (select id, position, jsonb_build_object(
                     'id', id, 'name', name, 'sku', sku, 'options', options, 'position', position,
                     'imageUrl', image_url, 'imageAlt', image_alt, 'priceMinor', price_minor, 'maxPerHold', max_per_hold,
                     'enabled', enabled, 'stock', stock, 'held', held, 'sold', sold) as variant
              from variants
             where variants.product_id = products.id) as variants_json) end as variants`

export const holdColumns = `
  id, qty, status,
  product_id as "productId",
  expires_at as "expiresAt",
  created_at as "createdAt",
  ended_at as "endedAt",
  customer_id as "customerId", claimants,
  unit_price_minor as "unitPriceMinor",
  currency,
  case when lines is not null then lines
       when variant_id is not null then jsonb_build_array(jsonb_build_object(
         'variantId', variant_id, 'qty', qty, 'unitPriceMinor', unit_price_minor)) end as lines,
  reference, metadata`

export const orderColumns = `
  id, currency, status, origin, late,
  quantity as qty,
  product_id as "productId",
  hold_id as "holdId",
  customer_id as "customerId", claimants,
  unit_price_minor as "unitPriceMinor",
  total_minor as "totalMinor",
  expires_at as "expiresAt",
  paid_at as "paidAt",
  restocked_qty as "restockedQty",
  refund_count as "refundCount",
  payment_attempts as "paymentAttempts",
  case when attempt_provider is not null
       then jsonb_build_object('provider', attempt_provider, 'paymentId', attempt_payment_id) end as attempt,
  awaited, reference, metadata, language,
  missing_details as "missingDetails",
  case when lines is not null then lines
       when variant_id is not null then jsonb_build_array(jsonb_build_object(
         'variantId', variant_id, 'qty', quantity, 'unitPriceMinor', unit_price_minor,
         'restockedQty', restocked_qty)) end as lines,
  created_at as "createdAt",
  updated_at as "updatedAt"`

/**
 * What views of an order show besides its row: the buyer's details (null: none are given, or they were erased), and what of
 * the payment that pays it was refunded.
 */
export const orderViewColumns = `
  case when refund_count > 0 then (
    select p.refunded_minor
      from payments as p
     where p.product_id = orders.product_id
       and p.order_id = orders.id
       and p.allocation = 'order') else 0 end as "refundedMinor",
  (select jsonb_build_object(
            'email', d.email, 'name', d.name, 'phone', d.phone,
            'shippingAddress', d.shipping_address, 'answers', d.answers)
     from order_details as d
    where d.product_id = orders.product_id
      and d.order_id = orders.id
      and d.erased_at is null) as details`

/**
 * The row stays, empty, so that a request under way does not write the details again. No stored event and no record of
 * a request has them; a mail's error may ({@link forgetMailErrors}).
 */
export const erasedDetails = `
  email = null,
  name = null,
  phone = null,
  shipping_address = null,
  answers = '{}',
  awaited = false,
  erased_at = clock_timestamp(),
  updated_at = clock_timestamp()`

/**
 * Forgets what mail servers have answered about the mails of the orders in `erased`, because such answers often quote the
 * recipient. It also ends the lease of a mail that is under way, so that its answer is not noted afterwards.
 */
export const forgetMailErrors = `
          update mails
             set last_error = null,
                 not_before = case when status = 'due' then clock_timestamp() else not_before end
            from erased
           where mails.order_id = erased.order_id
             and mails.product_id = erased.product_id
             and (mails.status = 'due' or mails.last_error is not null)`

/** The buyer's details as the API shows them, for an event of the order that its body names. */
export const sentDetails = `
  (select jsonb_build_object(
            'email', d.email, 'name', d.name, 'phone', d.phone,
            'shipping_address', case when d.shipping_address is not null then jsonb_build_object(
              'line1', d.shipping_address -> 'line1', 'line2', d.shipping_address -> 'line2',
              'city', d.shipping_address -> 'city', 'region', d.shipping_address -> 'region',
              'postal_code', d.shipping_address -> 'postalCode', 'country', d.shipping_address -> 'country') end,
            'answers', d.answers)
     from order_details as d
    where d.product_id = outbox.product_id
      and d.order_id = (outbox.body::jsonb -> 'data' ->> 'order_id')::bigint
      and d.erased_at is null)`

/**
 * Which events go to an endpoint `e` that has not chosen any. Requests for codes do not: an endpoint that gets every event has
 * not asked for addresses of buyers.
 */
export const wantedUnasked = "v.type <> 'customer.code_requested'"

/** The open code that the event in `outbox` is about, for its message; null: it has ended. */
export const sentCode = `
  (select jsonb_build_object(
            'customerId', c.mailbox, 'email', c.email, 'language', c.language, 'seed', c.seed,
            'endsAt', (extract(epoch from c.ends_at) * 1000)::bigint)
     from mail_codes as c
    where c.mailbox = outbox.body::jsonb -> 'data' ->> 'customer_id'
      and c.ends_at > clock_timestamp())`

export const eventColumns = `
  dispute_id as "disputeId",
  provider, key, fingerprint, kind, currency, quantity, outcome, late,
  order_id as "orderId",
  payment_id as "paymentId",
  amount_minor as "amountMinor",
  hold_id as "holdId",
  product_id as "productId",
  applied_order_id as "appliedOrderId",
  order_status as "orderStatus",
  received_at as "receivedAt",
  applied_at as "appliedAt",
  returned_at as "returnedAt"`

/** The most characters of a message in a list: a page of whole messages could have a hundred megabytes. */
const SHOWN_OF_MESSAGE = 4_000

/** The message that is kept of an event; null: there is none. One that is cut ends in `…`, which no JSON does. */
export const messageColumn = `
  (select left(m.message, ${SHOWN_OF_MESSAGE})
          || case when octet_length(m.message) > octet_length(left(m.message, ${SHOWN_OF_MESSAGE}))
                  then '…' else '' end
     from payment_messages as m
    where m.provider = payment_events.provider
      and m.key = payment_events.key) as message`

export const paymentColumns = `
  provider, currency, allocation,
  product_id as "productId",
  order_id as "orderId",
  event_key as "eventKey",
  payment_id as "paymentId",
  amount_minor as "amountMinor",
  refunded_minor as "refundedMinor",
  disputed_minor as "disputedMinor",
  received_at as "receivedAt"`

export const refundColumns = `
  number, provider, currency, reason, status, attempts,
  product_id as "productId",
  order_id as "orderId",
  event_key as "eventKey",
  payment_id as "paymentId",
  amount_minor as "amountMinor",
  restock_qty as "restockQty",
  not_before as "notBefore",
  last_error as "lastError",
  provider_refund_id as "providerRefundId",
  reversals,
  created_at as "createdAt",
  updated_at as "updatedAt"`

export const disputeColumns = `
  provider, currency, status,
  product_id as "productId",
  order_id as "orderId",
  dispute_id as "disputeId",
  event_key as "eventKey",
  payment_id as "paymentId",
  amount_minor as "amountMinor",
  held_minor as "heldMinor",
  created_at as "createdAt",
  updated_at as "updatedAt"`

/** The secrets with which a webhook endpoint's messages are signed, the newest first. `endpoint`: the name of its row. */
export function validSecrets(endpoint: string): string {
  return `
             array_remove(array[
               ${endpoint}.secret,
               case when ${endpoint}.previous_secret_until > clock_timestamp() then ${endpoint}.previous_secret end],
               null)`
}

/** Writes numbers as a PostgreSQL array. The driver's own conversion searches each value for quotes, which is slow. */
export function numbers(values: readonly (number | null)[]): string {
  return `{${values.map((value) => value ?? "null").join()}}`
}

/** Writes timestamps as a PostgreSQL array. */
export function timestamps(values: readonly (Instant | null)[]): string {
  return `{${values.map((value) => (value === null ? "null" : isoTime(value))).join()}}`
}

/** The lines of a hold or order in its row: the variant's id where there is one line, JSON where there are several. */
export function variantIdColumn({ lines }: { readonly lines: readonly WantedLine[] | null }): number | null {
  return lines?.length === 1 ? (lines[0]?.variantId ?? null) : null
}

/** See {@link variantIdColumn}. */
export function linesColumn({ lines }: { readonly lines: readonly WantedLine[] | null }): string | null {
  return lines !== null && lines.length > 1 ? JSON.stringify(lines) : null
}

/** The claims of a hold or order besides its customer's, as JSON text. */
export function claimantsColumn({ claimants }: Claimed): string | null {
  return claimants === null ? null : JSON.stringify(claimants)
}

/** The shop's metadata of a hold or order as JSON text. */
export function metadataColumn({ metadata }: ShopFields): string | null {
  return metadata === null ? null : JSON.stringify(metadata)
}

/**
 * The form in which e-mail addresses are compared: capital and small letters of ASCII are the same, and no others, in every
 * database. What else a language counts as the same letter can belong to the address of somebody else.
 */
export function sameEmail(expression: string): string {
  return `lower(${expression} collate "C")`
}
