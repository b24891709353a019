import { isoTime } from "../../domain/time.ts"
import type { MailEntry } from "../../store/reads/mail-contents.ts"
import { Type, type Static } from "typebox"
import { DisputeWire } from "../../wire/dispute.ts"
import { Time, oneOf, orNull } from "../../wire/fields.ts"
import { HoldWire } from "../../wire/hold.ts"
import { OrderLineWire } from "../../wire/lines.ts"
import { OrderWire } from "../../wire/order.ts"
import { ProductWire } from "../../wire/product.ts"
import { RefundWire } from "../../wire/refund.ts"
import { AdminActionWire } from "./admin-schemas.ts"
import { TimelineEntry } from "./order-timeline.ts"
import { ListedPaymentEventWire, PaymentWire } from "./payment-schemas.ts"
import { DeliveryWire } from "./webhook-schemas.ts"

/* The JSON of one order with everything that is known of it. */

const NamedLine = Type.Object({
  ...OrderLineWire.properties,
  sku: orNull<string>("string"),
  name: Type.String({ description: "The name that the variant has now" }),
})

const OutgoingEventWire = Type.Object({
  webhook_id: Type.String(),
  type: Type.String(),
  created_at: Time,
  deliveries: Type.Array(DeliveryWire, {
    description: "One for each endpoint that receives events of this type",
  }),
})

export const MailWire = Type.Object({
  mail_id: Type.String({ description: "The kind and the order's or refund's id, such as `receipt-17`" }),
  kind: oneOf(["receipt", "refund", "cancelled", "links"]),
  status: oneOf(["due", "sent", "failed", "skipped"]),
  attempts: Type.Integer(),
  last_error: orNull<string>("string"),
  created_at: Time,
  updated_at: Time,
})

export const WholeOrderWire = Type.Object({
  order: Type.Object({ ...OrderWire.properties, lines: Type.Optional(Type.Array(NamedLine)) }),
  product: ProductWire,
  hold: Type.Union([HoldWire, Type.Null()]),
  payment_attempt: Type.Union([
    Type.Object({ provider: Type.String(), payment_id: Type.String() }),
    Type.Null(),
  ]),
  payments: Type.Array(PaymentWire),
  payment_events: Type.Array(ListedPaymentEventWire),
  refunds: Type.Array(RefundWire),
  disputes: Type.Array(DisputeWire),
  outgoing_events: Type.Array(OutgoingEventWire),
  mails: Type.Array(MailWire, {
    description:
      "Mails to the buyer, without their recipient and text. `skipped`: the order has no e-mail address",
  }),
  actions: Type.Array(AdminActionWire),
  timeline: Type.Array(TimelineEntry),
})

export type WholeOrderJson = Static<typeof WholeOrderWire>

export function mailJson(mail: MailEntry): Static<typeof MailWire> {
  return {
    mail_id: mail.id,
    kind: mail.kind,
    status: mail.status,
    attempts: mail.attempts,
    last_error: mail.lastError,
    created_at: isoTime(mail.createdAt),
    updated_at: isoTime(mail.updatedAt),
  }
}
