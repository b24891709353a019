import { Type, type Static } from "typebox"
import { OrderWire } from "../../wire/order.ts"
import { DisputeWire } from "../../wire/dispute.ts"
import { Id, Label, Time, body, listOf, oneOf, orNull, timeOrNull } from "../../wire/fields.ts"
import { RefundWire } from "../../wire/refund.ts"

/* The JSON of payments, payment events and the money inbox. */

export const paymentOutcomes = [
  "paid",
  "cancelled",
  "disputed",
  "ignored_final",
  "refund_due",
  "parked",
] as const
export const paymentAllocations = ["order", "refund_due"] as const

export const PaymentAnswer = Type.Object({
  message: Type.String(),
  processed: Type.Boolean({ description: "False while the event is parked" }),
  duplicate: Type.Boolean(),
  order_id: orNull<number>("integer", {
    description: "The id of the order; null: the message could not be understood",
  }),
  status: orNull<string>("string", { description: "The order's status; null while the event is parked" }),
  // This webhook reports payments only, never disputes.
  outcome: oneOf<(typeof paymentOutcomes)[number]>(
    paymentOutcomes.filter((outcome) => outcome !== "disputed"),
  ),
  late: Type.Optional(
    Type.Literal(true, {
      description: "Present if the payment paid an order that had already expired or been cancelled",
    }),
  ),
  errors: Type.Optional(
    Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }), {
      description: "Why the message could not be understood. Such a message waits in the money inbox",
    }),
  ),
})

export const ProviderAnswer = Type.Object({
  message: Type.String(),
  taken: Type.Integer({
    description: "How many events of the message concern orders or refunds of this shop",
  }),
})

const message = orNull<string>("string", {
  description:
    "The text of the message; null, unless the message has unknown fields or could not be understood. Of a longer text, the first 4,000 characters and `…`",
})

const StrayPaymentWire = Type.Object({
  provider: Type.String(),
  key: Type.String(),
  order_id: orNull<number>("integer", {
    description:
      "The id of the order that the payment names and that does not exist; null: the message could not be understood",
  }),
  payment_id: orNull<string>("string"),
  amount_minor: orNull<number>("integer"),
  currency: orNull<string>("string"),
  received_at: Time,
  returned_at: timeOrNull,
  message,
})

export const MoneyInboxEntry = Type.Object({
  kind: oneOf(["payment_without_order", "refund", "dispute", "details_missing"]),
  why: Type.String({ description: "The reason in words, for an operator" }),
  actions: Type.Array(
    Type.Object({
      name: oneOf(["retry", "confirm", "assign", "returned", "won", "lost"]),
      href: Type.String({
        description:
          "The path to which `body` is sent with POST; for `assign`, add an `order_id` to the body",
      }),
      body: Type.Union([
        Type.Object({ provider: Type.String(), key: Type.String() }),
        Type.Object({ provider: Type.String(), dispute_id: Type.String() }),
        Type.Null(),
      ]),
    }),
  ),
  payment_event: Type.Union([StrayPaymentWire, Type.Null()]),
  refund: Type.Union([RefundWire, Type.Null()]),
  dispute: Type.Union([DisputeWire, Type.Null()]),
  order: Type.Optional(OrderWire),
})

export const MoneyInbox = Type.Object({
  data: Type.Array(MoneyInboxEntry),
  has_more: Type.Boolean(),
  next_cursor: orNull<string>("string"),
})

export const PaymentWire = Type.Object({
  provider: Type.String(),
  event_key: Type.String({ description: "The key of the payment event that reported the payment" }),
  payment_id: orNull<string>("string"),
  order_id: Id,
  product_id: Id,
  amount_minor: Type.Integer(),
  amount: Type.String(),
  currency: Type.String(),
  allocation: oneOf(paymentAllocations),
  refunded_minor: Type.Integer({
    description: "How much of the payment has been refunded or is to be refunded",
  }),
  disputed_minor: Type.Integer({
    description: "How much of the payment is disputed or was lost in a dispute",
  }),
  received_at: Time,
})

export const PaymentEventWire = Type.Object({
  provider: Type.String(),
  key: Type.String(),
  kind: oneOf(["succeeded", "failed", "cancelled", "dispute_opened", "dispute_won", "dispute_lost"]),
  dispute_id: orNull<string>("string"),
  order_id: orNull<number>("integer", {
    description:
      "The id of the order that the event names; null for events about disputes, 0 for messages that could not be understood",
  }),
  payment_id: orNull<string>("string"),
  amount_minor: orNull<number>("integer"),
  currency: orNull<string>("string"),
  outcome: oneOf(paymentOutcomes),
  late: Type.Boolean(),
  applied_order_id: orNull<number>("integer"),
  received_at: Time,
  applied_at: timeOrNull,
  returned_at: timeOrNull,
})

export const PaymentList = listOf(PaymentWire)

export const ListedPaymentEventWire = Type.Object({ ...PaymentEventWire.properties, message })

export const PaymentEventList = listOf(ListedPaymentEventWire)

export const PaymentAttemptBody = body({
  provider: Type.Optional(Label),
  payment_id: Type.Optional(Label),
})

export const OpenedPaymentWire = Type.Object({
  provider: Type.String(),
  payment_id: Type.String(),
  client_secret: Type.String({ description: "Secret for the provider's script on the buyer's page" }),
})

export const PaymentLinkWire = Type.Object({
  url: Type.String({ description: "Address of the shop's payment page for this order, signed" }),
  expires_at: Time,
})

export const ReturnedBody = body({ provider: Label, key: Label })

export const AssignBody = body({ provider: Label, key: Label, order_id: Id })

export type PaymentJson = Static<typeof PaymentWire>
export type PaymentEventJson = Static<typeof PaymentEventWire>
export type ListedPaymentEventJson = Static<typeof ListedPaymentEventWire>
export type MoneyInboxEntryJson = Static<typeof MoneyInboxEntry>
