import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { complaintsAbout } from "../support/problem.ts"
import { hold, offer, order, pay, productNow } from "../support/shop.ts"

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

async function connect(connectionString: string) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

const everySetting = {
  name: "Everything",
  description: "Line one\nline two – Zoë 🗝",
  image_url: "https://cdn.example/a.png?b=c",
  price_minor: 500,
  currency: "JPY",
  stock: 10,
  opens_at: "2026-01-01T01:00:00+01:00",
  closes_at: "2036-01-01T00:00:00Z",
  paused: false,
  max_per_hold: 2,
  max_per_customer: 3,
  hold_ttl_seconds: 60,
}

describe("POST /api/admin/products", () => {
  test("answers 201 with the product, its Location and every given setting", async () => {
    const answer = await app.post("/api/admin/products", everySetting)

    expect(answer.status).toBe(201)
    const { paused: _, ...settings } = everySetting
    expect(answer.body).toEqual({
      ...settings,
      own_hold_ttl: true,
      id: expect.any(Number),
      price: "500",
      opens_at: "2026-01-01T00:00:00.000Z",
      closes_at: "2036-01-01T00:00:00.000Z",
      available_stock: 10,
      reserved_stock: 0,
      sold_stock: 0,
      sale_state: "open",
      server_time: expect.stringMatching(ISO_TIME),
    })
    expect(answer.headers["location"]).toBe(`/api/products/${answer.body.id}`)
    const shown = await productNow(app, answer.body.id)
    expect(shown).toEqual({ ...answer.body, server_time: expect.stringMatching(ISO_TIME) })
  })

  test.each(["HRK", "BGN", "XDR", "DEM"])("refuses the withdrawn currency %s", async (currency) => {
    const answer = await app.post("/api/admin/products", {
      name: "Old money",
      price_minor: 500,
      currency,
      stock: 1,
    })

    expect(answer).toBeProblem(422, "invalid_request", complaintsAbout("/currency"))
  })

  test("a product whose currency was withdrawn later stays on sale and keeps its currency", async () => {
    const { id } = await offer(app, { name: "Stored in leva", currency: "EUR", price_minor: 4_990 })
    await using database = await connect(app.databaseUrl)
    await database.query("update products set currency = 'BGN' where id = $1", [id])

    const changed = await app.send("PATCH", `/api/admin/products/${id}`, { json: { name: "In leva" } })
    expect(changed).toMatchObject({ status: 200, body: { currency: "BGN", price: "49.90" } })
    const { order_id } = await order(app, (await hold(app, id, 1)).hold_id)
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({ total_price: "49.90" })
  })

  test("needs only name, price, currency and stock", async () => {
    const { body } = await app.post("/api/admin/products", {
      name: "Plain",
      price_minor: 0,
      currency: "EUR",
      stock: 0,
    })

    expect(body).toMatchObject({
      price: "0.00",
      description: null,
      image_url: null,
      opens_at: null,
      closes_at: null,
      max_per_hold: null,
      max_per_customer: null,
      hold_ttl_seconds: 120,
      sale_state: "sold_out",
    })
  })

  test("accepts null for every optional setting", async () => {
    const nothing = {
      description: null,
      image_url: null,
      opens_at: null,
      closes_at: null,
      max_per_hold: null,
    }

    expect(await offer(app, { ...nothing, max_per_customer: null, hold_ttl_seconds: null })).toMatchObject(
      nothing,
    )
  })

  test("gives every product its own id, even for concurrent requests", async () => {
    const made = await Promise.all(Array.from({ length: 40 }, () => offer(app)))

    expect(new Set(made.map(({ id }) => id)).size).toBe(40)
  })

  test("names every invalid field", async () => {
    const answer = await app.post("/api/admin/products", {
      ...everySetting,
      stock: "1",
      held: 1,
      currency: "XXQ",
    })

    expect(answer).toBeProblem(422, "invalid_request", complaintsAbout("/stock", "/held"))
  })
})

