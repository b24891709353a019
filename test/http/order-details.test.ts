import { randomUUID } from "node:crypto"
import type pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openToolPool } from "../../src/store/pool.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { complaintsAbout } from "../support/problem.ts"
import { ADMIN_TOKEN, closed, hold, offer, order, pay, productNow } from "../support/shop.ts"

let app: TestApp
let pool: pg.Pool
beforeAll(async () => {
  app = await startTestApp({ config: { paymentTtlSeconds: 600 } })
  pool = openToolPool(app.databaseUrl, "tools", 1)
})
afterAll(async () => {
  await pool.end()
  await app[Symbol.asyncDispose]()
})

const everything = {
  collect: { email: "required", name: "required", phone: "optional", shipping_address: "required" },
  shipping_countries: ["CH", "US"],
  questions: [
    { key: "terms", kind: "checkbox", label: { en: "I agree", de: "Einverstanden" }, required: true },
    { key: "size", kind: "choice", label: "Size", choices: ["S", { value: "L", label: { en: "Large" } }] },
    { key: "engraving", kind: "text", label: "Engraving", help: "Up to ten letters" },
  ],
}

const anna = {
  email: "anna@example.ch",
  name: "Anna Muster",
  phone: null,
  shipping_address: {
    line1: "Bahnhofstrasse 1",
    line2: null,
    city: "Zürich",
    region: null,
    postal_code: "8001",
    country: "CH",
  },
  answers: { terms: true, size: "L" },
}

const allMissing = ["/details/email", "/details/name", "/details/shipping_address", "/details/answers/terms"]

async function heldUnit(settings: object = everything) {
  const product = await offer(app, settings)
  return (await hold(app, product.id)).hold_id as number
}

function orderWith(holdId: number, details: object, headers: Record<string, string> = {}) {
  return app.post("/api/orders", { hold_id: holdId, details }, { headers })
}

function replace(orderId: number, details: object) {
  return app.send("PUT", `/api/orders/${orderId}/details`, { json: details })
}

async function inboxOf(orderId: number) {
  const { body } = await app.get("/api/admin/money?limit=100")
  return body.data.filter((entry: { order?: { order_id: number } }) => entry.order?.order_id === orderId)
}

describe("what a product asks for", () => {
  test("is in its answers, with every demand, and absent where it asks for nothing", async () => {
    const plain = await offer(app)
    expect(Object.keys(plain)).not.toContain("collect")

    const product = await offer(app, everything)
    expect(await productNow(app, product.id)).toMatchObject({
      collect: everything.collect,
      shipping_countries: ["CH", "US"],
      questions: [
        { key: "terms", kind: "checkbox", label: { en: "I agree", de: "Einverstanden" }, required: true },
        {
          key: "size",
          kind: "choice",
          choices: ["S", { value: "L", label: { en: "Large" } }],
          required: false,
        },
        { key: "engraving", kind: "text", help: "Up to ten letters", required: false },
      ],
    })
  })

  test("a change replaces one of its three parts, and null removes it", async () => {
    const { id } = await offer(app, everything)
    const change = (json: object) => app.send("PATCH", `/api/admin/products/${id}`, { json })

    const { body } = await change({ collect: { email: "optional" } })
    expect(body).toMatchObject({
      collect: { email: "optional", name: "no", phone: "no", shipping_address: "no" },
      questions: [{ key: "terms" }, { key: "size" }, { key: "engraving" }],
    })
    expect((await change({ shipping_countries: null })).body).not.toHaveProperty("shipping_countries")
    expect((await change({ name: "Other" })).body).toMatchObject({ collect: { email: "optional" } })
    await change({ collect: null })
    expect(await productNow(app, id)).toHaveProperty("questions")
    await change({ questions: null })
    expect(Object.keys(await productNow(app, id))).toEqual(Object.keys(await offer(app)))
  })

  test.each([
    [{ collect: { email: "yes" } }, ["/collect/email"]],
    [{ collect: { fax: "required" } }, ["/collect/fax"]],
    [{ shipping_countries: ["CH", "ZZ"] }, ["/shipping_countries/1"]],
    [{ questions: [{ key: "Size", kind: "text", label: "Size" }] }, ["/questions/0/key"]],
    [{ questions: [{ key: "size", kind: "choice", label: "Size" }] }, ["/questions/0/choices"]],
    [{ questions: [{ key: "a", kind: "text", label: "A", choices: ["x"] }] }, ["/questions/0/choices"]],
    [
      { questions: [{ key: "a", kind: "choice", label: "A", choices: ["x", "x"] }] },
      ["/questions/0/choices"],
    ],
    [
      {
        questions: [
          { key: "a", kind: "text", label: "A" },
          { key: "a", kind: "text", label: "B" },
        ],
      },
      ["/questions/1/key"],
    ],
    [
      { questions: [{ key: "a", kind: "text", label: "A", link: "javascript:alert(1)" }] },
      ["/questions/0/link"],
    ],
    [
      { questions: Array.from({ length: 11 }, (_, n) => ({ key: `k${n}`, kind: "text", label: "K" })) },
      ["/questions"],
    ],
  ])("%j is refused", async (settings, pointers) => {
    const body = { name: "Wrong", price_minor: 1, currency: "EUR", stock: 1, ...settings }
    const answer = await app.post("/api/admin/products", body)
    expect(answer).toBeProblem(422, "invalid_request", complaintsAbout(...pointers))
  })
})

