import type { Engine } from "../../src/engine.ts"
import { isRefusal } from "../../src/domain/refusals.ts"
import type { Collect } from "../../src/domain/details.ts"
import { eventWith } from "./builders.ts"

/** Asks for an e-mail address and a name. */
export const withEmail: Collect = {
  email: "required",
  name: "optional",
  phone: "no",
  shippingAddress: "optional",
  shippingCountries: null,
  questions: [],
}

/** What a test's buyer has told. */
export interface Told {
  readonly email?: string | null
  readonly name?: string | null
  readonly shippingAddress?: Readonly<Record<string, string | null>> | null
}

/** Makes an order of one hold, with the details of its buyer. */
export async function makeOrder(
  engine: Engine,
  productId: number,
  told: Told,
  units: { readonly qty?: number; readonly lines?: readonly { variantId: number; qty: number }[] } = {},
): Promise<number> {
  const id = await engine.ids.next("holds")
  const { qty = 1, lines } = units
  const held = await engine.lanes.submit({
    kind: "place_hold",
    productId,
    holdId: id,
    qty,
    customerId: null,
    ...(lines && { lines }),
  })
  if (isRefusal(held.outcome)) throw new Error(`the test's hold was refused: ${held.outcome.code}`)
  const orderId = await engine.ids.next("orders")
  await engine.lanes.submit({ kind: "place_order", productId, holdId: id, orderId })
  await tell(engine, { productId, orderId }, told)
  return orderId
}

/** Writes the details of an order. */
export async function tell(
  engine: Engine,
  { productId, orderId }: { readonly productId: number; readonly orderId: number },
  { email = "ada@example.com", name = "Ada", shippingAddress = null }: Told,
): Promise<void> {
  await engine.database.views.query(
    `insert into order_details (
       product_id, order_id, email, name, shipping_address, answers, awaited, created_at, updated_at)
     values ($1, $2, $3, $4, $5, '{}', false, now(), now())
     on conflict (product_id, order_id) do update
        set email = excluded.email,
            name = excluded.name,
            shipping_address = excluded.shipping_address`,
    [productId, orderId, email, name, shippingAddress === null ? null : JSON.stringify(shippingAddress)],
  )
}

/** Reports a payment of an order; of its whole price, unless an amount is given. */
export async function pay(
  engine: Engine,
  orderId: number,
  given: { readonly paymentId?: string; readonly amountMinor?: number } = {},
): Promise<void> {
  const paymentId = given.paymentId ?? `pay-${orderId}`
  await engine.paymentEvents.receive(
    eventWith({ key: `key-${paymentId}`, orderId, paymentId, amountMinor: null, currency: null, ...given }),
  )
}
