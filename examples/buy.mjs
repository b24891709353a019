// Sells one unit with the client: hold, order, payment. Usage: node examples/buy.mjs [product id]
import { setTimeout as sleep } from "node:timers/promises"
import { createClient, ProblemError } from "../client/dist/index.js" // yours: from "doorbuster-client"

const engine = process.env.DOORBUSTER_URL ?? "http://127.0.0.1:8000"
const productId = Number(process.argv[2] ?? 1)
const client = createClient({ baseUrl: engine })

try {
  const product = await client.products.get(productId)
  console.log(
    `${product.name}: ${product.available_stock} of ${product.stock} left at ${product.price} ${product.currency}`,
  )

  const hold = await client.holds.create({ product_id: productId, qty: 1 })
  console.log(`hold ${hold.hold_id} until ${hold.expires_at}`)

  const order = await client.orders.create(hold)
  console.log(`order ${order.order_id}: ${order.total_price} ${order.currency}`)

  await payAtSimulator(order)
  console.log(`order ${order.order_id} is ${await finalStatus(client.withToken(hold.token), order.order_id)}`)
} catch (error) {
  if (!(error instanceof ProblemError)) throw error
  console.error(explain(error.problem))
  process.exitCode = 1
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

function explain(problem) {
  switch (problem.code) {
    case "out_of_stock":
      return problem.retry_at === null
        ? "Sold out."
        : `All units are reserved; some may become available from ${problem.retry_at} on.`
    case "sale_not_open":
      return `The sale opens at ${problem.opens_at}.`
    default:
      return problem.detail
  }
}