describe("details with the order", () => {
  test("are stored and shown, and nothing is missing", async () => {
    const { status, body } = await orderWith(await heldUnit(), anna)

    expect(status).toBe(201)
    expect(body).toMatchObject({ status: "pending_payment", details: anna })
    expect(body).not.toHaveProperty("missing_details")
    expect((await app.get(`/api/orders/${body.order_id}`)).body).toEqual(body)
  })

  test("may be left out: the order says what is missing, and no payment is opened", async () => {
    const placed = await order(app, await heldUnit())

    expect(placed.missing_details).toEqual(allMissing)
    expect(placed).not.toHaveProperty("details")
    const attempt = await app.post(`/api/orders/${placed.order_id}/payment-attempts`)
    expect(attempt).toBeProblem(409, "details_required", { missing_details: allMissing })
    expect((await app.get(`/api/orders/${placed.order_id}`)).body).toEqual(placed)
  })

  test("may come in parts: what is left out is removed", async () => {
    const { order_id } = await order(app, await heldUnit())

    const { shipping_address, ...others } = anna
    expect((await replace(order_id, others)).body.missing_details).toEqual(["/details/shipping_address"])
    const half = { ...shipping_address, postal_code: "", city: "  " }
    expect((await replace(order_id, { ...others, shipping_address: half })).body.missing_details).toEqual([
      "/details/shipping_address/city",
      "/details/shipping_address/postal_code",
    ])
    expect((await replace(order_id, {})).body.missing_details).toEqual(allMissing)

    const whole = await replace(order_id, anna)
    expect(whole.body).toMatchObject({ details: anna })
    expect(whole.body).not.toHaveProperty("missing_details")
    const attempt = await app.post(`/api/orders/${order_id}/payment-attempts`)
    expect(attempt.status).toBe(200)
  })

  test("a question may have the name of a member that every object has", async () => {
    const questions = [{ key: "constructor", kind: "text", label: "Builder", required: true }]
    const product = await offer(app, { questions })
    const { hold_id } = await hold(app, product.id)
    const { body } = await order(app, hold_id).then(({ order_id }) => app.get(`/api/orders/${order_id}`))
    expect(body.missing_details).toEqual(["/details/answers/constructor"])
    const { body: csv } = await app.get(`/api/admin/orders.csv?product_id=${product.id}`)
    expect(csv).not.toContain("native code")
    const refused = await app.post("/api/admin/products", {
      name: "Lamp",
      price_minor: 1,
      currency: "EUR",
      stock: 1,
      questions: [{ key: "__proto__", kind: "text", label: "P" }],
    })
    expect(refused).toBeProblem(422, "invalid_request")
  })

  test("a name that nobody can see is missing", async () => {
    const { body } = await orderWith(await heldUnit(), { ...anna, name: "\u200b \u2060" })
    expect(body.missing_details).toEqual(["/details/name"])
  })

  test("an address needs what its country needs", async () => {
    const address = { line1: "1 Main St", city: "Springfield", country: "US" }
    const { body } = await orderWith(await heldUnit(), { ...anna, shipping_address: address })
    expect(body.missing_details).toEqual([
      "/details/shipping_address/region",
      "/details/shipping_address/postal_code",
    ])
  })

  test.each([
    ["a question that it does not have", { answers: { colour: "red" } }, ["/details/answers/colour"]],
    ["another choice", { answers: { size: "XXL" } }, ["/details/answers/size"]],
    ["a text for a checkbox", { answers: { terms: "yes" } }, ["/details/answers/terms"]],
    [
      "a country where the shop does not ship to",
      { shipping_address: { country: "DE" } },
      ["/details/shipping_address/country"],
    ],
    ["no country", { shipping_address: { country: "ZZ" } }, ["/details/shipping_address/country"]],
    ["an e-mail address without @", { email: "anna" }, ["/details/email"]],
    ["a domain without a dot", { email: "luc@example" }, ["/details/email"]],
    ["two @", { email: "a@b@c.example" }, ["/details/email"]],
    ["a space in it", { email: "a b@c.example" }, ["/details/email"]],
    ["an unknown field", { birthday: "2000-01-01" }, ["/details/birthday"]],
  ])("with %s are refused, and the hold stays", async (_, details, pointers) => {
    const holdId = await heldUnit()
    const answer = await orderWith(holdId, { ...anna, ...details })
    expect(answer).toBeProblem(422, "invalid_request", complaintsAbout(...pointers))
    expect((await orderWith(holdId, anna)).status).toBe(201)
  })

  test("that the product does not ask for are refused", async () => {
    const onlyName = await heldUnit({ collect: { name: "required" } })
    expect(await orderWith(onlyName, { name: "Anna", email: "a@b.example" })).toBeProblem(
      422,
      "invalid_request",
      complaintsAbout("/details/email"),
    )
    const nothing = await heldUnit({})
    expect(await orderWith(nothing, { name: "Anna" })).toBeProblem(
      422,
      "invalid_request",
      complaintsAbout("/details"),
    )
    expect((await orderWith(nothing, {})).status).toBe(201)
  })

  test("are the same in a repeated request with the same key, and others are refused", async () => {
    const holdId = await heldUnit()
    const headers = { "idempotency-key": randomUUID() }
    const first = await orderWith(holdId, anna, headers)
    const again = await orderWith(holdId, anna, headers)

    expect(again).toMatchObject({ status: 201, body: first.body })
    expect(again.headers["idempotent-replayed"]).toBe("true")
    const other = await orderWith(holdId, { ...anna, name: "Berta" }, headers)
    expect(other).toBeProblem(422, "idempotency_key_reused")
  })
})

