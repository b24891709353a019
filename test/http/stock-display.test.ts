import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, hold, offer, startClosedApp } from "../support/shop.ts"
import { openStream } from "../support/stream.ts"

const shop = { token: ADMIN_TOKEN }
const counters = ["stock", "available_stock", "reserved_stock", "sold_stock"]
/** No time, id or name has these digits. */
const STOCK = 48_731
const A_NUMBER = /48[,.]?7[23]\d/

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const offerAs = (stock_display: string, more: object = {}) =>
  offer(app, { stock_display, ...more }, ADMIN_TOKEN)

function change(id: number, changes: object) {
  return app.send("PATCH", `/api/admin/products/${id}`, { json: changes, ...shop })
}

const read = async (id: number, request = {}) => (await app.get(`/api/products/${id}`, request)).body
const listed = async (id: number, request = {}) =>
  (await app.get(`/api/products?limit=1&cursor=${id - 1}`, request)).body.data[0]

describe.each(["low", "none"])("of a product with stock_display %s", (display) => {
  test("no buyer is told a number, anywhere", async () => {
    const { id } = await offerAs(display, { stock: STOCK })
    await hold(app, id, 2)
    using stream = await openStream(app.url, id)
    const { text } = await stream.seen(({ data }) => data.id === id)
    const refused = await app.post("/api/holds", { product_id: id, qty: STOCK - 1 })
    expect(refused.body).toMatchObject({ code: "out_of_stock", sale_state: "open" })
    const page = await app.get(`/p/${id}`)

    const told = [JSON.parse(text), await read(id), await listed(id), refused.body]
    for (const body of told) for (const counter of counters) expect(body).not.toHaveProperty(counter)
    const all = [...told.map((body) => JSON.stringify(body)), page.body, (await app.get("/")).body]
    for (const answer of all) expect(answer).not.toMatch(A_NUMBER)
    expect((await app.get("/metrics")).body).not.toContain(`doorbuster_stock_units{product="${id}"`)
    expect(page.body).toContain("Available")
  })

  test("its variants have none either, and a refused basket says only which lack units", async () => {
    const variants = [
      { name: "41", stock: STOCK },
      { name: "42", stock: 1 },
      { name: "43", stock: STOCK, enabled: false },
    ]
    const made = await offerAs(display, { stock: undefined, variants })
    const [first, second] = made.variants.map(({ id }: { id: number }) => id)
    await hold(app, made.id, 1, { variant_id: second })

    const body = await read(made.id)
    expect(body.stock_level).toBe("available")
    expect(body.variants.map(({ stock_level }: { stock_level: string }) => stock_level)).toEqual([
      "available",
      "none",
      "available",
    ])
    for (const one of body.variants) for (const counter of counters) expect(one).not.toHaveProperty(counter)

    const lines = [
      { variant_id: first, qty: 1 },
      { variant_id: second, qty: 1 },
    ]
    const refused = await app.post("/api/holds", { product_id: made.id, lines })
    expect(refused.body.lines).toEqual([{ variant_id: second, requested: 1 }])
    await change(made.id, { stock_display: "exact" })
    await app.send("PATCH", `/api/admin/products/${made.id}/variants/${first}`, {
      json: { enabled: false },
      ...shop,
    })
    expect((await change(made.id, { stock_display: display })).body.stock).toBe(2 * STOCK + 1)
    // What is not for sale does not count.
    expect((await read(made.id)).stock_level).toBe("none")
  })

  test("the shop's own systems are told, with the admin token, and no cache keeps that", async () => {
    const { id } = await offerAs(display, { stock: STOCK })
    for (const path of [`/api/products/${id}`, `/api/products?limit=1&cursor=${id - 1}`]) {
      const answer = await app.get(path, shop)
      expect(answer.body.data?.[0] ?? answer.body).toMatchObject({ id, stock: STOCK, available_stock: STOCK })
      expect(answer.headers["cache-control"]).toContain("no-store")
    }
    const known = (await app.get(`/api/products/${id}`)).headers["etag"] ?? ""
    const asked = { ...shop, headers: { "if-none-match": known } }
    expect((await app.get(`/api/products/${id}`, asked)).status).toBe(200)

    const wanted = { product_id: id, qty: STOCK + 1 }
    expect((await app.post("/api/holds", wanted, shop)).body).toMatchObject({ available_stock: STOCK })
    expect((await app.get(`/api/admin/products/${id}`, shop)).body).toMatchObject({
      stock: STOCK,
      stock_display: display,
    })
  })

  test("its streams, ETags and page do not change with what is held", async () => {
    const [hidden, shown] = [await offerAs(display, { stock: STOCK }), await offerAs("exact")]
    const tags = async () => [
      (await app.get(`/api/products/${hidden.id}`)).headers["etag"],
      (await app.get(`/p/${hidden.id}`)).headers["etag"],
    ]
    const before = await tags()
    using stream = await openStream(app.url, `${hidden.id},${shown.id}`)
    await stream.seen(({ data }) => data.id === shown.id)

    await hold(app, hidden.id, 3)
    await hold(app, shown.id, 3)
    await stream.seen(({ data }) => data.id === shown.id && data.reserved_stock === 3)
    expect(await tags()).toEqual(before)
    await change(hidden.id, { name: "Renamed" })
    await stream.seen(({ data }) => data.name === "Renamed")

    expect(stream.events.filter(({ data }) => data.id === hidden.id)).toHaveLength(2)
    expect(await tags()).not.toContain(before[0])
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })
})

test("with low, ten units or fewer are few; with none, nothing is", async () => {
  const [low, none] = [await offerAs("low", { stock: 11 }), await offerAs("none", { stock: 11 })]
  const levels = async () => [(await read(low.id)).stock_level, (await read(none.id)).stock_level]
  const holdBoth = async (qty: number) => void (await hold(app, low.id, qty), await hold(app, none.id, qty))

  expect(await levels()).toEqual(["available", "available"])
  await holdBoth(1)
  expect(await levels()).toEqual(["few", "available"])
  expect((await app.get(`/p/${low.id}`)).body).toContain("Only a few left")
  await holdBoth(10)
  expect(await levels()).toEqual(["none", "none"])
  // Also where the server answers from memory.
  for (let tries = 0; tries < 3; tries += 1) {
    const { body } = await app.post("/api/holds", { product_id: low.id, qty: 1 })
    expect([body.sale_state, body.available_stock]).toEqual(["all_held", undefined])
  }
})

test("exact is what a product without the setting has, and any other word is refused", async () => {
  const { id } = await offerAs("low")
  const { body } = await change(id, { stock_display: "exact" })
  expect(Object.keys(body)).toEqual(Object.keys(await offer(app, {}, ADMIN_TOKEN)))
  expect(await read(id)).toMatchObject({ stock: 100, available_stock: 100 })
  expect(await change(id, { stock_display: "some" })).toBeProblem(422, "invalid_request")
})
