import { Type, type Static } from "typebox"
import type { Account, SimulatedDispute, SimulatedPayment, SimulatedRefund, Sums } from "./books.ts"
import { paymentEvent } from "./events.ts"

/** Ids as Doorbuster's, exact in JavaScript. */
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Quantity = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
/** A million payments of so much still add up exactly. */
const AmountMinor = Type.Integer({ minimum: 0, maximum: 9_000_000_000 })
const Currency = Type.String({ pattern: "^[A-Z]{3}$" })
const Label = Type.String({ minLength: 1, maxLength: 255, pattern: "^[\\x20-\\x7e]+$" })

/** More copies than any provider sends. */
const MOST_COPIES = 10
/** A week, as the longest wait of an order. */
const LONGEST_DELAY_MS = 604_800_000

const strict = { additionalProperties: false }

/** Creates a payment. */
export const PaymentBody = Type.Object(
  {
    order_id: Id,
    amount_minor: AmountMinor,
    currency: Currency,
    hold_id: Type.Optional(Id),
    product_id: Type.Optional(Id),
    quantity: Type.Optional(Quantity),
    return_url: Type.Optional(Type.String({ maxLength: 2_000 })),
  },
  strict,
)

/** Lets a payment succeed or be declined. */
export const EndingBody = Type.Object(
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
export type EndingBody = Static<typeof EndingBody>

/** What is left of a payment, or so much of it: taken back by the buyer's bank, or refunded by the shop. */
export const PartBody = Type.Object(
  { amount_minor: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })) },
  strict,
)

/** Cancels a payment: there is nothing to say. */
export const EmptyBody = Type.Object({}, strict)

/** Sends money back. */
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

/** A payment as it is looked up. `event`: its success, as the webhook tells it. */
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

/** A refund as it is answered. */
export function refundWire({ id, reference, paymentId, amountMinor, currency, status }: SimulatedRefund) {
  return { refund_id: id, reference, payment_id: paymentId, amount_minor: amountMinor, currency, status }
}

/** The sums of an order. */
export function accountWire({ orderId, currency, ...sums }: Account) {
  return { order_id: orderId, currency, ...sumsWire(sums) }
}

/** The sums of a currency. */
export function totalWire(currency: string, sums: Readonly<Sums>) {
  return { currency, ...sumsWire(sums) }
}

function sumsWire(sums: Readonly<Sums>) {
  return {
    captured_minor: sums.capturedMinor,
    refunded_minor: sums.refundedMinor,
    refund_pending_minor: sums.refundPendingMinor,
    disputed_minor: sums.disputedMinor,
    pending_minor: sums.pendingMinor,
  }
}