describe("money", () => {
  test("is taken for an order that lacks details, which then stands in the money inbox until they are given", async () => {
    const { order_id } = await order(app, await heldUnit())
    expect(await inboxOf(order_id)).toEqual([])

    expect((await pay(app, { order_id })).status).toBe(200)
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({
      status: "paid",
      missing_details: allMissing,
    })
    expect(await inboxOf(order_id)).toMatchObject([
      { kind: "details_missing", actions: [], order: { order_id, missing_details: allMissing } },
    ])
    await expect
      .poll(async () => (await app.get("/api/admin/live?product_id=1")).body.money_inbox_count)
      .toBeGreaterThan(0)

    const given = await app.send("PUT", `/api/admin/orders/${order_id}/details`, { json: anna })
    expect(given.body).toMatchObject({ status: "paid", details: anna })
    expect(await inboxOf(order_id)).toEqual([])
  })

  test("a refund takes the order out of the inbox", async () => {
    const { order_id } = await order(app, await heldUnit())
    await pay(app, { order_id })
    const refund = await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: null })
    await app.post(`/api/admin/refunds/${refund.body.refund_id}/confirm`)
    expect(await inboxOf(order_id)).toEqual([])
  })

  test("that came before the buyer's request: the request gives the details, once", async () => {
    const product = await offer(app, everything)
    const { hold_id } = await hold(app, product.id)
    const paid = await pay(app, { order_id: 900_001, hold_id, product_id: product.id, quantity: 1 })
    expect(paid.body).toMatchObject({ status: "paid" })

    const placed = await orderWith(hold_id, anna)
    expect(placed).toMatchObject({ status: 200, body: { status: "paid", details: anna } })
    expect(placed.body).not.toHaveProperty("missing_details")
    expect(await inboxOf(placed.body.order_id)).toEqual([])

    const other = await orderWith(hold_id, { ...anna, name: "Berta" })
    expect(other).toMatchObject({ status: 200, body: { details: anna } })
  })

  test("an order of 0.00 is paid when nothing is missing any more", async () => {
    const free = { ...everything, price_minor: 0 }
    expect((await orderWith(await heldUnit(free), anna)).body).toMatchObject({ status: "paid" })

    const { order_id, status } = await order(app, await heldUnit(free))
    expect(status).toBe("pending_payment")
    expect((await replace(order_id, { ...anna, email: null })).body).toMatchObject({
      status: "pending_payment",
    })
    expect((await replace(order_id, anna)).body).toMatchObject({ status: "paid", details: anna })
  })
})

