import { Type, type TSchema } from "typebox"
import { Check } from "typebox/value"
import type { ProviderEvent } from "../../../payments/provider.ts"
import { AmountMinor, CurrencyCode, Id, Label, Quantity } from "../../../wire/fields.ts"

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const named = { key: Label, amountMinor: Nullable(AmountMinor), currency: Nullable(CurrencyCode) }
const PaymentEventSchema = Type.Object({
  ...named,
  orderId: Id,
  paymentId: Nullable(Label),
  holdId: Nullable(Id),
  productId: Nullable(Id),
  quantity: Nullable(Quantity),
})
const RefundUpdateSchema = Type.Object({
  refundId: Nullable(Label),
  paymentId: Type.Optional(Nullable(Label)),
  providerRefundId: Type.Optional(Nullable(Label)),
  amountMinor: Type.Optional(Nullable(AmountMinor)),
  currency: Type.Optional(Nullable(CurrencyCode)),
})
const DisputeEventSchema = Type.Object({ ...named, paymentId: Label, disputeId: Label })

/** True for an event that can be stored: an adapter may read any value out of a message, even out of a signed one. */
export function isValidEvent(received: ProviderEvent): boolean {
  if (received.about === "refund") return Check(RefundUpdateSchema, received.refund)
  const { event } = received
  return received.about === "payment" ? Check(PaymentEventSchema, event) : Check(DisputeEventSchema, event)
}
