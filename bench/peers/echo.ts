import { PaymentAnswer } from "../../src/http/wire/payment-schemas.ts"
import { HoldBody, NewHoldWire } from "../../src/wire/hold.ts"
import { OrderBody, OrderWire, type OrderJson } from "../../src/wire/order.ts"
import { ProductWire, type ProductJson } from "../../src/wire/product.ts"
import { Type, type Static } from "typebox"
import { createPeerServer, listen, refuse, token } from "./peer.ts"

// The upper limit: constant responses from the same framework through the same schemas.
// This peer has no database, no log, no metrics and no tokens.

const Problem = Type.Object({}, { additionalProperties: true })
const NotModified = Type.Unsafe<undefined>({})

/** The id that stands for a product that is sold out. */
const SOLD_OUT = 2

const moment = "2026-11-27T12:00:00.000Z"
const hold: Static<typeof NewHoldWire> = {
  hold_id: 1_000_000,
  product_id: 1,
  qty: 1,
  status: "active",
  expires_at: moment,
  created_at: moment,
  customer_id: null,
  token,
}
const order: OrderJson = {
  order_id: 1_000_000,
  hold_id: 1_000_000,
  product_id: 1,
  quantity: 1,
  unit_price: "99.99",
  total_price: "99.99",
  total_minor: 9_999,
  currency: "EUR",
  status: "pending_payment",
  payment_attempts: 0,
  late: false,
  restocked_qty: 0,
  expires_at: moment,
  paid_at: null,
  created_at: moment,
  updated_at: moment,
  customer_id: null,
}
const paid: Static<typeof PaymentAnswer> = {
  message: "ok",
  processed: true,
  duplicate: false,
  order_id: 1_000_000,
  status: "paid",
  outcome: "paid",
}
const product: ProductJson = {
  id: 1,
  name: "Benchmark product",
  description: null,
  image_url: null,
  price: "99.99",
  price_minor: 9_999,
  currency: "EUR",
  stock: 1_000_000,
  available_stock: 1_000_000,
  reserved_stock: 0,
  sold_stock: 0,
  sale_state: "open",
  opens_at: null,
  closes_at: null,
  max_per_hold: null,
  max_per_customer: null,
  hold_ttl_seconds: 3_600,
  server_time: moment,
}
const etag = 'W/"1-1000000-open"'

const app = createPeerServer()
app.post(
  "/api/holds",
  { schema: { body: HoldBody, response: { 201: NewHoldWire, 409: Problem } } },
  async (request, reply) => {
    if ((request.body as { product_id: number }).product_id === SOLD_OUT) {
      return refuse(reply)
    }
    void reply.code(201).headers({ location: "/api/holds/1000000", "cache-control": "no-store" })
    return hold
  },
)
app.post(
  "/api/orders",
  { schema: { body: OrderBody, response: { 201: OrderWire } } },
  async (_request, reply) => {
    void reply.code(201).headers({ location: "/api/orders/1000000", "cache-control": "no-store" })
    return order
  },
)
app.post("/api/payments/webhook", { schema: { response: { 200: PaymentAnswer } } }, async () => paid)
app.get(
  "/api/products/:id",
  { schema: { response: { 200: ProductWire, 304: NotModified } } },
  async (request, reply) => {
    void reply.headers({ etag, "cache-control": "public, max-age=1" })
    return request.headers["if-none-match"] === etag ? reply.code(304).send(undefined) : product
  },
)
await listen(app)
