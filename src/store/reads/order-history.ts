import type pg from "pg"
import type { Payment, PaymentEventRecord } from "../../domain/payment.ts"
import type { Instant } from "../../domain/time.ts"
import { eventColumns, messageColumn, paymentColumns } from "../columns.ts"
import { actionColumns, type AdminAction } from "./admin-actions.ts"
import type { KeptMessage } from "./money-views.ts"
import { deliveryColumns, type WebhookDelivery } from "./webhook-deliveries.ts"

/** An event that was written for the shop's endpoints. */
export interface WrittenEvent {
  readonly eventId: string
  readonly type: string
  readonly createdAt: Instant
}

/** What happened to one order, apart from its own row. Each list is in time order and has the newest {@link MOST_ROWS}. */
export interface OrderHistory {
  payments(orderId: number): Promise<Payment[]>
  /** Events that were applied to the order, and parked ones that name it. */
  paymentEvents(orderId: number): Promise<(PaymentEventRecord & KeptMessage)[]>
  /** Those of the events with these ids that were written and are still kept. */
  outgoingEvents(productId: number, ids: readonly string[]): Promise<WrittenEvent[]>
  /** The deliveries of these events to all endpoints. */
  deliveries(productId: number, ids: readonly string[]): Promise<WebhookDelivery[]>
  /** Changes that the shop requested of the order. */
  actions(orderId: number): Promise<AdminAction[]>
}

/**
 * Anybody may send an order as many payment events as they like in open mode, and a shop's own program any number of
 * changes. An operator reads no more than this.
 */
export const MOST_ROWS = 200

/** Makes the history over PostgreSQL. */
export function createOrderHistory(pool: pg.Pool): OrderHistory {
  return {
    payments: (orderId) => selectPayments(pool, orderId),
    paymentEvents: (orderId) => selectPaymentEvents(pool, orderId),
    outgoingEvents: (productId, ids) => selectOutgoingEvents(pool, productId, ids),
    deliveries: (productId, ids) => selectDeliveries(pool, productId, ids),
    actions: (orderId) => selectActions(pool, orderId),
  }
}

async function selectPayments(pool: pg.Pool, orderId: number): Promise<Payment[]> {
  const { rows } = await pool.query<Payment>({
    name: "payments-of-order",
    text: `
      select ${paymentColumns}
        from payments
       where order_id = $1
       order by received_at desc, provider desc, event_key desc
       limit ${MOST_ROWS}`,
    values: [orderId],
  })
  return rows.toReversed()
}

async function selectPaymentEvents(
  pool: pg.Pool,
  orderId: number,
): Promise<(PaymentEventRecord & KeptMessage)[]> {
  const { rows } = await pool.query<PaymentEventRecord & KeptMessage>({
    name: "payment-events-of-order",
    // Each part goes by an index of its own; the last two are partial, so their conditions are written out.
    text: `
      with found as materialized (
        (select provider, event_key as key
           from payments
          where order_id = $1
          order by received_at desc
          limit ${MOST_ROWS})
         union
        (select provider, key
           from payment_events
          where applied_order_id = $1
            and outcome in ('cancelled', 'disputed', 'ignored_final', 'refund_due')
          order by received_at desc
          limit ${MOST_ROWS})
         union
        (select provider, key
           from payment_events
          where order_id = $1
            and outcome = 'parked'
          order by received_at desc
          limit ${MOST_ROWS})
      )
      select of_order.*
        from found
       cross join lateral (
             select ${eventColumns}, ${messageColumn}
               from payment_events
              where payment_events.provider = found.provider
                and payment_events.key = found.key) as of_order
       order by of_order."receivedAt" desc, of_order.provider desc, of_order.key desc
       limit ${MOST_ROWS}`,
    values: [orderId],
  })
  return rows.toReversed()
}

async function selectOutgoingEvents(
  pool: pg.Pool,
  productId: number,
  ids: readonly string[],
): Promise<WrittenEvent[]> {
  const { rows } = await pool.query<WrittenEvent>({
    name: "outgoing-events-of-order",
    text: `
      select written.*
        from unnest($2::text[]) as wanted (id)
       cross join lateral (
             select id as "eventId", type, created_at as "createdAt"
               from outbox
              where id = wanted.id
                and product_id = $1) as written
       order by written."createdAt" desc, written."eventId" desc
       limit ${MOST_ROWS}`,
    values: [productId, ids],
  })
  return rows.toReversed()
}

async function selectDeliveries(
  pool: pg.Pool,
  productId: number,
  ids: readonly string[],
): Promise<WebhookDelivery[]> {
  const { rows } = await pool.query<WebhookDelivery>({
    name: "deliveries-of-order",
    text: `
      select delivery.*
        from unnest($2::text[]) as wanted (id)
       cross join lateral (
             select ${deliveryColumns}
               from webhook_deliveries d
               join outbox v
                 on v.id = d.event_id
                and v.product_id = d.product_id
              where d.event_id = wanted.id
                and d.product_id = $1) as delivery
       order by delivery."updatedAt" desc, delivery."endpointId" desc, delivery."eventId" desc
       limit ${MOST_ROWS}`,
    values: [productId, ids],
  })
  return rows.toReversed()
}

async function selectActions(pool: pg.Pool, orderId: number): Promise<AdminAction[]> {
  const { rows } = await pool.query<AdminAction>({
    name: "actions-of-order",
    text: `
      select ${actionColumns}
        from admin_actions
       where order_id = $1
       order by created_at desc, id desc
       limit ${MOST_ROWS}`,
    values: [orderId],
  })
  return rows.toReversed()
}
