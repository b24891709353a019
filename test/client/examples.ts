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

const shoe = await shop.products.create({
  name: "Runner",
  price_minor: 12_900,
  currency: "EUR",
  max_per_customer: 3,
  variants: [
    { name: "41", sku: "R-41", options: { size: "41" }, stock: 1 },
    { name: "42", sku: "R-42", options: { size: "42" }, stock: 30, price_minor: 13_900 },
  ],
})
const [small, large] = shoe.variants ?? []
if (small === undefined || large === undefined) throw new Error("it has no variants")

const size = await client.holds.create({
  product_id: shoe.id,
  variant_id: large.id,
  qty: 1,
  customer_id: "ann",
})
console.log(size.variant_id === large.id, size.lines?.[0]?.unit_price_minor) // true 13900

const lines = [
  { variant_id: small.id, qty: 1 },
  { variant_id: large.id, qty: 1 },
]
const basket = await client.holds.create({ product_id: shoe.id, lines, customer_id: "ann" })
const bought = await client.orders.create(basket)
console.log(bought.total_price, bought.unit_price, bought.lines?.length) // 268.00 null 2

try {
  await client.holds.create({ product_id: shoe.id, lines, customer_id: "bob" })
} catch (error) {
  if (!(error instanceof ProblemError) || error.problem.code !== "out_of_stock") throw error
  for (const { variant_id, requested, available } of error.problem.lines ?? [])
    console.log(variant_id === small.id, requested, available) // true 1 0
}

const dearer = await shop.products.changeVariant(shoe.id, small.id, { price_minor: 14_900 })
const disabled = await shop.products.changeVariant(shoe.id, large.id, { enabled: false })
const stocked = await shop.products.setVariantStock(shoe.id, small.id, { stock: 5, expected: 1 })
console.log(dearer.variants?.[0]?.price, disabled.variants?.[1]?.sale_state, stocked.stock) // 149.00 paused 35

/** Stands for a page. */
function render(..._shown: readonly (string | number | undefined)[]): void {}
function renderState(_state: string, _reason: string | undefined): void {}
