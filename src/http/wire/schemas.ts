import { Type, type Static, type TSchema } from "typebox"

/** Wire shapes: one schema each for checking, serialising, the API description and the types. */

/** Ids are positive and stay exact in JavaScript. */
const LARGEST_ID = Number.MAX_SAFE_INTEGER
/** Largest quantity and price whose product is still an exact integer. */
export const LARGEST_QUANTITY = 1_000_000
const LARGEST_PRICE_MINOR = 9_000_000_000
const LARGEST_STOCK = 1_000_000_000

/**
 * What text may hold: no NUL, which PostgreSQL does not keep, and no half of a surrogate pair, which
 * becomes another character on its way there, so that it would not be found again. Names of things
 * hold no control characters either.
 */
const label = "^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$"
const prose = "^[^\\u0000\\ud800-\\udfff]*$"

export const Id = Type.Integer({ minimum: 1, maximum: LARGEST_ID })
export const Quantity = Type.Integer({ minimum: 1, maximum: LARGEST_QUANTITY })
export const Label = Type.String({ minLength: 1, maxLength: 255, pattern: label })
export const Time = Type.String({ format: "date-time" })
const PriceMinor = Type.Integer({ minimum: 0, maximum: LARGEST_PRICE_MINOR })
const Stock = Type.Integer({ minimum: 0, maximum: LARGEST_STOCK })
/** An amount that somebody else tells. */
export const AmountMinor = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
export const CurrencyCode = Type.String({ pattern: "^[A-Z]{3}$" })

type PlainType = "string" | "integer"

/** A plain type or null, in a form that the serialiser turns into fast code. */
export function orNull<T>(type: PlainType, more: object = {}) {
  return Type.Unsafe<T | null>({ type: [type, "null"], ...more })
}

/** One of some words, which the types know too. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return Type.Unsafe<Word>({ type: "string", enum: [...words] })
}

/** A moment, or none. */
export const timeOrNull = orNull<string>("string", { format: "date-time" })

/** An object that allows nothing else. */
export function body<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false })
}

export const holdStatuses = ["active", "converted", "expired", "released"] as const
export const orderStatuses = ["pending_payment", "paid", "cancelled", "expired", "refunded"] as const
export const paymentOutcomes = [
  "paid",
  "cancelled",
  "disputed",
  "ignored_final",
  "refund_due",
  "parked",
] as const
export const paymentAllocations = ["order", "refund_due"] as const

export const ProductWire = Type.Object({
  id: Id,
  name: Type.String(),
  description: orNull<string>("string"),
  image_url: orNull<string>("string"),
  price: Type.String({ description: "price_minor as a decimal in the currency's digits" }),
  price_minor: Type.Integer(),
  currency: Type.String(),
  stock: Type.Integer(),
  available_stock: Type.Integer(),
  reserved_stock: Type.Integer(),
  sold_stock: Type.Integer(),
  sale_state: oneOf(["closed", "scheduled", "paused", "sold_out", "all_held", "open"]),
  opens_at: timeOrNull,
  closes_at: timeOrNull,
  max_per_hold: orNull<number>("integer"),
  max_per_customer: orNull<number>("integer"),
  hold_ttl_seconds: Type.Integer(),
  server_time: Time,
})

export const ProductList = Type.Object({
  data: Type.Array(ProductWire),
  has_more: Type.Boolean(),
  next_cursor: orNull<string>("string"),
})

const holdFields = {
  product_id: Id,
  qty: Type.Integer(),
  status: oneOf(holdStatuses),
  expires_at: Time,
  created_at: Time,
  customer_id: orNull<string>("string"),
}

export const HoldWire = Type.Object({ hold_id: Id, ...holdFields })

const token = Type.String({ description: "Proves who owns the hold and the order made from it" })

export const NewHoldWire = Type.Object({ hold_id: Id, ...holdFields, token })

/** The envelope of the path-style routes. */
export const PathHoldWire = Type.Object({
  message: Type.String(),
  success: Type.Boolean(),
  hold: Type.Object({ id: Id, ...holdFields, token }),
})