test("details are in no log line, no idempotency record, no event and no record of actions", async () => {
  const secret = "Xanthippe-Zwiebelfisch"
  await app.post("/api/admin/webhooks", { url: "http://127.0.0.1:9/hook", event_types: null })
  const holdId = await heldUnit()
  const details = { ...anna, name: secret, email: `${secret}@example.ch` }
  const { body } = await orderWith(holdId, details, { "idempotency-key": randomUUID() })
  await app.send("PUT", `/api/orders/${body.order_id}/details`, {
    json: details,
    headers: { "idempotency-key": randomUUID() },
  })
  await pay(app, { order_id: body.order_id })
  await app.send("PUT", `/api/admin/orders/${body.order_id}/details`, {
    json: details,
    headers: { "idempotency-key": randomUUID() },
  })
  const actions = () => app.get("/api/admin/actions?limit=5")
  await expect
    .poll(async () => (await actions()).body.data.map(({ route }: { route: string }) => route))
    .toContain("PUT /api/admin/orders/:id/details")

  expect(JSON.stringify(app.log)).not.toContain(secret)
  const { rows: tables } = await pool.query<{ name: string }>(
    "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  )
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `select 1 from ${name} as t where t::text like '%' || $1 || '%' limit 1`,
      [secret],
    )
    if (rows.length > 0) found.push(name)
  }
  expect(tables.length).toBeGreaterThan(10)
  expect(found).toEqual(["order_details"])
})

describe("in closed mode", () => {
  let shop: TestApp
  beforeAll(async () => {
    shop = await startTestApp({ config: closed })
  })
  afterAll(() => shop[Symbol.asyncDispose]())

  test("only the owner and the shop see and change them, the owner until the order is paid", async () => {
    const product = await offer(shop, everything, ADMIN_TOKEN)
    const [own, others] = [await hold(shop, product.id), await hold(shop, product.id)]
    const request = { hold_id: own.hold_id, details: anna }
    const { order_id } = (await shop.post("/api/orders", request, { token: own.token })).body
    const at = `/api/orders/${order_id}`
    const put = (token: string | undefined, json: object = anna) =>
      shop.send("PUT", `${at}/details`, { json, ...(token !== undefined && { token }) })

    for (const token of [undefined, others.token]) {
      expect(await put(token)).toBeProblem(404, "order_not_found")
      expect(await shop.get(at, token === undefined ? {} : { token })).toBeProblem(404, "order_not_found")
    }
    const moved = { ...anna, phone: "+41 44 000 00 00" }
    expect((await put(own.token, moved)).body).toMatchObject({ details: moved })

    const cancelled = await shop.post(`${at}/cancel`, undefined, { token: own.token })
    expect(cancelled.status).toBe(200)
    expect(await put(own.token)).toBeProblem(409, "order_not_pending")
    expect((await put(ADMIN_TOKEN)).body).toMatchObject({ details: anna })
    expect((await shop.get(at, { token: ADMIN_TOKEN })).body).toMatchObject({ details: anna })

    const asShop = `/api/admin/orders/${order_id}/details`
    expect(await shop.send("PUT", asShop, { json: anna, token: own.token })).toBeProblem(403, "forbidden")
  })
})

test("erased details are not written again", async () => {
  const { order_id, product_id } = (await orderWith(await heldUnit(), anna)).body
  await pool.query(
    `update order_details
        set email = null, name = null, phone = null, shipping_address = null, answers = '{}', erased_at = now()
      where product_id = $1 and order_id = $2`,
    [product_id, order_id],
  )
  expect(await replace(order_id, anna)).toBeProblem(409, "details_erased")
  expect((await app.get(`/api/orders/${order_id}`)).body).not.toHaveProperty("details")
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
