import type { Hold } from "../domain/hold.ts"
import type { Order } from "../domain/order.ts"
import type { Payment, PaymentEventRecord } from "../domain/payment.ts"
import { isoTime, isoTimeOrNull, type Instant } from "../domain/time.ts"
import type { CustomerUnits, IdempotencyRecord, StockAdjustment, WorkingSet } from "../domain/working-set.ts"
import { idempotencyHorizon } from "./load.ts"
import { saveProduct, saveProducts } from "./save-product.ts"
import { moments, numbers } from "./columns.ts"
import type { Tx } from "./tx.ts"

/**
 * Writes what a batch changed, a statement for each kind of row, all in one round trip.
 *
 * COMMIT travels in the same round trip, so a write that must not happen has to fail by itself: each
 * update names the state it changes from, and where the row is in another state it writes null into
 * a column that must not be null. That undoes the batch. An empty list: nothing to write.
 */
export function saveChanges(tx: Tx, state: WorkingSet, now: Instant): Promise<void>[] {
  return [
    ...saveProduct(tx, state, now),
    ...whenAny(state.holds.added(), (holds) => insertHolds(tx, holds)),
    ...saveRowsOfProduct(tx, state),
    ...saveRowsOfNoProduct(tx, [state], now),
  ]
}

/**
 * As {@link saveChanges} for several products. What a crowd does to all of them is written together,
 * and so is what is under no product; the rest product by product.
 */
export function saveChangesTogether(tx: Tx, states: readonly WorkingSet[], now: Instant): Promise<void>[] {
  const [only] = states
  if (only !== undefined && states.length === 1) return saveChanges(tx, only, now)
  return [
    ...saveProducts(tx, states, now),
    ...whenAny(
      states.flatMap((state) => state.holds.added()),
      (holds) => insertHolds(tx, holds),
    ),
    ...states.flatMap((state) => saveRowsOfProduct(tx, state)),
    ...saveRowsOfNoProduct(tx, states, now),
  ]
}

function saveRowsOfProduct(tx: Tx, state: WorkingSet): Promise<void>[] {
  const { productId } = state
  return [
    ...alike(state.holds.changed(), (hold) => `${hold.status} ${hold.endedAt}`).map((holds) =>
      endHolds(tx, productId, holds),
    ),
    ...whenAny(state.orders.added(), (orders) => insertOrders(tx, productId, orders)),
    ...alike(
      state.orders.changed(),
      ({ status, paidAt, updatedAt }) => `${status} ${paidAt} ${updatedAt}`,
    ).map((orders) => endOrders(tx, productId, orders)),
    ...whenAny([...state.customers.added(), ...state.customers.changed()], (customers) =>
      saveCustomers(tx, productId, customers),
    ),
    ...alike([...state.customerReturns], ([, units]) => units).map((returns) =>
      returnUnits(tx, productId, returns),
    ),
    ...whenAny(state.adjustments, (adjustments) => insertAdjustments(tx, productId, adjustments)),
  ]
}

/** Keys that span products are taken in one order, so that two transactions cannot wait for each other. */
function saveRowsOfNoProduct(tx: Tx, states: readonly WorkingSet[], now: Instant): Promise<void>[] {
  const all = <Row>(rowsOf: (state: WorkingSet) => readonly Row[]) => states.flatMap(rowsOf)
  return [
    ...whenAny(inKeyOrder(all((state) => state.events.added())), (events) => insertEvents(tx, events)),
    ...whenAny(inKeyOrder(all((state) => state.events.changed())), (events) => applyParkedEvents(tx, events)),
    ...whenAny(
      all((state) => state.payments.added()),
      (payments) => insertPayments(tx, payments),
    ),
    ...whenAny(inKeyOrder(all((state) => state.idempotency.added())), (records) =>
      insertIdempotency(tx, records, now),
    ),
  ]
}

function inKeyOrder<Row extends { readonly key: string }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1))
}

function whenAny<Row>(rows: readonly Row[], write: (rows: readonly Row[]) => Promise<void>): Promise<void>[] {
  return rows.length > 0 ? [write(rows)] : []
}

/**
 * The hot statement. What a crowd asks for in one batch differs in little more than its ids; that
 * the rest is the same is said once instead of for each row.
 */
function insertHolds(tx: Tx, holds: readonly Hold[]): Promise<void> {
  const [first] = holds
  const areAlike = first !== undefined && holds.every((hold) => isLike(hold, first))
  return areAlike ? insertNewHolds(tx, holds, first) : insertVariousHolds(tx, holds)
}

function isLike(hold: Hold, other: Hold): boolean {
  return (
    hold.status === "active" &&
    hold.productId === other.productId &&
    hold.expiresAt === other.expiresAt &&
    hold.createdAt === other.createdAt
  )
}