const orderFields = {
  hold_id: Id,
  product_id: Id,
  quantity: Type.Integer(),
  unit_price: Type.String(),
  total_price: Type.String(),
  total_minor: Type.Integer(),
  currency: Type.String(),
  status: oneOf(orderStatuses),
  payment_attempts: Type.Integer({ description: "how often its buyer has begun to pay" }),
  late: Type.Boolean({ description: "it was paid after its end, with units that were still there" }),
  restocked_qty: Type.Integer({ description: "how many of its units are on offer again" }),
  expires_at: Time,
  paid_at: timeOrNull,
  created_at: Time,
  updated_at: Time,
  customer_id: orNull<string>("string"),
}

export const OrderWire = Type.Object({ order_id: Id, ...orderFields })

export const PathOrderWire = Type.Object({
  message: Type.String(),
  success: Type.Boolean(),
  order: Type.Object({ id: Id, ...orderFields }),
})

export const PaymentAnswer = Type.Object({
  message: Type.String(),
  processed: Type.Boolean({ description: "false while the event is parked" }),
  duplicate: Type.Boolean(),
  order_id: orNull<number>("integer", { description: "null: the message could not be understood" }),
  status: orNull<string>("string", { description: "the order's status; null while the event is parked" }),
  // It tells of payments only, not of disputes.
  outcome: oneOf<(typeof paymentOutcomes)[number]>(
    paymentOutcomes.filter((outcome) => outcome !== "disputed"),
  ),
  late: Type.Optional(Type.Literal(true, { description: "it paid an order that had ended" })),
  errors: Type.Optional(
    Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }), {
      description: "why the message could not be understood; it is parked for the money inbox",
    }),
  ),
})

export const ProviderAnswer = Type.Object({
  message: Type.String(),
  taken: Type.Integer({ description: "what of it concerns orders and refunds here" }),
})

