import { Type, type Static } from "typebox"
import { isNothing, type Details } from "../domain/details.ts"
import { decimalAmount } from "../domain/money.ts"
import type { Order } from "../domain/order.ts"
import { isoTime, isoTimeOrNull } from "../domain/time.ts"
import { DetailsBody, DetailsWire, detailsJson } from "./details.ts"
import { OrderLineWire, orderLineJson, variantIdOf } from "./lines.ts"
import { shopFieldsBody, shopFieldsJson, shopFieldsWire } from "./shop-fields.ts"
import { Id, LanguageTag, Time, body, listOf, oneOf, orNull, timeOrNull } from "./fields.ts"

/** Every status of an order. */
export const orderStatuses = ["pending_payment", "paid", "cancelled", "expired", "refunded"] as const

const orderFields = {
  hold_id: Id,
  product_id: Id,
  quantity: Type.Integer(),
  unit_price: orNull<string>("string", { description: "null: the prices of its lines differ" }),
  total_price: Type.String(),
  total_minor: Type.Integer(),
  currency: Type.String(),
  status: oneOf(orderStatuses),
  payment_attempts: Type.Integer({ description: "How often the buyer has started to pay" }),
  late: Type.Boolean({
    description:
      "True: the order was paid after it had expired or been cancelled, with units that were still available",
  }),
  restocked_qty: Type.Integer({ description: "How many units of the order are back on sale" }),
  refunded_minor: Type.Optional(
    Type.Integer({
      description:
        "What of its payment was refunded, also while the refund is under way; only where an order is read, and where it is not 0",
    }),
  ),
  after_purchase: Type.Optional(
    Type.String({
      description:
        "What the product says to buyers who have paid; only where an order that is paid is read, in the language of `lang`, of the order, or of the product",
    }),
  ),
  expires_at: Time,
  paid_at: timeOrNull,
  created_at: Time,
  updated_at: Time,
  customer_id: orNull<string>("string"),
  variant_id: Type.Optional(Id),
  lines: Type.Optional(Type.Array(OrderLineWire)),
  ...shopFieldsWire,
  details: Type.Optional(DetailsWire),
  missing_details: Type.Optional(
    Type.Array(Type.String(), {
      description:
        "JSON pointers to required details that are missing; no payment can be opened until they are given",
    }),
  ),
  language: Type.Optional(
    Type.String({
      description: "The language in which the buyer has ordered; absent if the request has not said it",
    }),
  ),
}

/** An order. */
export const OrderWire = Type.Object({ order_id: Id, ...orderFields })

/** The JSON of an order. */
export type OrderJson = Static<typeof OrderWire>

/** An order in the envelope of the path-style routes. */
export const PathOrderWire = Type.Object({
  message: Type.String(),
  success: Type.Boolean(),
  order: Type.Object({ id: Id, ...orderFields }),
})

/** One page of orders. */
export const OrderList = listOf(OrderWire)

/** The request to make an order from a hold. */
export const OrderBody = body({
  hold_id: Id,
  details: Type.Optional(DetailsBody),
  language: Type.Optional(
    Type.String({
      ...LanguageTag,
      description:
        "The buyer's language, such as `de` or `de-CH`, in which mails about the order are written",
    }),
  ),
  ...shopFieldsBody,
})

/** Makes the JSON of an order for its owner and for the shop. `details` null: none are given, or they were erased. */
export function ownOrderJson(order: Order, details: Details | null): OrderJson {
  return {
    ...orderJson(order),
    ...(details !== null && !isNothing(details) && { details: detailsJson(details) }),
    ...(order.missingDetails !== null && { missing_details: [...order.missingDetails] }),
  }
}

/** Makes the JSON of an order that was read, with what of its payment was refunded. */
export function orderViewJson(
  order: Order & { details: Details | null; refundedMinor: number | null },
): OrderJson {
  const { refundedMinor } = order
  return {
    ...ownOrderJson(order, order.details),
    ...(refundedMinor !== null && refundedMinor > 0 && { refunded_minor: refundedMinor }),
  }
}

/** Makes the JSON of an order for outgoing events, which say nothing of the buyer. */
export function orderJson(order: Order): OrderJson {
  return {
    order_id: order.id,
    hold_id: order.holdId,
    product_id: order.productId,
    quantity: order.qty,
    unit_price: order.unitPriceMinor === null ? null : decimalAmount(order.unitPriceMinor, order.currency),
    total_price: decimalAmount(order.totalMinor, order.currency),
    total_minor: order.totalMinor,
    currency: order.currency,
    status: order.status,
    late: order.late,
    restocked_qty: order.restockedQty,
    payment_attempts: order.paymentAttempts,
    expires_at: isoTime(order.expiresAt),
    paid_at: isoTimeOrNull(order.paidAt),
    created_at: isoTime(order.createdAt),
    updated_at: isoTime(order.updatedAt),
    customer_id: order.customerId,
    ...linesJson(order),
    ...shopFieldsJson(order),
    ...(order.language !== null && { language: order.language }),
  }
}

/** Nothing for an order of a product without variants. */
function linesJson({ lines, currency }: Order): Pick<OrderJson, "variant_id" | "lines"> {
  if (lines === null) return {}
  return { ...variantIdOf(lines), lines: lines.map((line) => orderLineJson(line, currency)) }
}
