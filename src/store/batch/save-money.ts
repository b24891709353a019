import type { Dispute } from "../../domain/dispute.ts"
import type { Payment, PaymentEventRecord } from "../../domain/payment.ts"
import type { Refund } from "../../domain/refund.ts"
import { isoTime } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { timestamps, numbers } from "../columns.ts"
import { insertInto } from "./insert-rows.ts"
import { writeIfAny } from "./row-groups.ts"
import type { Tx } from "../tx.ts"

/**
 * Writes the events, payments, refunds and disputes of all products together. Keys that span products are written in
 * one order, so that two transactions cannot deadlock on them.
 */
export function saveMoney(tx: Tx, states: readonly WorkingSet[]): Promise<void>[] {
  const all = <Row>(rowsOf: (state: WorkingSet) => readonly Row[]) => states.flatMap(rowsOf)
  const payments = all((state) => state.payments.added())
  const refunds = all((state) => state.refunds.added())
  const disputes = all((state) => state.disputes.added())
  return [
    ...writeIfAny(inKeyOrder(all((state) => state.events.added())), (events) => insertEvents(tx, events)),
    ...writeIfAny(inKeyOrder(all((state) => state.events.changed())), (events) =>
      applyParkedEvents(tx, events),
    ),
    ...writeIfAny(payments, () => insertPayments(tx, payments)),
    ...states.flatMap((state) => state.payments.changed().map((payment) => changePayment(tx, payment))),
    ...writeIfAny(refunds, () => insertRefunds(tx, refunds)),
    ...states.flatMap(({ refunds: rows }) =>
      rows.changed().map((refund) => changeRefund(tx, refund, rows.before(refund))),
    ),
    ...writeIfAny(disputes, () => insertDisputes(tx, disputes)),
    ...states.flatMap(({ disputes: rows }) =>
      rows.changed().map((dispute) => changeDispute(tx, dispute, rows.before(dispute))),
    ),
  ]
}

/** Sorts rows by key, in place, so that transactions that insert the same keys wait in one order and do not deadlock. */
export function inKeyOrder<Row extends { readonly key: string }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The key is unique over all products: the second of two transactions waits here, fails, and is retried. */
const insertEvents = insertInto<PaymentEventRecord>("payment_events", {
  provider: ["text", (event) => event.provider],
  key: ["text", (event) => event.key],
  fingerprint: ["text", (event) => event.fingerprint],
  kind: ["text", (event) => event.kind],
  order_id: ["bigint", (event) => event.orderId],
  payment_id: ["text", (event) => event.paymentId],
  amount_minor: ["bigint", (event) => event.amountMinor],
  currency: ["text", (event) => event.currency],
  hold_id: ["bigint", (event) => event.holdId],
  product_id: ["bigint", (event) => event.productId],
  quantity: ["integer", (event) => event.quantity],
  outcome: ["text", (event) => event.outcome],
  applied_order_id: ["bigint", (event) => event.appliedOrderId],
  order_status: ["text", (event) => event.orderStatus],
  late: ["boolean", (event) => event.late],
  received_at: ["timestamptz", (event) => event.receivedAt],
  applied_at: ["timestamptz", (event) => event.appliedAt],
  dispute_id: ["text", (event) => event.disputeId],
})

/** A parked event is applied once (I4). A batch that finds it applied already fails, and is retried. */
async function applyParkedEvents(tx: Tx, events: readonly PaymentEventRecord[]): Promise<void> {
  await tx.query({
    name: "apply-parked-events",
    text: `
      update payment_events
         set outcome = case
               when payment_events.outcome = 'parked' and payment_events.returned_at is null then e.outcome
             end,
             applied_order_id = e.applied_order_id,
             order_status = e.order_status,
             late = e.late,
             applied_at = e.applied_at
        from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::boolean[],
                    $7::timestamptz[])
             as e (provider, key, outcome, applied_order_id, order_status, late, applied_at)
       where payment_events.provider = e.provider
         and payment_events.key = e.key`,
    values: [
      events.map((event) => event.provider),
      events.map((event) => event.key),
      events.map((event) => event.outcome),
      numbers(events.map((event) => event.appliedOrderId)),
      events.map((event) => event.orderStatus),
      events.map((event) => event.late),
      timestamps(events.map((event) => event.appliedAt)),
    ],
  })
}

