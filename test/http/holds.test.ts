import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { complaintsAbout } from "../support/problem.ts"
import { hold, holdEnd, offer, order, pendingOrder, productNow } from "../support/shop.ts"

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const AN_HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString()
const IN_AN_HOUR = new Date(Date.now() + 3_600_000).toISOString()

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

describe("POST /api/holds", () => {
  test("answers 201 with the hold, its token and its Location", async () => {
    const { id } = await offer(app, { hold_ttl_seconds: 30 })

    const answer = await app.post("/api/holds", { product_id: id, qty: 2, customer_id: "Zoë 7" })

    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      hold_id: expect.any(Number),
      product_id: id,
      qty: 2,
      status: "active",
      expires_at: expect.stringMatching(ISO_TIME),
      created_at: expect.stringMatching(ISO_TIME),
      customer_id: "Zoë 7",
      token: expect.stringMatching(/^\S{40,}$/),
    })
    expect(Date.parse(answer.body.expires_at) - Date.parse(answer.body.created_at)).toBe(30_000)
    expect(answer.headers["location"]).toBe(`/api/holds/${answer.body.hold_id}`)
    expect(answer.headers["cache-control"]).toBe("no-store")
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8")
    expect(await productNow(app, id)).toMatchObject({ stock: 100, available_stock: 98, reserved_stock: 2 })
  })

  test("lasts two minutes and needs no customer by default", async () => {
    const held = await hold(app, 1)

    expect(Date.parse(held.expires_at) - Date.parse(held.created_at)).toBe(120_000)
    expect(held.customer_id).toBeNull()
  })

  test.each([
    "application/json; charset=utf-8",
    'application/json; charset="utf-8"',
    "application/json;charset=UTF-8",
    "Application/JSON",
  ])("reads a body of type %s", async (type) => {
    const raw = JSON.stringify({ product_id: 1, qty: 1 })

    expect((await app.post("/api/holds", undefined, { raw, headers: { "content-type": type } })).status).toBe(
      201,
    )
  })

  // One row per refusal, in order of precedence: all later refusals apply to the product as well.
  const everythingWrong = { stock: 1, max_per_hold: 2, max_per_customer: 1, paused: true }
  test.each([
    [410, "sale_closed", { closes_at: AN_HOUR_AGO, ...everythingWrong }, { closes_at: AN_HOUR_AGO }],
    [409, "sale_not_open", { opens_at: IN_AN_HOUR, ...everythingWrong }, { opens_at: IN_AN_HOUR }],
    [409, "sale_paused", everythingWrong, {}],
    [422, "quantity_over_limit", { ...everythingWrong, paused: false }, { max_per_hold: 2 }],
    [422, "customer_required", { stock: 1, max_per_customer: 1 }, {}],
    [409, "out_of_stock", { stock: 1 }, { sale_state: "open", available_stock: 1, retry_at: null }],
    [409, "out_of_stock", { stock: 0 }, { sale_state: "sold_out", available_stock: 0, retry_at: null }],
  ])("answers %i %s for a product with %j", async (status, code, settings, members) => {
    const { id } = await offer(app, settings)

    expect(await app.post("/api/holds", { product_id: id, qty: 3 })).toBeProblem(status, code, members)
    expect(await productNow(app, id)).toMatchObject({ reserved_stock: 0 })
  })

  test("answers 409 customer_limit_reached with the units that the customer may still hold", async () => {
    const { id } = await offer(app, { max_per_customer: 3 })
    await hold(app, id, 2, { customer_id: "ann" })

    const answer = await app.post("/api/holds", { product_id: id, qty: 2, customer_id: "ann" })

    expect(answer).toBeProblem(409, "customer_limit_reached", { units_left: 1 })
    await hold(app, id, 1, { customer_id: "ann" })
    await hold(app, id, 3, { customer_id: "bob" })
  })

  test("answers 409 out_of_stock with all_held and the time when held units may come back", async () => {
    const { id } = await offer(app, { stock: 1 })
    const { expires_at } = await hold(app, id)

    const answer = await app.post("/api/holds", { product_id: id, qty: 1 })

    const members = { sale_state: "all_held", available_stock: 0, retry_at: expires_at }
    expect(answer).toBeProblem(409, "out_of_stock", members)
  })

  test("answers 404 for a product that does not exist", async () => {
    expect(await app.post("/api/holds", { product_id: 4_000_000, qty: 1 })).toBeProblem(
      404,
      "product_not_found",
    )
  })

  test("names every invalid field", async () => {
    const answer = await app.post("/api/holds", { qty: "2", price: 1 })

    expect(answer).toBeProblem(422, "invalid_request", complaintsAbout("/product_id", "/qty", "/price"))
  })
})

describe("POST /api/holds/{product_id}/{quantity}", () => {
  test("answers in the shape of seed 004", async () => {
    const { id } = await offer(app)

    const answer = await app.post(`/api/holds/${id}/2`)

    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      message: "Holded Successfully",
      success: true,
      hold: {
        id: expect.any(Number),
        product_id: id,
        qty: 2,
        status: "active",
        expires_at: expect.stringMatching(ISO_TIME),
        created_at: expect.stringMatching(ISO_TIME),
        customer_id: null,
        token: expect.any(String),
      },
    })
    expect(answer.headers["location"]).toBe(`/api/holds/${answer.body.hold.id}`)
  })

  test("gives the same refusals as POST /api/holds", async () => {
    const { id } = await offer(app, { stock: 1 })

    expect(await app.post(`/api/holds/${id}/2`)).toBeProblem(409, "out_of_stock", {
      sale_state: "open",
      available_stock: 1,
      retry_at: null,
    })
    expect(await app.post("/api/holds/4000000/1")).toBeProblem(404, "product_not_found")
    expect(await app.post(`/api/holds/${id}/0`)).toBeProblem(
      422,
      "invalid_request",
      complaintsAbout("/quantity"),
    )
  })
})

