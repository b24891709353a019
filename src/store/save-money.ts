import type { Dispute } from "../domain/dispute.ts"
import type { Payment, PaymentEventRecord } from "../domain/payment.ts"
import type { Refund } from "../domain/refund.ts"
import { isoTime } from "../domain/time.ts"
import type { WorkingSet } from "../domain/working-set.ts"
import { moments, numbers } from "./columns.ts"
import { whenAny } from "./row-groups.ts"
import type { Tx } from "./tx.ts"

/**
 * Writes events, payments, refunds and disputes, of all products together. Keys that span products are taken
 * in one order, so that two transactions cannot wait for each other.
 */
export function saveMoney(tx: Tx, states: readonly WorkingSet[]): Promise<void>[] {
  const all = <Row>(rowsOf: (state: WorkingSet) => readonly Row[]) => states.flatMap(rowsOf)
  const payments = all((state) => state.payments.added())
  const refunds = all((state) => state.refunds.added())
  const disputes = all((state) => state.disputes.added())
  return [
    ...whenAny(inKeyOrder(all((state) => state.events.added())), (events) => insertEvents(tx, events)),
    ...whenAny(inKeyOrder(all((state) => state.events.changed())), (events) => applyParkedEvents(tx, events)),
    ...whenAny(payments, () => insertPayments(tx, payments)),
    ...states.flatMap((state) => state.payments.changed().map((payment) => changePayment(tx, payment))),
    ...whenAny(refunds, () => insertRefunds(tx, refunds)),
    ...states.flatMap(({ refunds: rows }) =>
      rows.changed().map((refund) => changeRefund(tx, refund, rows.before(refund))),
    ),
    ...whenAny(disputes, () => insertDisputes(tx, disputes)),
    ...states.flatMap(({ disputes: rows }) =>
      rows.changed().map((dispute) => changeDispute(tx, dispute, rows.before(dispute))),
    ),
  ]
}

export function inKeyOrder<Row extends { readonly key: string }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The key is unique over all products: who comes second waits here, fails, and looks again. */
async function insertEvents(tx: Tx, events: readonly PaymentEventRecord[]): Promise<void> {
  await tx.query({
    name: "insert-events",
    text: `
      insert into payment_events (
        provider, key, fingerprint, kind, order_id, payment_id, amount_minor, currency, hold_id,
        product_id, quantity, outcome, applied_order_id, order_status, late, received_at, applied_at,
        dispute_id)
      select *
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                    $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::integer[],
                    $12::text[], $13::bigint[], $14::text[], $15::boolean[], $16::timestamptz[],
                    $17::timestamptz[], $18::text[])`,
    values: [
      events.map((event) => event.provider),
      events.map((event) => event.key),
      events.map((event) => event.fingerprint),
      events.map((event) => event.kind),
      numbers(events.map((event) => event.orderId)),
      events.map((event) => event.paymentId),
      numbers(events.map((event) => event.amountMinor)),
      events.map((event) => event.currency),
      numbers(events.map((event) => event.holdId)),
      numbers(events.map((event) => event.productId)),
      numbers(events.map((event) => event.quantity)),
      events.map((event) => event.outcome),
      numbers(events.map((event) => event.appliedOrderId)),
      events.map((event) => event.orderStatus),
      events.map((event) => event.late),
      moments(events.map((event) => event.receivedAt)),
      moments(events.map((event) => event.appliedAt)),
      events.map((event) => event.disputeId),
    ],
  })
}

/** A parked event is applied once (I4); losing the race for it means that the batch must look again. */
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
      moments(events.map((event) => event.appliedAt)),
    ],
  })
}

async function insertPayments(tx: Tx, payments: readonly Payment[]): Promise<void> {
  await tx.query({
    name: "insert-payments",
    text: `
      insert into payments (
        product_id, order_id, provider, event_key, payment_id, amount_minor, currency, allocation,
        refunded_minor, disputed_minor, received_at)
      select *
        from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                    $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::timestamptz[])`,
    values: [
      numbers(payments.map((payment) => payment.productId)),
      numbers(payments.map((payment) => payment.orderId)),
      payments.map((payment) => payment.provider),
      payments.map((payment) => payment.eventKey),
      payments.map((payment) => payment.paymentId),
      numbers(payments.map((payment) => payment.amountMinor)),
      payments.map((payment) => payment.currency),
      payments.map((payment) => payment.allocation),
      numbers(payments.map((payment) => payment.refundedMinor)),
      numbers(payments.map((payment) => payment.disputedMinor)),
      moments(payments.map((payment) => payment.receivedAt)),
    ],
  })
}

/** The checks on the row keep it within what came in, whoever forgets to ask. */
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

async function insertRefunds(tx: Tx, refunds: readonly Refund[]): Promise<void> {
  await tx.query({
    name: "insert-refunds",
    text: `
      insert into refunds (
        product_id, order_id, number, provider, event_key, payment_id, amount_minor, currency,
        reason, restock_qty, status, not_before, created_at, updated_at, last_error)
      select *
        from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[],
                    $7::bigint[], $8::text[], $9::text[], $10::integer[], $11::text[],
                    $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::text[])`,
    values: [
      numbers(refunds.map((refund) => refund.productId)),
      numbers(refunds.map((refund) => refund.orderId)),
      numbers(refunds.map((refund) => refund.number)),
      refunds.map((refund) => refund.provider),
      refunds.map((refund) => refund.eventKey),
      refunds.map((refund) => refund.paymentId),
      numbers(refunds.map((refund) => refund.amountMinor)),
      refunds.map((refund) => refund.currency),
      refunds.map((refund) => refund.reason),
      numbers(refunds.map((refund) => refund.restockQty)),
      refunds.map((refund) => refund.status),
      moments(refunds.map((refund) => refund.notBefore)),
      moments(refunds.map((refund) => refund.createdAt)),
      moments(refunds.map((refund) => refund.updatedAt)),
      refunds.map((refund) => refund.lastError),
    ],
  })
}

/** A refund goes on from the status it was found in. Attempts are counted where they are made. */
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
             updated_at = $10
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
    ],
  })
}

async function insertDisputes(tx: Tx, disputes: readonly Dispute[]): Promise<void> {
  await tx.query({
    name: "insert-disputes",
    text: `
      insert into disputes (
        product_id, order_id, provider, dispute_id, event_key, payment_id, amount_minor, currency,
        held_minor, status, created_at, updated_at)
      select *
        from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[],
                    $7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::timestamptz[],
                    $12::timestamptz[])`,
    values: [
      numbers(disputes.map((dispute) => dispute.productId)),
      numbers(disputes.map((dispute) => dispute.orderId)),
      disputes.map((dispute) => dispute.provider),
      disputes.map((dispute) => dispute.disputeId),
      disputes.map((dispute) => dispute.eventKey),
      disputes.map((dispute) => dispute.paymentId),
      numbers(disputes.map((dispute) => dispute.amountMinor)),
      disputes.map((dispute) => dispute.currency),
      numbers(disputes.map((dispute) => dispute.heldMinor)),
      disputes.map((dispute) => dispute.status),
      moments(disputes.map((dispute) => dispute.createdAt)),
      moments(disputes.map((dispute) => dispute.updatedAt)),
    ],
  })
}

/** A dispute goes on from the status it was found in. */
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