async function insertNewHolds(tx: Tx, holds: readonly Hold[], like: Hold): Promise<void> {
  await tx.query({
    name: "insert-new-holds",
    text: `
      insert into holds (product_id, id, qty, status, expires_at, created_at, customer_id)
      select $1, h.id, h.qty, 'active', $2, $3, h.customer_id
        from unnest($4::bigint[], $5::integer[], $6::text[]) as h (id, qty, customer_id)`,
    values: [
      like.productId,
      isoTime(like.expiresAt),
      isoTime(like.createdAt),
      numbers(holds.map((hold) => hold.id)),
      numbers(holds.map((hold) => hold.qty)),
      customers(holds),
    ],
  })
}

/** Holds of several products, or some that ended in the batch that made them. */
async function insertVariousHolds(tx: Tx, holds: readonly Hold[]): Promise<void> {
  await tx.query({
    name: "insert-various-holds",
    text: `
      insert into holds (product_id, id, qty, status, expires_at, created_at, ended_at, customer_id)
      select *
        from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::timestamptz[],
                    $6::timestamptz[], $7::timestamptz[], $8::text[])`,
    values: [
      numbers(holds.map((hold) => hold.productId)),
      numbers(holds.map((hold) => hold.id)),
      numbers(holds.map((hold) => hold.qty)),
      holds.map((hold) => hold.status),
      moments(holds.map((hold) => hold.expiresAt)),
      moments(holds.map((hold) => hold.createdAt)),
      moments(holds.map((hold) => hold.endedAt)),
      customers(holds),
    ],
  })
}

/** Null for all of them, as long as nobody says who it is. */
function customers(holds: readonly Hold[]): (string | null)[] | null {
  const named = holds.map((hold) => hold.customerId)
  return named.every((customerId) => customerId === null) ? null : named
}

type Alike<Row> = readonly [Row, ...Row[]]

/**
 * Rows in groups for which the same is to be written. An update that joins rows to values makes the
 * planner choose between ways that all are slow for a table of which it does not know that it has
 * grown: it compares each row with each value, or reads all rows of the product. Naming rows by their
 * ids leaves it one way, and what is written differs in little but the status.
 */
function alike<Row>(rows: readonly Row[], by: (row: Row) => unknown): Alike<Row>[] {
  const groups = new Map<unknown, [Row, ...Row[]]>()
  for (const row of rows) {
    const group = groups.get(by(row))
    if (group === undefined) groups.set(by(row), [row])
    else group.push(row)
  }
  return [...groups.values()]
}

/** A hold ends once (I3): only an active one can. */
async function endHolds(tx: Tx, productId: number, holds: Alike<Hold>): Promise<void> {
  const [{ status, endedAt }] = holds
  await tx.query({
    name: "end-holds",
    text: `
      update holds
         set status = case when status = 'active' then $3 end,
             ended_at = $4
       where product_id = $1
         and id = any($2::bigint[])`,
    values: [productId, numbers(holds.map((hold) => hold.id)), status, isoTimeOrNull(endedAt)],
  })
}

async function insertOrders(tx: Tx, productId: number, orders: readonly Order[]): Promise<void> {
  await tx.query({
    name: "insert-orders",
    text: `
      insert into orders (
        product_id, id, hold_id, customer_id, quantity, unit_price_minor, total_minor, currency,
        status, origin, expires_at, paid_at, created_at, updated_at)
      select $1, o.*
        from unnest($2::bigint[], $3::bigint[], $4::text[], $5::integer[], $6::bigint[],
                    $7::bigint[], $8::text[], $9::text[], $10::text[], $11::timestamptz[],
                    $12::timestamptz[], $13::timestamptz[], $14::timestamptz[]) as o`,
    values: [
      productId,
      numbers(orders.map((order) => order.id)),
      numbers(orders.map((order) => order.holdId)),
      orders.map((order) => order.customerId),
      numbers(orders.map((order) => order.quantity)),
      numbers(orders.map((order) => order.unitPriceMinor)),
      numbers(orders.map((order) => order.totalMinor)),
      orders.map((order) => order.currency),
      orders.map((order) => order.status),
      orders.map((order) => order.origin),
      moments(orders.map((order) => order.expiresAt)),
      moments(orders.map((order) => order.paidAt)),
      moments(orders.map((order) => order.createdAt)),
      moments(orders.map((order) => order.updatedAt)),
    ],
  })
}

/** An order ends once (I3): only one that waits for payment can. */
async function endOrders(tx: Tx, productId: number, orders: Alike<Order>): Promise<void> {
  const [{ status, paidAt, updatedAt }] = orders
  await tx.query({
    name: "end-orders",
    text: `
      update orders
         set status = case when status = 'pending_payment' then $3 end,
             paid_at = $4,
             updated_at = $5
       where product_id = $1
         and id = any($2::bigint[])`,
    values: [
      productId,
      numbers(orders.map((order) => order.id)),
      status,
      isoTimeOrNull(paidAt),
      isoTime(updatedAt),
    ],
  })
}

