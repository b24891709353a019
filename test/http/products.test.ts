import Fastify from "fastify"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createGatekeeper } from "../../src/http/access/auth.ts"
import { createOwnerTokens } from "../../src/http/access/owner-token.ts"
import { registerShowProduct } from "../../src/http/routes/buyers/show-product.ts"
import type { Services } from "../../src/http/services.ts"
import { createProductTexts } from "../../src/http/wire/product-texts.ts"
import type { ProductView } from "../../src/store/reads/views.ts"
import { NOON, productWith } from "../support/builders.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase } from "../support/database.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, adminAccess, hold, offer, order, pay, productNow } from "../support/shop.ts"

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const AN_HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString()
const IN_AN_HOUR = new Date(Date.now() + 3_600_000).toISOString()

interface Named {
  readonly name: string
}

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

test("no-cache bypasses the product memory only for the shop", async () => {
  const view = (name: string): ProductView => ({ product: productWith({ name }), serverTime: NOON })
  const tokens = createOwnerTokens("secret")
  const server = Fastify()
  registerShowProduct(server, {
    gatekeeper: createGatekeeper(adminAccess, tokens),
    texts: createProductTexts(120),
    products: { product: () => view("remembered") },
    views: { product: async () => view("read") },
  } as unknown as Services)
  const nameFor = async (token: string | null) => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
    const headers = { "cache-control": "no-cache", ...authorization }
    return (await server.inject({ url: "/api/products/1", headers })).json<Named>().name
  }
  const owner = tokens.sign({ id: 1, productId: 1, qty: 1 })
  const names = [await nameFor(null), await nameFor(owner), await nameFor(ADMIN_TOKEN)]
  expect(names).toEqual(["remembered", "remembered", "read"])
})

describe("GET /api/products/{id}", () => {
  test("shows product 1 of a fresh installation, every field of it", async () => {
    await using fresh = await startTestApp()

    const answer = await fresh.get("/api/products/1")

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      id: 1,
      name: "Flash Sale Product",
      description: null,
      image_url: null,
      price: "99.99",
      price_minor: 9_999,
      currency: "USD",
      stock: 100,
      available_stock: 100,
      reserved_stock: 0,
      sold_stock: 0,
      sale_state: "open",
      opens_at: null,
      closes_at: null,
      max_per_hold: null,
      max_per_customer: null,
      hold_ttl_seconds: 120,
      server_time: expect.stringMatching(ISO_TIME),
    })
    expect(answer.headers["cache-control"]).toBe("public, max-age=1")
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8")
    expect(Math.abs(Date.parse(answer.body.server_time) - Date.now())).toBeLessThan(5_000)
  })

  test("counts held and sold units separately: available = stock - held - sold", async () => {
    const { id } = await offer(app, { stock: 10 })
    await hold(app, id, 3)
    const { order_id } = await order(app, (await hold(app, id, 2)).hold_id)
    await order(app, (await hold(app, id, 1)).hold_id)
    await pay(app, { order_id })

    const { body } = await app.get(`/api/products/${id}`)

    expect(body).toMatchObject({ stock: 10, available_stock: 4, reserved_stock: 4, sold_stock: 2 })
  })

  // In order of precedence: all later states apply to the product as well.
  test.each([
    ["closed", { opens_at: null, closes_at: AN_HOUR_AGO, paused: true, stock: 0 }],
    ["scheduled", { opens_at: IN_AN_HOUR, paused: true, stock: 0 }],
    ["paused", { opens_at: AN_HOUR_AGO, closes_at: IN_AN_HOUR, paused: true, stock: 0 }],
    ["sold_out", { opens_at: AN_HOUR_AGO, closes_at: IN_AN_HOUR, stock: 0 }],
    ["open", { opens_at: AN_HOUR_AGO, closes_at: IN_AN_HOUR, stock: 1 }],
  ])("reports the sale state %s", async (sale_state, settings) => {
    const { id } = await offer(app, settings)

    expect(await productNow(app, id)).toMatchObject({ sale_state, stock: settings.stock })
  })

  test("distinguishes all_held, when units may come back, from sold_out, when none can", async () => {
    const { id } = await offer(app, { stock: 1 })
    const { hold_id } = await hold(app, id)
    const held = await app.get(`/api/products/${id}`)
    await pay(app, { order_id: (await order(app, hold_id)).order_id })
    const sold = await app.get(`/api/products/${id}`)

    expect([held.body.sale_state, sold.body.sale_state]).toEqual(["all_held", "sold_out"])
  })

  test("answers 404 for one that does not exist", async () => {
    expect(await app.get("/api/products/4000000")).toBeProblem(404, "product_not_found")
  })
})

