import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"

let app: TestApp
let id: number
beforeAll(async () => {
  app = await startTestApp()
  await app.send("PATCH", "/api/admin/shop", { json: { languages: ["en", "de", "ar"] } })
  const { body } = await app.post("/api/admin/products", {
    name: "Lamp",
    description: "Oak & brass.",
    image_url: "https://shop.example/lamp.jpg",
    price_minor: 500,
    currency: "EUR",
    stock: 30,
  })
  id = body.id
})
afterAll(() => app[Symbol.asyncDispose]())

const path = () => `/api/admin/products/${id}/content`
const change = (json: unknown, headers: Record<string, string> = {}) =>
  app.send("PATCH", path(), { json, headers })
const shown = async (lang: string) => (await app.get(`/api/products/${id}/content?lang=${lang}`)).body

const nothing = { image_alt: null, pictures: [], after_purchase: null, translations: {} }
const picture = (name: string) => ({ url: `https://shop.example/${name}.jpg`, alt: name })

describe("a product's content", () => {
  test("is empty at first, is changed member by member, and is removed by null", async () => {
    expect((await app.get(path())).body).toMatchObject({ product_id: id, ...nothing, updated_at: null })
    expect(await shown("de")).toEqual({
      product_id: id,
      language: "de",
      name: "Lamp",
      description: "Oak & brass.",
      pictures: [{ url: "https://shop.example/lamp.jpg", alt: "" }],
    })

    await change({ image_alt: "A lamp", pictures: [picture("side"), picture("top")] })
    await change({ translations: { de: { name: "Lampe" }, ar: { name: "مصباح", after_purchase: "شكرا" } } })
    expect((await change({ after_purchase: "Thank you" })).body).toMatchObject({
      image_alt: "A lamp",
      pictures: [picture("side"), picture("top")],
      after_purchase: "Thank you",
      translations: {
        de: { name: "Lampe", description: null, after_purchase: null },
        ar: { name: "مصباح", description: null, after_purchase: "شكرا" },
      },
    })
    expect(await shown("de")).toMatchObject({ name: "Lampe", description: "Oak & brass." })
    expect((await shown("de")).pictures).toEqual([
      { url: "https://shop.example/lamp.jpg", alt: "A lamp" },
      picture("side"),
      picture("top"),
    ])
    // The shop does not have it.
    expect(await shown("fr")).toMatchObject({ language: "en", name: "Lamp" })

    const { body } = await change({ translations: { de: null }, after_purchase: null })
    expect(Object.keys(body.translations)).toEqual(["ar"])
    expect((await change({ image_alt: null, pictures: [], translations: null })).body).toMatchObject(nothing)
    expect((await app.get(path())).body).toMatchObject(nothing)
  })

  test.each([
    [{ pictures: [{ url: "http://shop.example/a.jpg", alt: "A" }] }, "/pictures/0/url"],
    [{ pictures: [{ url: "https://[", alt: "A" }] }, "/pictures/0/url"],
    [{ pictures: [{ url: "https://shop.example/a.jpg" }] }, "/pictures/0/alt"],
    [{ pictures: Array(10).fill(picture("a")) }, "/pictures"],
    [{ after_purchase: "x".repeat(2_001) }, "/after_purchase"],
    [{ translations: { it: { name: "Lampada" } } }, "/translations/it"],
    [{ translations: { de: { name: "" } } }, "/translations/de/name"],
    [{ translations: { de: { title: "Lampe" } } }, "/translations/de/title"],
    [{ texts: {} }, "/texts"],
  ])("%j is refused, with the place", async (json, pointer) => {
    const { status, body } = await change(json)
    expect([status, body.code]).toEqual([422, "invalid_request"])
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
  })

  test("has an ETag, and If-Match keeps a change from undoing another", async () => {
    const etag = String((await app.get(path())).headers["etag"])
    expect((await change({ image_alt: "One" }, { "if-match": etag })).status).toBe(200)
    const late = await change({ image_alt: "Two" }, { "if-match": etag })
    expect([late.status, late.body.code]).toEqual([412, "content_changed"])
    expect((await change({ image_alt: "One" }, { "if-match": etag })).status).toBe(200)
  })

  test.each([
    "/api/admin/products/999/content",
    "/api/admin/products/x/content",
    "/api/products/999/content",
  ])("%s: there is no such product", async (path) => {
    expect(await app.get(path)).toMatchObject({ status: 404, body: { code: "product_not_found" } })
  })
})

test("a draft's is for the shop alone, and on its preview", async () => {
  const plain = { name: "Vase", price_minor: 500, currency: "EUR", stock: 3, status: "draft" }
  const { body: draft } = await app.post("/api/admin/products", plain)
  const content = `/api/admin/products/${draft.id}/content`
  const json = { translations: { de: { name: "Eine Vase" } } }
  expect((await app.send("PATCH", content, { json })).status).toBe(200)
  // In open mode everybody is the shop: see modes.test.ts for the session that the preview needs.
  expect((await app.get(`/admin/p/${draft.id}/preview?lang=de`)).body).toContain("<h1>Eine Vase</h1>")
  expect((await app.get(`/api/products/${draft.id}/content?lang=de`)).status).toBe(404)
})

describe("pages", () => {
  test("show the texts in their language, live updates of the product included, and change with the content", async () => {
    const before = await app.get(`/p/${id}?lang=de`)
    await change({
      pictures: [picture("side")],
      translations: { de: { name: "Lampe & Co", description: "Eiche:\n- Messing\n- https://a.example/x" } },
    })
    const page = await app.get(`/p/${id}?lang=de`)
    expect(page.body).toContain("<h1>Lampe &amp; Co</h1>")
    expect(page.body).toContain('<a href="https://a.example/x" rel="noopener">')
    expect(page.body).toContain('content="Eiche: Messing https://a.example/x"')
    expect(page.body).toContain('src="https://shop.example/side.jpg" alt="side"')
    expect(page.headers["etag"]).not.toBe(before.headers["etag"])
    expect((await app.get(`/p/${id}?lang=en`)).body).toContain("<h1>Lamp</h1>")
    expect((await app.get("/?lang=de")).body).toContain("Lampe &amp; Co")
    expect((await app.get("/?lang=ar")).body).not.toContain("Lampe &amp; Co")
  })
})

test("only who has paid reads what comes after the purchase", async () => {
  await change({ after_purchase: "Secret", translations: { de: { after_purchase: "Geheim" } } })
  const { body: hold } = await app.post("/api/holds", { product_id: id, qty: 1 })
  const { body: order } = await app.post("/api/orders", { hold_id: hold.hold_id, language: "de-CH" })
  const read = async (query = "") => (await app.get(`/api/orders/${order.order_id}${query}`)).body
  expect(await read()).not.toHaveProperty("after_purchase")
  for (const address of [`/api/products/${id}/content`, `/api/products/${id}`, `/p/${id}?lang=de`]) {
    expect(JSON.stringify((await app.get(address)).body)).not.toMatch(/Secret|Geheim/)
  }

  await app.post("/api/payments/webhook", {
    order_id: order.order_id,
    payment_id: "p-1",
    status: "success",
    amount_minor: 500,
    currency: "EUR",
    idempotency_key: "k-1",
  })
  expect(await read()).toMatchObject({ status: "paid", after_purchase: "Geheim" })
  expect(await read("?lang=en")).toMatchObject({ after_purchase: "Secret" })
  expect(await read("?lang=ar")).toMatchObject({ after_purchase: "Secret" })
})