async function saveCustomers(tx: Tx, productId: number, customers: readonly CustomerUnits[]): Promise<void> {
  await tx.query({
    name: "save-customers",
    text: `
      insert into product_customers (product_id, customer_id, units, unit_limit)
      select $1, c.*
        from unnest($2::text[], $3::integer[], $4::integer[]) as c
      on conflict (product_id, customer_id) do update
         set units = excluded.units,
             unit_limit = excluded.unit_limit`,
    values: [
      productId,
      customers.map((customer) => customer.customerId),
      numbers(customers.map((customer) => customer.units)),
      numbers(customers.map((customer) => customer.unitLimit)),
    ],
  })
}

async function returnUnits(tx: Tx, productId: number, returns: Alike<[string, number]>): Promise<void> {
  const [[, units]] = returns
  await tx.query({
    name: "return-customer-units",
    text: `
      update product_customers
         set units = units - $3
       where product_id = $1
         and customer_id = any($2::text[])`,
    values: [productId, returns.map(([customerId]) => customerId), units],
  })
}

/** The key is unique over all products: who comes second waits here, fails, and looks again. */
async function insertEvents(tx: Tx, events: readonly PaymentEventRecord[]): Promise<void> {
  await tx.query({
    name: "insert-events",
    text: `
      insert into payment_events (
        provider, key, fingerprint, kind, order_id, payment_id, amount_minor, currency, hold_id,
        product_id, quantity, outcome, applied_order_id, order_status, received_at, applied_at)
      select *
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                    $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::integer[],
                    $12::text[], $13::bigint[], $14::text[], $15::timestamptz[], $16::timestamptz[])`,
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
      moments(events.map((event) => event.receivedAt)),
      moments(events.map((event) => event.appliedAt)),
    ],
  })
}

/** A parked event is applied once (I4); losing the race for it means that the batch must look again. */
async function applyParkedEvents(tx: Tx, events: readonly PaymentEventRecord[]): Promise<void> {
  await tx.query({
    name: "apply-parked-events",
    text: `
      update payment_events
         set outcome = case when payment_events.outcome = 'parked' then e.outcome end,
             applied_order_id = e.applied_order_id,
             order_status = e.order_status,
             applied_at = e.applied_at
        from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
             as e (provider, key, outcome, applied_order_id, order_status, applied_at)
       where payment_events.provider = e.provider
         and payment_events.key = e.key`,
    values: [
      events.map((event) => event.provider),
      events.map((event) => event.key),
      events.map((event) => event.outcome),
      numbers(events.map((event) => event.appliedOrderId)),
      events.map((event) => event.orderStatus),
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
        received_at)
      select *
        from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                    $7::text[], $8::text[], $9::timestamptz[])`,
    values: [
      numbers(payments.map((payment) => payment.productId)),
      numbers(payments.map((payment) => payment.orderId)),
      payments.map((payment) => payment.provider),
      payments.map((payment) => payment.eventKey),
      payments.map((payment) => payment.paymentId),
      numbers(payments.map((payment) => payment.amountMinor)),
      payments.map((payment) => payment.currency),
      payments.map((payment) => payment.allocation),
      moments(payments.map((payment) => payment.receivedAt)),
    ],
  })
}

async function insertAdjustments(
  tx: Tx,
  productId: number,
  adjustments: readonly StockAdjustment[],
): Promise<void> {
  await tx.query({
    name: "insert-adjustments",
    text: `
      insert into stock_adjustments (product_id, id, stock_before, stock_after, created_at)
      select $1, a.*
        from unnest($2::bigint[], $3::integer[], $4::integer[], $5::timestamptz[]) as a`,
    values: [
      productId,
      numbers(adjustments.map((adjustment) => adjustment.id)),
      numbers(adjustments.map((adjustment) => adjustment.stockBefore)),
      numbers(adjustments.map((adjustment) => adjustment.stockAfter)),
      moments(adjustments.map((adjustment) => adjustment.createdAt)),
    ],
  })
}

/** Writes over records past their time; a younger one fails the batch, which then looks again. */
async function insertIdempotency(tx: Tx, records: readonly IdempotencyRecord[], now: Instant): Promise<void> {
  await tx.query({
    name: "insert-idempotency",
    text: `
      insert into idempotency_keys (scope, key, fingerprint, outcome, created_at)
      select *
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
      on conflict (scope, key) do update
         set fingerprint = excluded.fingerprint,
             outcome = excluded.outcome,
             created_at = case when idempotency_keys.created_at <= $6 then excluded.created_at end`,
    values: [
      records.map((record) => record.scope),
      records.map((record) => record.key),
      records.map((record) => record.fingerprint),
      records.map((record) => record.outcome),
      moments(records.map((record) => record.createdAt)),
      isoTime(idempotencyHorizon(now)),
    ],
  })
}