const insertPayments = insertInto<Payment>("payments", {
  product_id: ["bigint", (payment) => payment.productId],
  order_id: ["bigint", (payment) => payment.orderId],
  provider: ["text", (payment) => payment.provider],
  event_key: ["text", (payment) => payment.eventKey],
  payment_id: ["text", (payment) => payment.paymentId],
  amount_minor: ["bigint", (payment) => payment.amountMinor],
  currency: ["text", (payment) => payment.currency],
  allocation: ["text", (payment) => payment.allocation],
  refunded_minor: ["bigint", (payment) => payment.refundedMinor],
  disputed_minor: ["bigint", (payment) => payment.disputedMinor],
  received_at: ["timestamptz", (payment) => payment.receivedAt],
})

/** CHECK constraints of the table keep both amounts within the amount of the payment. */
async function changePayment(tx: Tx, payment: Payment): Promise<void> {
  const { productId, provider, eventKey, refundedMinor, disputedMinor } = payment
  await tx.query({
    name: "change-payment",
    text: `
      update payments
         set refunded_minor = $4,
             disputed_minor = $5
       where product_id = $1
         and provider = $2
         and event_key = $3`,
    values: [productId, provider, eventKey, refundedMinor, disputedMinor],
  })
}

const insertRefunds = insertInto<Refund>("refunds", {
  product_id: ["bigint", (refund) => refund.productId],
  order_id: ["bigint", (refund) => refund.orderId],
  number: ["integer", (refund) => refund.number],
  provider: ["text", (refund) => refund.provider],
  event_key: ["text", (refund) => refund.eventKey],
  payment_id: ["text", (refund) => refund.paymentId],
  amount_minor: ["bigint", (refund) => refund.amountMinor],
  currency: ["text", (refund) => refund.currency],
  reason: ["text", (refund) => refund.reason],
  restock_qty: ["integer", (refund) => refund.restockQty],
  status: ["text", (refund) => refund.status],
  not_before: ["timestamptz", (refund) => refund.notBefore],
  created_at: ["timestamptz", (refund) => refund.createdAt],
  updated_at: ["timestamptz", (refund) => refund.updatedAt],
  last_error: ["text", (refund) => refund.lastError],
  provider_refund_id: ["text", (refund) => refund.providerRefundId],
})

/** Writes a refund, if its status is still the loaded one. The refund queue counts the attempts. */
async function changeRefund(tx: Tx, refund: Refund, before: Refund): Promise<void> {
  await tx.query({
    name: "change-refund",
    text: `
      update refunds
         set status = case when status = $4 then $5 end,
             not_before = $6,
             attempts = $7,
             last_error = $8,
             provider_refund_id = $9,
             updated_at = $10,
             reversals = $11
       where product_id = $1
         and order_id = $2
         and number = $3`,
    values: [
      refund.productId,
      refund.orderId,
      refund.number,
      before.status,
      refund.status,
      isoTime(refund.notBefore),
      refund.attempts,
      refund.lastError,
      refund.providerRefundId,
      isoTime(refund.updatedAt),
      refund.reversals,
    ],
  })
}

const insertDisputes = insertInto<Dispute>("disputes", {
  product_id: ["bigint", (dispute) => dispute.productId],
  order_id: ["bigint", (dispute) => dispute.orderId],
  provider: ["text", (dispute) => dispute.provider],
  dispute_id: ["text", (dispute) => dispute.disputeId],
  event_key: ["text", (dispute) => dispute.eventKey],
  payment_id: ["text", (dispute) => dispute.paymentId],
  amount_minor: ["bigint", (dispute) => dispute.amountMinor],
  currency: ["text", (dispute) => dispute.currency],
  held_minor: ["bigint", (dispute) => dispute.heldMinor],
  status: ["text", (dispute) => dispute.status],
  created_at: ["timestamptz", (dispute) => dispute.createdAt],
  updated_at: ["timestamptz", (dispute) => dispute.updatedAt],
})

/** Writes a dispute, if its status is still the loaded one. */
async function changeDispute(tx: Tx, dispute: Dispute, before: Dispute): Promise<void> {
  await tx.query({
    name: "change-dispute",
    text: `
      update disputes
         set status = case when status = $5 then $6 end,
             held_minor = $7,
             updated_at = $8,
             amount_minor = $9
       where product_id = $1
         and provider = $2
         and event_key = $3
         and dispute_id = $4`,
    values: [
      dispute.productId,
      dispute.provider,
      dispute.eventKey,
      dispute.disputeId,
      before.status,
      dispute.status,
      dispute.heldMinor,
      isoTime(dispute.updatedAt),
      dispute.amountMinor,
    ],
  })
}
