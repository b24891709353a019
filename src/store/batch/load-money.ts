import type { Dispute } from "../../domain/dispute.ts"
import type { Needs } from "../../domain/needs.ts"
import type { Payment, PaymentEventRecord } from "../../domain/payment.ts"
import type { Refund } from "../../domain/refund.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { disputeColumns, eventColumns, numbers, paymentColumns, refundColumns } from "../columns.ts"
import type { Tx } from "../tx.ts"

/** The most parked events that one batch applies; the worker applies the others. */
const PARKED_LIMIT = 500

/** Loads the events, payments, refunds and disputes that `needs` names, a statement for each. */
export function* loadMoney(tx: Tx, state: WorkingSet, needs: Needs): Generator<Promise<void>> {
  if (needs.events.length > 0 || needs.newOrderIds.length > 0) yield loadEvents(tx, state, needs)
  if (needs.payments) yield loadPayments(tx, state, needs)
  if (needs.refundOrderIds.length > 0) {
    yield loadRefunds(tx, state, needs.refundOrderIds)
    yield loadDisputes(tx, state, needs.refundOrderIds)
  }
}

/**
 * Events by their keys, those parked for an order that may come to be, and those about disputes that are
 * parked for a payment that may, in the order they came. Selects apart, because with one condition for
 * all PostgreSQL reads the whole inbox.
 */
async function loadEvents(tx: Tx, state: WorkingSet, needs: Needs): Promise<void> {
  const { rows } = await tx.query<PaymentEventRecord>({
    name: "load-events",
    text: `
      (select ${eventColumns}
         from payment_events
        where provider = any($1::text[])
          and key = any($2::text[])
          and (provider, key) in (select * from unnest($1::text[], $2::text[])))
      union
      (select ${eventColumns}
         from payment_events
        where outcome = 'parked'
          and returned_at is null
          and order_id = any($3::bigint[])
          and (hold_id is null or hold_id = any($5::bigint[]))
        order by order_id, received_at
        limit $4)
      union
      (select ${eventColumns}
         from payment_events
        where outcome = 'parked'
          and dispute_id is not null
          and payment_id = any(
                $6::text[] || array(
                  select payment_id
                    from payment_events
                   where outcome = 'parked'
                     and returned_at is null
                     and kind = 'succeeded'
                     and payment_id is not null
                     and order_id = any($3::bigint[])
                   order by order_id, received_at
                   limit $4))
        order by payment_id, received_at
        limit $4)
      order by "receivedAt"`,
    values: [
      needs.events.map((event) => event.provider),
      needs.events.map((event) => event.key),
      needs.newOrderIds,
      PARKED_LIMIT,
      needs.holdIds,
      needs.newPaymentIds,
    ],
  })
  for (const event of rows) state.events.load(event)
}

async function loadPayments(tx: Tx, state: WorkingSet, needs: Needs): Promise<void> {
  const { rows } = await tx.query<Payment>({
    name: "load-payments",
    text: `
      select ${paymentColumns}
        from payments
       where product_id = $1
         and order_id = any(
               $2::bigint[] || array(
                 select id
                   from orders
                  where product_id = $1
                    and hold_id = any($3::bigint[])))`,
    values: [state.productId, needs.orderIds, needs.orderHoldIds],
  })
  for (const payment of rows) state.payments.load(payment)
}

async function loadRefunds(tx: Tx, state: WorkingSet, orderIds: readonly number[]): Promise<void> {
  const { rows } = await tx.query<Refund>({
    name: "load-refunds",
    text: `
      select ${refundColumns}
        from refunds
       where product_id = $1
         and order_id = any($2::bigint[])`,
    values: [state.productId, numbers(orderIds)],
  })
  for (const refund of rows) state.refunds.load(refund)
}

async function loadDisputes(tx: Tx, state: WorkingSet, orderIds: readonly number[]): Promise<void> {
  const { rows } = await tx.query<Dispute>({
    name: "load-disputes",
    text: `
      select ${disputeColumns}
        from disputes
       where product_id = $1
         and order_id = any($2::bigint[])`,
    values: [state.productId, numbers(orderIds)],
  })
  for (const dispute of rows) state.disputes.load(dispute)
}
