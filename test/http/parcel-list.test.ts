import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { hold, offer, order, pay } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ seed: false })
})
afterAll(() => app[Symbol.asyncDispose]())

const HEADING =
  "\uFEFForder_id,name,address_line1,address_line2,address_postal_code,address_city,address_region,address_country,email,phone," +
  "goods,skus,units,total_price,currency,order_refunded,status,created_at,paid_at,customer_id,product_id," +
  "product_external_id,reference,metadata"

/** The lines of the file, with T in the place of each time. */
async function rowsOf(productId: number): Promise<string[]> {
  const { status, body } = await app.get(
    `/api/admin/orders.csv?product_id=${productId}&status=paid&rows=orders`,
  )
  expect(status).toBe(200)
  return String(body)
    .trimEnd()
    .split("\r\n")
    .map((row) => row.replaceAll(/\d{4}-[^,]*Z/g, "T"))
}

const anna = {
  email: "anna@example.ch",
  name: "Anna Muster",
  phone: "+41 44 000 00 00",
  shipping_address: {
    line1: "Bahnhofstrasse 1, 2nd floor",
    city: "Zürich",
    postal_code: "8001",
    country: "CH",
  },
  answers: { gift: true },
}

test("an order of several variants is one row, with its goods in one cell and without units that are back on sale", async () => {
  const product = await offer(app, {
    name: "Hoodie",
    price_minor: 5_000,
    stock: undefined,
    external_id: "wc-7",
    variants: [
      { name: "Black / M", sku: "H-BM", stock: 9 },
      { name: "Black / L", stock: 9, price_minor: 6_000 },
      { name: "Red / S", sku: "H-RS", stock: 9 },
    ],
    collect: { email: "required", name: "required", phone: "optional", shipping_address: "required" },
    questions: [{ key: "gift", kind: "checkbox", label: "As a gift" }],
  })
  const [medium, large, small] = product.variants.map(({ id }: { id: number }) => id)
  const lines = [
    { variant_id: medium, qty: 1 },
    { variant_id: large, qty: 3 },
    { variant_id: small, qty: 2 },
  ]
  const held = await app.post("/api/holds", { product_id: product.id, lines, reference: "W-1" })
  const made = await app.post("/api/orders", { hold_id: held.body.hold_id, details: anna })
  expect(made.status).toBe(201)
  const { order_id } = made.body
  await pay(app, { order_id })
  await order(app, (await hold(app, product.id, 1, { variant_id: large })).hold_id)

  const address = `Anna Muster,"Bahnhofstrasse 1, 2nd floor",,8001,Zürich,,CH,anna@example.ch,'+41 44 000 00 00`
  const rest = (refunded: string) => `,330.00,EUR,${refunded},paid,T,T,,${product.id},wc-7,W-1,,true`
  expect(await rowsOf(product.id)).toEqual([
    `${HEADING},answer_gift`,
    `${order_id},${address},"1 × Hoodie, Black / M; 3 × Hoodie, Black / L; 2 × Hoodie, Red / S",` +
      `"1 × H-BM; 2 × H-RS",6${rest("")}`,
  ])

  const restock_lines = [
    { variant_id: large, qty: 2 },
    { variant_id: small, qty: 2 },
  ]
  const refund = await app.post(`/api/admin/orders/${order_id}/refunds`, {
    amount_minor: 22_000,
    restock_lines,
  })
  expect(refund.status).toBe(201)
  expect((await rowsOf(product.id))[1]).toBe(
    `${order_id},${address},"1 × Hoodie, Black / M; 1 × Hoodie, Black / L",1 × H-BM,2${rest("220.00")}`,
  )
})

test("a product without variants that asks for nothing has the same columns", async () => {
  const product = await offer(app, { name: "=Lamp", price_minor: 1_250, sku: "L-1" })
  const { order_id } = await order(app, (await hold(app, product.id, 2)).hold_id)
  await pay(app, { order_id })
  expect(await rowsOf(product.id)).toEqual([
    HEADING,
    `${order_id},,,,,,,,,,2 × =Lamp,2 × L-1,2,25.00,EUR,,paid,T,T,,${product.id},,,`,
  ])
})

test("without rows=orders the file has a row for each line; another word is refused", async () => {
  const lines = await app.get("/api/admin/orders.csv?rows=lines")
  expect(String(lines.body)).toMatch(/^\uFEFForder_id,hold_id,product_id,/)
  expect((await app.get("/api/admin/orders.csv")).body).toBe(lines.body)
  expect(await app.get("/api/admin/orders.csv?rows=parcels")).toBeProblem(422, "invalid_request")
})
