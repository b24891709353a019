// Sells a basket of two sizes with the client. Usage: node examples/basket.mjs
// It first offers the shoe, which a shop does once, in its control room or from a script of its own.
import { setTimeout as sleep } from "node:timers/promises"
import { createAdminClient } from "../client/dist/admin.js" // yours: from "doorbuster-client/admin"
import { createClient, ProblemError } from "../client/dist/index.js" // yours: from "doorbuster-client"

const engine = process.env.DOORBUSTER_URL ?? "http://127.0.0.1:8000"
const shop = createAdminClient({ baseUrl: engine, adminToken: process.env.ADMIN_TOKEN })
const client = createClient({ baseUrl: engine })

const shoe = await shop.products.create({
  name: "Runner",
  price_minor: 12_900,
  currency: "EUR",
  max_per_customer: 2,
  variants: [
    { name: "41", sku: "R-41", options: { size: "41" }, stock: 1 },
    { name: "42", sku: "R-42", options: { size: "42" }, stock: 5, price_minor: 13_900 },
  ],
})
const names = new Map(shoe.variants.map(({ id, name }) => [id, name]))
for (const { name, available_stock, price } of shoe.variants)
  console.log(`size ${name}: ${available_stock} available at ${price} ${shoe.currency}`)

const basket = shoe.variants.map(({ id }) => ({ variant_id: id, qty: 1 }))
const hold = await client.holds.create({ product_id: shoe.id, lines: basket, customer_id: "ann" })
console.log(`hold ${hold.hold_id}: ${written(hold.lines)}, until ${hold.expires_at}`)

const order = await client.orders.create(hold)
console.log(`order ${order.order_id}: ${order.total_price} ${order.currency}`)
await payAtSimulator(order)
console.log(`order ${order.order_id} is ${await finalStatus(client.withToken(hold.token), order.order_id)}`)

// The last 41 is sold, so the same basket is refused as a whole: the buyer gets no 42 either.
await expectRefusal({ product_id: shoe.id, lines: basket, customer_id: "bob" })
// The limit of two counts the units of all sizes.
await expectRefusal({ product_id: shoe.id, variant_id: basket[1].variant_id, qty: 1, customer_id: "ann" })

async function expectRefusal(wanted) {
  const { problem } = await client.holds.create(wanted).then(
    () => Promise.reject(new Error("it was not refused")),
    (error) => (error instanceof ProblemError ? error : Promise.reject(error)),
  )
  console.log(`${wanted.customer_id} is refused: ${explain(problem)}`)
}

function explain(problem) {
  switch (problem.code) {
    case "out_of_stock":
      return problem.lines
        .map(
          ({ variant_id, requested, available }) =>
            `size ${names.get(variant_id)}: ${requested} requested, ${available} available`,
        )
        .join("; ")
    case "customer_limit_reached":
      return `${problem.units_left} more allowed`
    default:
      return problem.detail
  }
}

function written(lines) {
  return lines.map(({ variant_id, qty }) => `${qty} × size ${names.get(variant_id)}`).join(", ")
}

/** Pays at the simulator. Like the shop's payment provider, it sends the engine a signed webhook. */
async function payAtSimulator({ order_id, total_minor, currency }) {
  const payment = await post("/simulator/payments", { order_id, amount_minor: total_minor, currency })
  await post(`/simulator/payments/${payment.payment_id}/succeed`, {})
}

async function post(path, body) {
  const response = await fetch(engine + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`the simulator answered ${response.status}`)
  return response.json()
}

/** Waits until the order is no longer pending, and returns its status. */
async function finalStatus(buyer, orderId) {
  for (let waitMs = 100; waitMs < 10_000; waitMs *= 2) {
    const { status } = await buyer.orders.get(orderId)
    if (status !== "pending_payment") return status
    await sleep(waitMs)
  }
  return "pending_payment"
}
