import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { startReceiver } from "../support/receiver.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"
import { hold, offer, pay } from "../support/shop.ts"

const told = {
  email: "Anna.Needle@Example.com",
  name: "Änna Needle =1+1",
  phone: "+41 44 needle",
  shipping_address: {
    line1: "Musterweg 17",
    line2: null,
    city: "Zürich",
    region: null,
    postal_code: "8001-needle",
    country: "CH",
  },
  answers: { engraving: "for needle", terms: true },
}
/** Words of every detail, as a search for them would write them. */
const needles = ["needle", "Musterweg", "Zürich"]

const collect = { email: "required", name: "required", phone: "optional", shipping_address: "required" }
const questions = [
  { key: "engraving", kind: "text", label: "Engraving" },
  { key: "terms", kind: "checkbox", label: "I agree", required: true },
]

let app: TestApp
let productId: number
beforeAll(async () => {
  app = await startTestApp({ worker: true, config: { webhookAllowPrivate: true } })
  productId = (await offer(app, { collect, questions })).id
})
afterAll(() => app[Symbol.asyncDispose]())

/** A paid order whose buyer has told everything. */
async function paidOrder(customer_id = "c-1", email = told.email): Promise<number> {
  const { hold_id } = await hold(app, productId, 1, { customer_id })
  const body = { hold_id, details: { ...told, email } }
  const { status, body: made } = await app.post("/api/orders", body, {
    headers: { "idempotency-key": `${hold_id}` },
  })
  expect(status).toBe(201)
  const { order_id } = made
  const changed = { ...body.details, phone: "+41 44 needle" }
  expect((await app.send("PUT", `/api/orders/${order_id}/details`, { json: changed })).status).toBe(200)
  await pay(app, { order_id, amount_minor: 9_999 })
  return order_id
}

const detailsOf = async (orderId: number) => {
  const { data } = (await app.get(`/api/admin/orders?limit=100&cursor=${orderId - 1}`)).body
  return data.find((one: { order_id: number }) => one.order_id === orderId)?.details
}
const lackingInInbox = async (): Promise<number[]> => {
  const { data } = (await app.get("/api/admin/money?limit=100")).body
  return data.flatMap(({ kind, order }: { kind: string; order: { order_id: number } }) =>
    kind === "details_missing" ? [order.order_id] : [],
  )
}
const erase = (body: object) => app.post("/api/admin/erase", body)

