import { Type, type Static } from "typebox"
import type { Balance, OrderBalance } from "./balances.ts"
import { paymentEvent } from "./events.ts"
import type { PaymentResult } from "./payments.ts"
import type { SimulatedDispute, SimulatedPayment, SimulatedRefund } from "./records.ts"

/** The range of Doorbuster's ids, which JavaScript represents exactly. */
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Quantity = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
/** A million payments of the largest amount still add up exactly. */
const AmountMinor = Type.Integer({ minimum: 0, maximum: 9_000_000_000 })
const Currency = Type.String({ pattern: "^[A-Z]{3}$" })
const Label = Type.String({ minLength: 1, maxLength: 255, pattern: "^[\\x20-\\x7e]+$" })

/** More copies than any provider sends. */
const MOST_COPIES = 10
/** A week, which is also the longest time that an order can wait. */
const LONGEST_DELAY_MS = 604_800_000

const strict = { additionalProperties: false }

/** As many as an order of Doorbuster has. */
const MOST_LINES = 20
const Text = Type.String({ minLength: 1, maxLength: 255 })
const LineBody = Type.Object(
  {
    name: Text,
    sku: Type.Optional(Type.Union([Text, Type.Null()])),
    quantity: Quantity,
    unit_price_minor: AmountMinor,
  },
  strict,
)

/** The body of a request that creates a payment. */
export const PaymentBody = Type.Object(
  {
    order_id: Id,
    amount_minor: AmountMinor,
    currency: Currency,
    hold_id: Type.Optional(Id),
    product_id: Type.Optional(Id),
    quantity: Type.Optional(Quantity),
    lines: Type.Optional(Type.Array(LineBody, { maxItems: MOST_LINES })),
    return_url: Type.Optional(Type.String({ maxLength: 2_000 })),
  },
  strict,
)

/** The body of a request that lets a payment succeed or be declined. */
export const ResultBody = Type.Object(
  {
    delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_DELAY_MS })),
    copies: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_COPIES })),
    out_of_order: Type.Optional(Type.Boolean()),
    amount_minor: Type.Optional(AmountMinor),
    bad_signature: Type.Optional(Type.Boolean()),
    fail_refunds: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
  },
  strict,
)
export type ResultBody = Static<typeof ResultBody>

/** What a result body asks for; without settings the whole amount, at once, in one correctly signed copy. */
export function resultFrom(
  result: PaymentResult["result"],
  amountMinor: number,
  body: ResultBody,
): PaymentResult {
  return {
    result,
    capturedMinor: body.amount_minor ?? amountMinor,
    delayMs: body.delay_ms ?? 0,
    outOfOrder: body.out_of_order ?? false,
    pausesMs: Array.from({ length: body.copies ?? 1 }, () => 0),
    badSignature: body.bad_signature ?? false,
    failRefunds: body.fail_refunds ?? 0,
  }
}

/** The body of a request for a dispute or a refund: an amount, or all that is left if it is not given. */
export const AmountBody = Type.Object(
  { amount_minor: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })) },
  strict,
)

/** The body of a request without content. */
export const EmptyBody = Type.Object({}, strict)

/** The body of the shop's request for a refund. */
export const RefundBody = Type.Object(
  {
    payment_id: Label,
    amount_minor: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    currency: Currency,
    reference: Label,
  },
  strict,
)

/** The `Idempotency-Key` of a refund. */
export const KeyHeader = Label

/** A payment as the API shows it. `event`: the event of its success, as in the webhook. */
export function paymentWire(payment: SimulatedPayment, payUrl: string) {
  return {
    payment_id: payment.id,
    order_id: payment.orderId,
    status: payment.status,
    amount_minor: payment.amountMinor,
    captured_minor: payment.capturedMinor,
    refunded_minor: payment.refundedMinor,
    disputed_minor: payment.disputedMinor,
    dispute: payment.dispute === null ? null : disputeWire(payment.dispute),
    currency: payment.currency,
    pay_url: payUrl,
    event: payment.status === "succeeded" ? paymentEvent(payment, "succeeded") : null,
  }
}

function disputeWire({ id, amountMinor, status }: SimulatedDispute) {
  return { dispute_id: id, amount_minor: amountMinor, status }
}

/** A refund as the API shows it. */
export function refundWire({ id, reference, paymentId, amountMinor, currency, status }: SimulatedRefund) {
  return { refund_id: id, reference, payment_id: paymentId, amount_minor: amountMinor, currency, status }
}

/** The sums of an order. */
export function orderBalanceWire({ orderId, currency, ...balance }: OrderBalance) {
  return { order_id: orderId, currency, ...balanceWire(balance) }
}

/** The sums of a currency. */
export function totalWire(currency: string, balance: Balance) {
  return { currency, ...balanceWire(balance) }
}

function balanceWire(balance: Balance) {
  return {
    captured_minor: balance.capturedMinor,
    refunded_minor: balance.refundedMinor,
    refund_pending_minor: balance.refundPendingMinor,
    disputed_minor: balance.disputedMinor,
    pending_minor: balance.pendingMinor,
  }
}