describe("the ETag", () => {
  test("answers 304 without a body while nothing has changed", async () => {
    const { id } = await offer(app)
    const { headers } = await app.get(`/api/products/${id}`)
    const etag = headers["etag"] ?? ""
    const strong = etag.replace("W/", "")

    for (const known of [etag, strong, `"other", ${etag}`, `${etag},"other"`, "*"]) {
      const answer = await app.get(`/api/products/${id}`, { headers: { "if-none-match": known } })
      expect([answer.status, answer.body]).toEqual([304, ""])
      expect(answer.headers["etag"]).toBe(etag)
      expect(answer.headers["cache-control"]).toBe("public, max-age=1")
    }
  })

  test("changes with every visible change", async () => {
    const { id } = await offer(app, { stock: 5 })
    const seen = new Set<string | undefined>()
    const look = async () => {
      const { headers } = await app.get(`/api/products/${id}`)
      const answer = await app.get(`/api/products/${id}`, {
        headers: { "if-none-match": [...seen].join(", ") },
      })
      seen.add(headers["etag"])
      return answer.status
    }
    const statuses = [await look()]
    const { hold_id } = await hold(app, id)
    statuses.push(await look())
    const { order_id } = await order(app, hold_id)
    await pay(app, { order_id })
    statuses.push(await look())
    await app.post(`/api/admin/products/${id}/pause`)
    statuses.push(await look())
    await app.send("PATCH", `/api/admin/products/${id}`, { json: { name: "Renamed" } })
    statuses.push(await look())
    await app.post(`/api/admin/products/${id}/stock`, { stock: 6, expected: 5 })
    statuses.push(await look())

    expect(statuses).toEqual([200, 200, 200, 200, 200, 200])
    expect(seen.size).toBe(6)
    expect(await look()).toBe(304)
  })

  test("changes when the sale opens by time alone", async () => {
    const { id } = await offer(app, { opens_at: new Date(Date.now() + 1_000).toISOString() })
    const { headers, body } = await app.get(`/api/products/${id}`)
    const known = { headers: { "if-none-match": headers["etag"] ?? "" } }

    expect(body.sale_state).toBe("scheduled")
    await expect
      .poll(async () => (await app.get(`/api/products/${id}`, known)).body.sale_state, {
        interval: 50,
        timeout: 5_000,
      })
      .toBe("open")
  })

  test("of a changed product does not match the old one", async () => {
    const { id } = await offer(app)
    const other = await offer(app)
    const { headers } = await app.get(`/api/products/${other.id}`)
    const known = { headers: { "if-none-match": `${headers["etag"]}, "nonsense", ,` } }

    expect((await app.get(`/api/products/${id}`, known)).status).toBe(200)
  })
})

describe("GET /api/products", () => {
  test("lists every product once, in order of id, page by page", async () => {
    await using database = await createTestDatabase()
    await using shop = await startTestApp({ databaseUrl: database.url, seed: false })
    for (const name of ["a", "b", "c", "d", "e"]) await offer(shop, { name })

    const first = await shop.get("/api/products?limit=2")
    const second = await shop.get(`/api/products?limit=2&cursor=${first.body.next_cursor}`)
    const third = await shop.get(`/api/products?limit=2&cursor=${second.body.next_cursor}`)

    const names = [first, second, third].map(({ body }) => body.data.map((product: Named) => product.name))
    expect(names).toEqual([["a", "b"], ["c", "d"], ["e"]])
    for (const { body } of [first, second]) {
      expect(body).toEqual({ data: expect.any(Array), has_more: true, next_cursor: expect.any(String) })
    }
    expect(third.body).toEqual({ data: expect.any(Array), has_more: false, next_cursor: null })
    expect(first.headers["cache-control"]).toBe("public, max-age=1")
    const exact = await shop.get("/api/products?limit=5")
    expect(exact.body).toMatchObject({ has_more: false, next_cursor: null })
  })

  test("shows each product like GET /api/products/{id}, twenty on a page", async () => {
    await using shop = await startTestApp()
    for (let count = 0; count < 20; count += 1) await offer(shop)

    const { body } = await shop.get("/api/products")
    const { body: single } = await shop.get("/api/products/1")

    expect(body.data).toHaveLength(20)
    expect(body).toMatchObject({ has_more: true, next_cursor: expect.any(String) })
    expect(body.data[0]).toEqual({ ...single, server_time: expect.stringMatching(ISO_TIME) })
  })

  test("is empty without products, and after the last product", async () => {
    await using shop = await startTestApp({ seed: false })

    const empty = { data: [], has_more: false, next_cursor: null }
    expect((await shop.get("/api/products")).body).toEqual(empty)
    expect((await app.get("/api/products?cursor=4000000")).body).toEqual(empty)
  })
})