describe("GET /api/holds/{id}", () => {
  test("shows the hold without its token", async () => {
    const { token, ...shown } = await hold(app, 1, 1, { customer_id: "carl" })

    const answer = await app.get(`/api/holds/${shown.hold_id}`)

    expect(token).toBeDefined()
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(shown)
    expect(answer.headers["cache-control"]).toBe("no-store")
  })

  test("answers 404 for one that does not exist", async () => {
    expect(await app.get("/api/holds/4000000")).toBeProblem(404, "hold_not_found")
  })
})

describe("DELETE /api/holds/{id}", () => {
  test("returns the units once, even if it is repeated", async () => {
    const { id } = await offer(app, { stock: 5 })
    const { token: _, ...held } = await hold(app, id, 5)

    const first = await app.send("DELETE", `/api/holds/${held.hold_id}`)
    const again = await app.send("DELETE", `/api/holds/${held.hold_id}`)

    expect(first.status).toBe(200)
    expect(first.body).toEqual({ ...held, status: "released" })
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(await productNow(app, id)).toMatchObject({ available_stock: 5, reserved_stock: 0 })
    expect(await app.post("/api/orders", { hold_id: held.hold_id })).toBeProblem(409, "hold_released")
  })

  test("answers 404 for a hold that does not exist", async () => {
    expect(await app.send("DELETE", "/api/holds/4000000")).toBeProblem(404, "hold_not_found")
  })

  test("answers 409 with the order's id for a hold that has become one", async () => {
    const { hold_id, order_id } = await pendingOrder(app)

    expect(await app.send("DELETE", `/api/holds/${hold_id}`)).toBeProblem(409, "hold_already_used", {
      order_id,
    })
    expect((await app.get(`/api/holds/${hold_id}`)).body.status).toBe("converted")
  })
})

describe("a hold past its end (A6, I6)", () => {
  test("cannot be used even if no worker runs, and its unit can be held again at once", async () => {
    const { id } = await offer(app, { stock: 1, hold_ttl_seconds: 1 })
    const { hold_id } = await hold(app, id)
    await holdEnd(app, hold_id)

    expect(await app.post("/api/orders", { hold_id })).toBeProblem(410, "hold_expired")
    expect(await app.send("DELETE", `/api/holds/${hold_id}`)).toBeProblem(410, "hold_expired")
    const next = await hold(app, id)

    expect((await order(app, next.hold_id)).quantity).toBe(1)
    expect(await productNow(app, id)).toMatchObject({ available_stock: 0, reserved_stock: 1 })
  })

  test("gives its unit to the next buyer even if it was not read in between", async () => {
    const { id } = await offer(app, { stock: 1, hold_ttl_seconds: 1 })
    const { hold_id } = await hold(app, id)
    await holdEnd(app, hold_id)

    await hold(app, id)

    expect(await app.post("/api/orders", { hold_id })).toBeProblem(410, "hold_expired")
  })

  test("shows in available_stock within a second while a worker runs", async () => {
    await using database = await createTestDatabase()
    await using served = await startTestApp({ databaseUrl: database.url, worker: true })
    const { id } = await offer(served, { stock: 1, hold_ttl_seconds: 1 })
    const { hold_id } = await hold(served, id)
    await holdEnd(served, hold_id)

    await expect
      .poll(async () => (await productNow(served, id)).available_stock, { timeout: 1_000, interval: 20 })
      .toBe(1)
    expect(await differencesIn(database.url)).toEqual([])
  })
})

test("200 requests of one customer at two servers get no more than the limit per customer (A12, I8)", async () => {
  await using database = await createTestDatabase()
  await using first = await startTestApp({ databaseUrl: database.url })
  await using second = await startTestApp({ databaseUrl: database.url })
  const { id } = await offer(first, { max_per_customer: 3 })
  const wish = { product_id: id, qty: 1, customer_id: "greedy" }

  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? first : second).post("/api/holds", wish)),
  )

  const refused = answers.filter((answer) => answer.status !== 201)
  expect(refused).toHaveLength(197)
  for (const answer of refused) expect(answer).toBeProblem(409, "customer_limit_reached", { units_left: 0 })
  expect(await productNow(second, id)).toMatchObject({ available_stock: 97, reserved_stock: 3 })
  expect(await differencesIn(database.url)).toEqual([])
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

async function batchesOf(app: TestApp): Promise<number> {
  const { body } = await app.get("/metrics")
  return Number(/^doorbuster_batch_size_count (\d+)/m.exec(body)?.[1])
}

// Requests with made-up ids cost their sender nothing, so they must not cost a transaction each.
test("ids that name no product open no lane", async () => {
  await using app = await startTestApp()
  const before = await batchesOf(app)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => app.post("/api/holds", { product_id: 1_000 + index, qty: 1 })),
  )

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]))
  expect(await batchesOf(app)).toBe(before)
})

test("a body with thousands of fields is refused in one line", async () => {
  await using app = await startTestApp()
  const fields = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`field-${index}`, 0]))

  const answer = await app.post("/api/holds", fields)

  expect(answer).toMatchObject({ status: 422, body: { code: "invalid_request" } })
  expect(answer.body.errors).toHaveLength(1)
})