/** The names of the tables that have one of the needles in any column. */
async function tablesWithNeedles(): Promise<string[]> {
  await using database = openScopedDatabase(app.databaseUrl)
  const { rows } = await database.views.query<{ table: string }>(
    `select format('%I.%I', schemaname, tablename) as table
       from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  )
  const found: string[] = []
  for (const { table } of rows) {
    const pattern = needles.join("|")
    const { rows: hits } = await database.views.query(
      `select 1 from ${table} as t where t::text ~* $1 limit 1`,
      [pattern],
    )
    if (hits.length > 0) found.push(table)
  }
  return found
}

describe("an endpoint with include_details", () => {
  test("gets the buyer's details with the events of orders; others do not, and no stored event has them", async () => {
    await using all = await startReceiver()
    await using plain = await startReceiver()
    const { body: made } = await app.post("/api/admin/webhooks", { url: all.url, include_details: true })
    const { body: other } = await app.post("/api/admin/webhooks", { url: plain.url })
    expect([made.include_details, other.include_details]).toEqual([true, false])

    const orderId = await paidOrder()
    const withThem = (await all.has(2)).find(({ event }) => event.type === "order.paid")
    const without = (await plain.has(2)).find(({ event }) => event.type === "order.paid")
    expect(withThem?.event.data).toMatchObject({ order_id: orderId, details: told })
    expect(without?.event.data).not.toHaveProperty("details")
    expect(withThem?.event).toEqual({
      ...without?.event,
      data: { ...without?.event.data, details: told },
    })
    expect(await tablesWithNeedles()).toEqual(["public.order_details"])

    const path = `/api/admin/webhooks/${made.endpoint_id}`
    expect((await app.send("PATCH", path, { json: { include_details: false } })).body.include_details).toBe(
      false,
    )
    expect((await app.send("PATCH", path, { json: { enabled: true } })).body.include_details).toBe(false)
    expect((await app.get(path)).body.include_details).toBe(false)
    for (const { endpoint_id } of [made, other])
      await app.send("DELETE", `/api/admin/webhooks/${endpoint_id}`)
  })

  test("gets none that were erased while the delivery waited", async () => {
    await using receiver = await startReceiver()
    receiver.answer((response) => void response.writeHead(500).end())
    const { body: made } = await app.post("/api/admin/webhooks", { url: receiver.url, include_details: true })
    const orderId = await paidOrder("c-2", "waiting@example.com")
    await receiver.has(2)

    expect((await erase({ email: "waiting@example.com" })).body).toEqual({ erased_orders: 1 })
    receiver.answer((response) => void response.writeHead(204).end())
    const before = receiver.received.length
    await runSql(app.databaseUrl, "update webhook_deliveries set not_before = now() where status = 'due'")
    const later = (await receiver.has(before + 2)).slice(before)
    expect(later.map(({ event }) => event.data.order_id)).toEqual([orderId, orderId])
    for (const { event } of later) expect(event.data).not.toHaveProperty("details")
    await app.send("DELETE", `/api/admin/webhooks/${made.endpoint_id}`)
  })
})

describe("erasing", () => {
  test("by e-mail address, in upper or lower case, takes the details of all the buyer's orders and no others", async () => {
    const mine = [await paidOrder("c-3", "ARA@Example.com"), await paidOrder("c-4", "ara@example.COM")]
    const other = await paidOrder("c-5", "bara@example.com")
    expect((await erase({ email: "Ara@EXAMPLE.com" })).body).toEqual({ erased_orders: 2 })
    for (const id of mine) expect(await detailsOf(id)).toBeUndefined()
    expect(await detailsOf(other)).toMatchObject({ email: "bara@example.com" })
    expect((await erase({ email: "ara@example.com" })).body).toEqual({ erased_orders: 0 })
  })

  test.each([
    ["straße@example.com", "strasse@example.com"],
    ["ılker@example.com", "ilker@example.com"],
    ["ÄRA@example.com", "ära@example.com"],
  ])("%s takes nothing from %s, which can belong to somebody else", async (email, another) => {
    const other = await paidOrder("c-7", another)
    expect((await erase({ email })).body).toEqual({ erased_orders: 0 })
    expect(await detailsOf(other)).toMatchObject({ email: another })
    expect((await erase({ email: another })).body).toEqual({ erased_orders: 1 })
  })

  test("by customer takes the details of all the customer's orders and no others", async () => {
    const mine = [await paidOrder("c-6"), await paidOrder("c-6")]
    const other = await paidOrder("c-66")
    expect((await erase({ customer_id: "c-6" })).body).toEqual({ erased_orders: 2 })
    for (const id of mine) expect(await detailsOf(id)).toBeUndefined()
    expect(await detailsOf(other)).toMatchObject(told)
    expect((await erase({ customer_id: "c-6" })).body).toEqual({ erased_orders: 0 })
  })

  test("leaves the address in no table and no line of the log, and the books as they were", async () => {
    await runSql(
      app.databaseUrl,
      `update order_details
          set email = null, name = null, phone = null, shipping_address = null, answers = '{}', awaited = false,
              erased_at = now()`,
    )
    const orderId = await paidOrder("c-7", "anna.needle@example.com")
    const sought = { email: "anna.needle@example.com", name: "needle" }
    expect((await app.post("/api/admin/orders/search", sought)).body.data).toHaveLength(1)
    const booksOf = async () => (await app.get(`/api/orders/${orderId}`)).body
    const { details: _, ...before } = await booksOf()
    expect(await tablesWithNeedles()).toEqual(["public.order_details"])

    expect((await erase({ email: "anna.needle@example.com" })).status).toBe(200)
    const again = await app.send("PUT", `/api/admin/orders/${orderId}/details`, { json: told })
    expect(again).toMatchObject({ status: 409, body: { code: "details_erased" } })

    expect(await tablesWithNeedles()).toEqual([])
    expect(JSON.stringify(app.log)).not.toMatch(/needle|Musterweg|Zürich/i)
    expect(await booksOf()).toEqual(before)
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })

  test("leaves said what was missing, and brings no order into the money inbox", async () => {
    const byCustomer = { customer_id: "c-lacking" }
    const made = async (details: object): Promise<number> => {
      const { hold_id } = await hold(app, productId, 1, byCustomer)
      return (await app.post("/api/orders", { hold_id, details })).body.order_id
    }
    const { phone: _, ...required } = told
    const [whole, paid, unpaid] = [await made(required), await made({ email: told.email }), await made({})]
    await pay(app, { order_id: whole, amount_minor: 9_999 })
    await pay(app, { order_id: paid, amount_minor: 9_999, payment_id: "pay-lacking" })
    expect(await lackingInInbox()).toEqual([paid])
    const before = (await app.get(`/api/orders/${paid}`)).body

    expect((await erase(byCustomer)).body).toEqual({ erased_orders: 3 })
    expect(await lackingInInbox()).toEqual([])
    // Nor does anything that happens to the orders afterwards.
    await pay(app, { order_id: unpaid, amount_minor: 9_999 })
    expect((await app.post(`/api/admin/orders/${paid}/refunds`, { amount_minor: 1 })).status).toBe(201)
    await pay(app, { order_id: paid, amount_minor: 9_999, payment_id: "pay-again" })
    await app.send("PATCH", `/api/admin/products/${productId}`, { json: { collect: { name: "required" } } })
    await app.send("PATCH", `/api/admin/products/${productId}`, { json: { collect, questions } })
    expect(await lackingInInbox()).toEqual([])

    const { details: __, ...books } = before
    expect((await app.get(`/api/orders/${paid}`)).body).toMatchObject({
      order_id: paid,
      status: "paid",
      missing_details: books.missing_details,
    })
    expect(books.missing_details).toEqual([
      "/details/name",
      "/details/shipping_address",
      "/details/answers/terms",
    ])
    const afterwards = (await app.get(`/api/orders/${whole}`)).body
    expect(afterwards).toMatchObject({ status: "paid" })
    expect(afterwards).not.toHaveProperty("missing_details")
    expect((await app.get(`/api/orders/${unpaid}`)).body).toMatchObject({ status: "paid" })
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })

  test("is recorded, without saying whose details", async () => {
    await erase({ email: "recorded@example.com" })
    await expect
      .poll(async () => (await app.get("/api/admin/actions?limit=1")).body.data[0])
      .toMatchObject({ route: "POST /api/admin/erase", content: null, status: 200 })
  })

  test.each([
    {},
    { email: "a@b", customer_id: "c" },
    { email: "" },
    { email: null },
    { customer_id: "a\nb" },
    { who: "a" },
  ])("with %j is refused", async (body) => {
    expect((await erase(body)).status).toBe(422)
  })
})

test("the CSV of all products has a column for each detail and question, and no cell is a formula", async () => {
  await using own = await startTestApp()
  const asking = (await offer(own, { collect, questions })).id
  const other = (
    await offer(own, { collect: { name: "optional" }, questions: [{ ...questions[0], key: "size" }] })
  ).id
  const orderOf = async (product: number, details: object) => {
    const { hold_id } = await hold(own, product)
    expect((await own.post("/api/orders", { hold_id, details })).status).toBe(201)
  }
  await orderOf(asking, { ...told, name: '=HYPERLINK("x")', answers: { engraving: "@SUM(1)", terms: true } })
  await orderOf(other, { name: "+49", answers: { size: "-1" } })

  const read = async (query: string) =>
    String((await own.get(`/api/admin/orders.csv${query}`)).body)
      .trim()
      .split("\r\n")
  const [heading = "", first = "", second = ""] = await read("")
  expect(heading.split(",order_refunded,")[1]).toBe(
    "email,name,phone,address_line1,address_line2,address_city,address_region,address_postal_code,address_country," +
      "answer_engraving,answer_size,answer_terms",
  )
  expect(first).toContain(
    `,Anna.Needle@Example.com,"'=HYPERLINK(""x"")",'+41 44 needle,Musterweg 17,,Zürich,,8001-needle,CH,'@SUM(1),,true`,
  )
  expect(second).toMatch(/,,'\+49,,,,,,,,,'-1,$/)
  expect((await read(`?product_id=${other}`))[0]).toMatch(/,address_country,answer_size$/)
  expect((await read("?product_id=1"))[0]).toMatch(/,reference,metadata,order_refunded$/)
})
