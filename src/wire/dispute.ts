import { Type, type Static } from "typebox"
import type { Dispute } from "../domain/dispute.ts"
import { decimalAmount } from "../domain/money.ts"
import { isoTime } from "../domain/time.ts"
import { Id, Label, Time, body, oneOf } from "./fields.ts"

/** A dispute. */
export const DisputeWire = Type.Object({
  dispute_id: Type.String({ description: "The provider's id of the dispute" }),
  order_id: Id,
  product_id: Id,
  provider: Type.String(),
  payment_id: Type.String(),
  status: oneOf(["open", "won", "lost"]),
  amount_minor: Type.Integer({ description: "The amount that the buyer's bank claims" }),
  amount: Type.String(),
  held_minor: Type.Integer({
    description:
      "The part of the payment that this dispute keeps from being refunded. It is the claim or, if less, what remains of the payment after refunds and other disputes. 0 once the dispute is won.",
  }),
  currency: Type.String(),
  created_at: Time,
  updated_at: Time,
})

/** The JSON of a dispute. */
export type DisputeJson = Static<typeof DisputeWire>

/** The disputes of an order. */
export const DisputeList = Type.Object({ data: Type.Array(DisputeWire) })

/** The request to record the end of a dispute. */
export const DisputeBody = body({ provider: Label, dispute_id: Label })

/** Makes the JSON of a dispute, for answers and outgoing events. */
export function disputeJson(dispute: Dispute): DisputeJson {
  return {
    dispute_id: dispute.disputeId,
    order_id: dispute.orderId,
    product_id: dispute.productId,
    provider: dispute.provider,
    payment_id: dispute.paymentId,
    status: dispute.status,
    amount_minor: dispute.amountMinor,
    amount: decimalAmount(dispute.amountMinor, dispute.currency),
    held_minor: dispute.heldMinor,
    currency: dispute.currency,
    created_at: isoTime(dispute.createdAt),
    updated_at: isoTime(dispute.updatedAt),
  }
}
