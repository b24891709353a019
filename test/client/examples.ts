// The examples of client/README.md, compiled here and run by package.test.ts. What they print is in their comments.
import { createClient, ProblemError, randomKey } from "../../client/src/index.ts"
import { createAdminClient } from "../../client/src/admin.ts"

const client = createClient({ baseUrl: "http://127.0.0.1:8000" })

const product = await client.products.get(1)
console.log(product.available_stock, product.sale_state) // 100 open

const hold = await client.holds.create({ product_id: product.id, qty: 2 })
const order = await client.orders.create(hold)
console.log(order.total_price, order.status) // 199.98 pending_payment

const mine = client.withToken(hold.token)
const cancelled = await mine.orders.cancel(order.order_id)
console.log(cancelled.status) // cancelled

try {
  await client.holds.create({ product_id: 1, qty: 1_000 })
} catch (error) {
  // The others are NetworkError, TimeoutError, AbortError and AnswerError.
  if (!(error instanceof ProblemError)) throw error
  const { problem } = error
  switch (problem.code) {
    case "out_of_stock":
      console.log(problem.available_stock, problem.retry_at) // 100 null
      break
    case "sale_not_open":
      console.log("come back at", problem.opens_at)
      break
    default:
      console.log(problem.detail)
  }
}

const idempotencyKey = randomKey() // kept in sessionStorage, say, before the call
const first = await client.holds.create({ product_id: 1, qty: 1 }, { idempotencyKey })
const again = await client.holds.create({ product_id: 1, qty: 1 }, { idempotencyKey })
console.log(again.hold_id === first.hold_id) // true

const watch = client.watch([1, 2], {
  onProduct: ({ id, available_stock, sale_state }) => render(id, available_stock, sale_state),
  onState: (state, reason) => renderState(state, reason?.message),
})
watch.close()

const opensInMs = Date.parse(product.opens_at ?? product.server_time) - client.clock.now()
console.log(opensInMs > 0 ? "not yet" : "open") // open

const shop = createAdminClient({ baseUrl: "http://127.0.0.1:8000", adminToken: null })
const lamp = await shop.products.create({ name: "Lamp", price_minor: 12_900, currency: "EUR", stock: 50 })
const more = await shop.products.setStock(lamp.id, { stock: 80, expected: 50 })
console.log(more.price, more.available_stock) // 129.00 80

/** Stands for a page. */
function render(..._shown: readonly (string | number)[]): void {}
function renderState(_state: string, _reason: string | undefined): void {}
