import { Type, type Static } from "typebox"
import { decimalAmount } from "../domain/money.ts"
import { isWithheld, refundName, type Refund } from "../domain/refund.ts"
import { isoTime } from "../domain/time.ts"
import { RestockLines } from "./lines.ts"
import { Id, LARGEST_ID, LARGEST_QUANTITY, Time, body, oneOf, orNull } from "./fields.ts"

/** A refund. */
export const RefundWire = Type.Object({
  refund_id: Type.String({ description: "The order's id and the refund's number, such as 17-1" }),
  order_id: Id,
  product_id: Id,
  provider: Type.String(),
  payment_id: orNull<string>("string"),
  amount_minor: Type.Integer(),
  amount: Type.String(),
  currency: Type.String(),
  reason: oneOf([
    "amount_too_low",
    "amount_too_high",
    "elsewhere",
    "wrong_currency",
    "second_payment",
    "paid_too_late",
    "sale_over",
    "customer_limit_reached",
    "access_code_used_up",
    "sold_out",
    "units_not_available",
    "requested",
  ]),
  restock_qty: Type.Integer(),
  status: oneOf(["due", "sent", "confirmed", "failed", "withheld"]),
  not_before: Time,
  attempts: Type.Integer(),
  last_error: orNull<string>("string"),
  provider_refund_id: orNull<string>("string"),
  created_at: Time,
  updated_at: Time,
})

/** The JSON of a refund. */
export type RefundJson = Static<typeof RefundWire>

/** The refunds of an order. */
export const RefundList = Type.Object({ data: Type.Array(RefundWire) })

/** The request to refund money of an order, to restock units of it, or both. */
export const RefundBody = body({
  amount_minor: Type.Optional(
    orNull<number>("integer", {
      minimum: 0,
      maximum: LARGEST_ID,
      description: "The money to refund; null: all that is left of the payment; not given: none",
    }),
  ),
  restock_qty: Type.Optional(Type.Integer({ minimum: 0, maximum: LARGEST_QUANTITY })),
  restock_lines: Type.Optional(RestockLines),
})

/** Makes the JSON of a refund. */
export function refundJson(refund: Refund): RefundJson {
  return {
    ...refundEventJson(refund),
    status: isWithheld(refund) ? "withheld" : refund.status,
    attempts: refund.attempts,
    last_error: refund.lastError,
    provider_refund_id: refund.providerRefundId,
    updated_at: isoTime(refund.updatedAt),
  }
}

/** Makes the JSON of a refund in an outgoing event, without the fields that change while the refund is being sent. */
export function refundEventJson(refund: Refund) {
  return {
    refund_id: refundName(refund.orderId, refund.number),
    order_id: refund.orderId,
    product_id: refund.productId,
    provider: refund.provider,
    payment_id: refund.paymentId,
    amount_minor: refund.amountMinor,
    amount: decimalAmount(refund.amountMinor, refund.currency),
    currency: refund.currency,
    reason: refund.reason,
    restock_qty: refund.restockQty,
    not_before: isoTime(refund.notBefore),
    created_at: isoTime(refund.createdAt),
  }
}