export const RefundWire = Type.Object({
  refund_id: Type.String({ description: "the order's id and a number" }),
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

export const RefundList = Type.Object({ data: Type.Array(RefundWire) })

export const DisputeWire = Type.Object({
  dispute_id: Type.String({ description: "the provider's name for it" }),
  order_id: Id,
  product_id: Id,
  provider: Type.String(),
  payment_id: Type.String(),
  status: oneOf(["open", "won", "lost"]),
  amount_minor: Type.Integer({ description: "what the buyer's bank claims" }),
  amount: Type.String(),
  held_minor: Type.Integer({ description: "how much of it counts as gone beside the payment's refunds" }),
  currency: Type.String(),
  created_at: Time,
  updated_at: Time,
})

export const DisputeList = Type.Object({ data: Type.Array(DisputeWire) })

export const DisputeBody = body({ provider: Label, dispute_id: Label })

const StrayPaymentWire = Type.Object({
  provider: Type.String(),
  key: Type.String(),
  order_id: orNull<number>("integer", {
    description: "the order that it names and that is not there; null: the message could not be understood",
  }),
  payment_id: orNull<string>("string"),
  amount_minor: orNull<number>("integer"),
  currency: orNull<string>("string"),
  received_at: Time,
  returned_at: timeOrNull,
})

export const MoneyInboxEntry = Type.Object({
  kind: oneOf(["payment_without_order", "refund", "dispute"]),
  why: Type.String({ description: "the reason in words, for an operator" }),
  actions: Type.Array(
    Type.Object({
      name: oneOf(["retry", "confirm", "assign", "returned", "won", "lost"]),
      href: Type.String({ description: "to be POSTed to; `assign` with an `order_id` besides" }),
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
})

export const MoneyInbox = Type.Object({
  data: Type.Array(MoneyInboxEntry),
  has_more: Type.Boolean(),
  next_cursor: orNull<string>("string"),
})

const PaymentWire = Type.Object({
  provider: Type.String(),
  event_key: Type.String({ description: "the payment event that reported it" }),
  payment_id: orNull<string>("string"),
  order_id: Id,
  product_id: Id,
  amount_minor: Type.Integer(),
  amount: Type.String(),
  currency: Type.String(),
  allocation: oneOf(paymentAllocations),
  refunded_minor: Type.Integer({ description: "how much of it has gone back or is about to" }),
  disputed_minor: Type.Integer({ description: "how much of it a bank holds back, or has taken" }),
  received_at: Time,
})

export const PaymentEventWire = Type.Object({
  provider: Type.String(),
  key: Type.String(),
  kind: oneOf(["succeeded", "failed", "cancelled", "dispute_opened", "dispute_won", "dispute_lost"]),
  dispute_id: orNull<string>("string"),
  order_id: orNull<number>("integer", { description: "the order that it names; a dispute's names none" }),
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

function listOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    data: Type.Array(item),
    has_more: Type.Boolean(),
    next_cursor: orNull<string>("string"),
  })
}

export const OrderList = listOf(OrderWire)
export const HoldList = listOf(HoldWire)
export const PaymentList = listOf(PaymentWire)
export const PaymentEventList = listOf(PaymentEventWire)

export const HoldBody = body({
  product_id: Id,
  qty: Quantity,
  customer_id: Type.Optional(Label),
})

export const PaymentAttemptBody = body({
  provider: Type.Optional(Label),
  payment_id: Type.Optional(Label),
})

export const OpenedPaymentWire = Type.Object({
  provider: Type.String(),
  payment_id: Type.String(),
  client_secret: Type.String({ description: "for the provider's script on the buyer's page" }),
})

export const OrderBody = body({ hold_id: Id })

export const RefundBody = body({
  amount_minor: Type.Optional(
    orNull<number>("integer", {
      minimum: 0,
      maximum: LARGEST_ID,
      description: "null: all that is left of the payment; none if not given",
    }),
  ),
  restock_qty: Type.Optional(Type.Integer({ minimum: 0, maximum: LARGEST_QUANTITY })),
})

export const ReturnedBody = body({ provider: Label, key: Label })

export const AssignBody = body({ provider: Label, key: Label, order_id: Id })

export const StockBody = body({ stock: Stock, expected: Stock })

const optionalTime = Type.Optional(timeOrNull)
const limit = Type.Optional(orNull<number>("integer", { minimum: 1, maximum: LARGEST_QUANTITY }))

const optionalSettings = {
  description: Type.Optional(orNull<string>("string", { maxLength: 2_000, pattern: prose })),
  image_url: Type.Optional(
    orNull<string>("string", { maxLength: 2_000, pattern: "^https?://[^\\s\\u0000\\ud800-\\udfff]+$" }),
  ),
  opens_at: optionalTime,
  closes_at: optionalTime,
  paused: Type.Optional(Type.Boolean()),
  max_per_hold: limit,
  max_per_customer: limit,
  hold_ttl_seconds: Type.Optional(orNull<number>("integer", { minimum: 1, maximum: 86_400 })),
}

export const NewProductBody = body({
  name: Label,
  price_minor: PriceMinor,
  currency: CurrencyCode,
  stock: Stock,
  ...optionalSettings,
})

export const ProductChangesBody = body({
  name: Type.Optional(Label),
  price_minor: Type.Optional(PriceMinor),
  currency: Type.Optional(CurrencyCode),
  ...optionalSettings,
})

const ProblemWire = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String(),
    request_id: Type.String(),
  },
  { additionalProperties: true, description: "RFC 9457 problem document" },
)

const problem = {
  description: "What was refused, and why",
  content: { "application/problem+json": { schema: ProblemWire } },
}

/** Every route may answer these. Of the server's own faults only those are part of the contract that pass. */
export const problemResponses = { "4xx": problem, 503: problem }

export type ProductAnswer = Static<typeof ProductWire>
export type HoldAnswer = Static<typeof HoldWire>
export type OrderAnswer = Static<typeof OrderWire>
export type PaymentAnswerRow = Static<typeof PaymentWire>
export type PaymentEventAnswerRow = Static<typeof PaymentEventWire>
export type RefundAnswer = Static<typeof RefundWire>
export type DisputeAnswer = Static<typeof DisputeWire>
export type MoneyInboxAnswer = Static<typeof MoneyInboxEntry>
export type ProductChanges = Static<typeof ProductChangesBody>
