import type { OrderDetails } from "../../domain/details.ts"
import type { Needs } from "../../domain/needs.ts"
import type { Order } from "../../domain/order.ts"
import { isoTime, type Instant } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { numbers } from "../columns.ts"
import type { Tx } from "../tx.ts"
import { groupBy, writeIfAny } from "./row-groups.ts"

/** Loads the buyers' details that `needs` names. A batch whose commands have none sends no statement. */
export function* loadDetails(tx: Tx, state: WorkingSet, { detailsOf }: Needs): Generator<Promise<void>> {
  if (detailsOf.orderIds.length > 0 || detailsOf.holdIds.length > 0) yield loadRows(tx, state, detailsOf)
}

async function loadRows(tx: Tx, state: WorkingSet, { orderIds, holdIds }: Needs["detailsOf"]): Promise<void> {
  const { rows } = await tx.query<OrderDetails>({
    name: "load-details",
    // Row by row: the planner would take a condition on a list for dearer than reading all details of the product.
    text: `
      select named.*
        from unnest($2::bigint[] || array(
               select id
                 from orders
                where product_id = $1
                  and hold_id = any($3::bigint[]))) as wanted (id)
       cross join lateral (
               select order_id as "orderId", email, name, phone, shipping_address as "shippingAddress", answers,
                      erased_at is not null as erased
                 from order_details
                where product_id = $1
                  and order_id = wanted.id
                limit 1) as named`,
    values: [state.productId, numbers(orderIds), numbers(holdIds)],
  })
  for (const row of rows) state.details.load(row)
}

/** Writes new and changed details, and whether the shop waits for those of paid orders. */
export function saveDetails(tx: Tx, state: WorkingSet, now: Instant): Promise<void>[] {
  const written = [...state.details.added(), ...state.details.changed()]
  const turned = state.orders
    .changed()
    .filter((order) => isAwaited(order) !== isAwaited(state.orders.before(order)))
    .filter(({ id }) => !written.some(({ orderId }) => orderId === id))
  return [
    ...writeIfAny(written, (rows) => upsert(tx, state, rows, now)),
    ...groupBy(turned, isAwaited).map((orders) => setAwaited(tx, state.productId, orders)),
  ]
}

/** True for a paid order that cannot be sent yet: it stands in the money inbox. */
function isAwaited({ status, missingDetails }: Order): boolean {
  return status === "paid" && missingDetails !== null
}

/** Details that were erased meanwhile are not written again: null in a column that must not be null undoes the batch. */
async function upsert(
  tx: Tx,
  { productId, orders }: WorkingSet,
  rows: readonly OrderDetails[],
  now: Instant,
): Promise<void> {
  await tx.query({
    name: "save-details",
    text: `
      insert into order_details (
        product_id, order_id, email, name, phone, shipping_address, answers, awaited, created_at, updated_at)
      select $1, d.*, $9, $9
        from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::boolean[]) as d
      on conflict (product_id, order_id) do update
         set email = excluded.email,
             name = excluded.name,
             phone = excluded.phone,
             shipping_address = excluded.shipping_address,
             answers = excluded.answers,
             awaited = excluded.awaited,
             updated_at = case when order_details.erased_at is null then excluded.updated_at end`,
    values: [
      productId,
      numbers(rows.map(({ orderId }) => orderId)),
      rows.map(({ email }) => email),
      rows.map(({ name }) => name),
      rows.map(({ phone }) => phone),
      rows.map(({ shippingAddress }) => (shippingAddress === null ? null : JSON.stringify(shippingAddress))),
      rows.map(({ answers }) => JSON.stringify(answers)),
      rows.map(({ orderId }) => {
        const order = orders.get(orderId)
        return order !== undefined && isAwaited(order)
      }),
      isoTime(now),
    ],
  })
}

async function setAwaited(tx: Tx, productId: number, orders: readonly Order[]): Promise<void> {
  const [first] = orders
  await tx.query({
    name: "set-details-awaited",
    text: `
      update order_details
         set awaited = $3
       where product_id = $1
         and order_id = any($2::bigint[])
         and erased_at is null`,
    values: [productId, numbers(orders.map(({ id }) => id)), first !== undefined && isAwaited(first)],
  })
}