describe("PATCH /api/admin/products/{id}", () => {
  test.each([
    ["name", { name: "New" }],
    ["description", { description: "New" }],
    ["image_url", { image_url: "https://cdn.example/new.png" }],
    ["price_minor", { price_minor: 1 }],
    ["currency", { currency: "GBP" }],
    ["opens_at", { opens_at: "2036-01-01T00:00:00.000Z" }],
    ["closes_at", { closes_at: "2036-01-01T00:00:00.000Z" }],
    ["max_per_hold", { max_per_hold: 9 }],
    ["max_per_customer", { max_per_customer: 9 }],
    ["hold_ttl_seconds", { hold_ttl_seconds: 9 }, { own_hold_ttl: true }],
    ["several", { name: "New", max_per_hold: 9 }],
    ["nothing", {}],
  ])("changes %s and nothing else", async (...[, change, also = {}]) => {
    const { server_time: _time, ...before } = await offer(app)

    const answer = await app.send("PATCH", `/api/admin/products/${before.id}`, { json: change })

    expect(answer.status).toBe(200)
    const { server_time: _later, price, sale_state, ...after } = answer.body
    expect(after).toEqual({ ...before, ...change, ...also, price: undefined, sale_state: undefined })
    expect([price, sale_state]).toEqual([
      "price_minor" in change ? "0.01" : "99.99",
      "opens_at" in change ? "scheduled" : "open",
    ])
    expect(await productNow(app, before.id)).toMatchObject(after)
  })

  test.each(["description", "image_url", "opens_at", "closes_at", "max_per_hold", "max_per_customer"])(
    "clears %s with null",
    async (field) => {
      const { id } = await offer(app, everySetting)

      const { body } = await app.send("PATCH", `/api/admin/products/${id}`, { json: { [field]: null } })

      expect(body[field]).toBeNull()
    },
  )

  test("null restores the installation's default hold time", async () => {
    const { id } = await offer(app, { hold_ttl_seconds: 1 })

    const { body } = await app.send("PATCH", `/api/admin/products/${id}`, {
      json: { hold_ttl_seconds: null },
    })

    expect(body).toMatchObject({ hold_ttl_seconds: 120 })
    expect(body).not.toHaveProperty("own_hold_ttl")
  })

  test("refuses a sale that would close before it opens, even if only one of the times is given", async () => {
    const { id } = await offer(app, everySetting)
    const path = `/api/admin/products/${id}`

    const opening = await app.send("PATCH", path, { json: { opens_at: "2037-01-01T00:00:00Z" } })
    const closing = await app.send("PATCH", path, { json: { closes_at: "2025-01-01T00:00:00Z" } })

    expect(opening).toBeProblem(422, "invalid_request", complaintsAbout("/closes_at"))
    expect(closing).toBeProblem(422, "invalid_request", complaintsAbout("/closes_at"))
  })

  test("a lower limit leaves holds that were granted before", async () => {
    const { id } = await offer(app, { max_per_customer: 3 })
    const { hold_id } = await hold(app, id, 3, { customer_id: "early" })
    await app.send("PATCH", `/api/admin/products/${id}`, { json: { max_per_customer: 1 } })

    expect((await order(app, hold_id)).quantity).toBe(3)
    const more = await app.post("/api/holds", { product_id: id, qty: 1, customer_id: "early" })
    expect(more).toBeProblem(409, "customer_limit_reached", { units_left: 0 })
  })

  test("answers 404 for a product that does not exist", async () => {
    const answer = await app.send("PATCH", "/api/admin/products/4000000", { json: { name: "New" } })

    expect(answer).toBeProblem(404, "product_not_found")
  })
})

describe("POST /api/admin/products/{id}/stock", () => {
  test("sets the stock if it is what the caller expects", async () => {
    const { id } = await offer(app, { stock: 10 })
    await hold(app, id, 4)

    const answer = await app.post(`/api/admin/products/${id}/stock`, { stock: 4, expected: 10 })

    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      stock: 4,
      available_stock: 0,
      reserved_stock: 4,
      sale_state: "all_held",
    })
  })

  test("answers 409 stock_changed with the present stock otherwise", async () => {
    const { id } = await offer(app, { stock: 10 })

    const answer = await app.post(`/api/admin/products/${id}/stock`, { stock: 20, expected: 9 })

    expect(answer).toBeProblem(409, "stock_changed", { stock: 10 })
    expect(await productNow(app, id)).toMatchObject({ stock: 10 })
  })

  test("answers 409 stock_in_use below the number of held and sold units", async () => {
    const { id } = await offer(app, { stock: 10 })
    await hold(app, id, 2)
    await pay(app, { order_id: (await order(app, (await hold(app, id, 3)).hold_id)).order_id })

    const answer = await app.post(`/api/admin/products/${id}/stock`, { stock: 4, expected: 10 })

    expect(answer).toBeProblem(409, "stock_in_use", { reserved_stock: 2, sold_stock: 3 })
    expect(await productNow(app, id)).toMatchObject({ stock: 10, available_stock: 5 })
  })

  test("of twenty concurrent requests exactly one succeeds (compare and set)", async () => {
    const { id } = await offer(app, { stock: 10 })

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        app.post(`/api/admin/products/${id}/stock`, { stock: 100 + index, expected: 10 }),
      ),
    )

    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    const stock = winners[0]?.body.stock
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(answer).toBeProblem(409, "stock_changed", { stock })
    }
    expect(await productNow(app, id)).toMatchObject({ stock })
  })

  test("added stock is available at once", async () => {
    const { id } = await offer(app, { stock: 0 })
    await app.post(`/api/admin/products/${id}/stock`, { stock: 1, expected: 0 })

    expect((await hold(app, id)).qty).toBe(1)
  })

  test("answers 404 for a product that does not exist", async () => {
    const answer = await app.post("/api/admin/products/4000000/stock", { stock: 1, expected: 0 })

    expect(answer).toBeProblem(404, "product_not_found")
  })
})

describe("…/pause and …/resume", () => {
  test("pause and resume a sale, and can be repeated", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id)
    const states = []
    for (const action of ["pause", "pause", "resume", "resume"]) {
      const { status, body } = await app.post(`/api/admin/products/${id}/${action}`)
      const wish = await app.post("/api/holds", { product_id: id, qty: 1 })
      states.push([status, body.sale_state, wish.status])
    }

    expect(states).toEqual([
      [200, "paused", 409],
      [200, "paused", 409],
      [200, "open", 201],
      [200, "open", 201],
    ])
    expect((await order(app, hold_id)).status).toBe("pending_payment")
  })

  test.each(["pause", "resume"])("%s answers 404 for a product that does not exist", async (action) => {
    expect(await app.post(`/api/admin/products/4000000/${action}`)).toBeProblem(404, "product_not_found")
  })
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
