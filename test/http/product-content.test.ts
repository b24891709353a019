import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { ADMIN_TOKEN, startClosedApp } from "../support/shop.ts"
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

describe("the descriptions of pictures", () => {
  test("are translated by the words of a language, each as a whole, those of variants too", async () => {
    const { body: made } = await app.post("/api/admin/products", {
      name: "Boot",
      price_minor: 500,
      currency: "EUR",
      image_url: "https://shop.example/boot.jpg",
      variants: [
        { name: "Red", stock: 3, image_url: "https://shop.example/red.jpg", image_alt: "Red, from the side" },
        { name: "Blue", stock: 3 },
      ],
    })
    const [red, blue] = made.variants
    expect(red).toMatchObject({ image_url: "https://shop.example/red.jpg", image_alt: "Red, from the side" })
    expect(blue).not.toHaveProperty("image_alt")
    const variantPath = (variantId: number) => `/api/admin/products/${made.id}/variants/${variantId}`
    const changed = await app.send("PATCH", variantPath(blue.id), { json: { image_alt: "Blue, in the box" } })
    expect(changed.body.variants[1]).toMatchObject({ image_alt: "Blue, in the box" })
    const { body: gone } = await app.send("PATCH", variantPath(blue.id), { json: { image_alt: null } })
    expect(gone.variants[1]).not.toHaveProperty("image_alt")

    const words = { Red: "Rot", "A boot": "Ein Stiefel", "Red, from the side": "Der rote von der Seite" }
    const contentPath = `/api/admin/products/${made.id}/content`
    const { body: content } = await app.send("PATCH", contentPath, {
      json: {
        image_alt: "A boot",
        pictures: [{ ...picture("top"), alt: "Red, top" }],
        translations: { de: { words } },
      },
    })
    expect(content.own_words).toEqual(["Red", "Blue", "A boot", "Red, top", "Red, from the side"])
    expect(content).not.toHaveProperty("unused_words")
    const pictures = async (lang: string) =>
      (await app.get(`/api/products/${made.id}/content?lang=${lang}`)).body.pictures.map(
        ({ alt }: { alt: string }) => alt,
      )
    // Part by part the second one would be in two languages.
    expect(await pictures("de")).toEqual(["Ein Stiefel", "Red, top"])
    expect(await pictures("ar")).toEqual(["A boot", "Red, top"])
    const page = (await app.get(`/p/${made.id}?lang=de`)).body
    expect(page).toContain('"image_alt":"Der rote von der Seite"')
  })

  test.each(["", "two\nlines", "x".repeat(256), 7])("of a variant cannot be %j", async (image_alt) => {
    const { body } = await app.post("/api/admin/products", {
      name: "Boot",
      price_minor: 500,
      currency: "EUR",
      variants: [{ name: "Red", stock: 3, image_alt }],
    })
    expect(body).toMatchObject({
      code: "invalid_request",
      errors: expect.arrayContaining([expect.objectContaining({ pointer: "/variants/0/image_alt" })]),
    })
  })
})

const plain = { name: "Vase", price_minor: 500, currency: "EUR", stock: 3, status: "listed" }

test("a draft's is on its preview", async () => {
  const { body: draft } = await app.post("/api/admin/products", { ...plain, status: "draft" })
  const content = `/api/admin/products/${draft.id}/content`
  const json = { translations: { de: { name: "Eine Vase" } } }
  expect((await app.send("PATCH", content, { json })).status).toBe(200)
  // In open mode everybody is the shop: see modes.test.ts for the session that the preview needs.
  expect((await app.get(`/admin/p/${draft.id}/preview?lang=de`)).body).toContain("<h1>Eine Vase</h1>")
})

describe("the words of options and variants", () => {
  let shoe: number
  const shoePath = () => `/api/admin/products/${shoe}/content`
  const translate = (de: unknown, headers: Record<string, string> = {}) =>
    app.send("PATCH", shoePath(), { json: { translations: { de } }, headers })

  beforeAll(async () => {
    const variants = [
      { name: "Red / 42", stock: 3, options: { colour: "Red", size: "42" } },
      { name: "Signed", stock: 3, options: { colour: "constructor" } },
    ]
    const { body } = await app.post("/api/admin/products", {
      name: "Shoe",
      price_minor: 500,
      currency: "EUR",
      variants,
    })
    shoe = body.id
  })

  test("are stored by language, and shown in it alone", async () => {
    const words = { size: "Größe", Red: "Rot", Sise: "Größe", constructor: "Bau" }
    const { body, headers } = await translate({ words })
    expect(body).toMatchObject({
      translations: { de: { name: null, description: null, after_purchase: null } },
      own_words: ["size", "42", "colour", "Red", "constructor", "Signed"],
      unused_words: ["Sise"],
    })
    expect(Object.entries(body.translations.de.words)).toEqual([
      ["Red", "Rot"],
      ["Sise", "Größe"],
      ["constructor", "Bau"],
      ["size", "Größe"],
    ])
    const read = await app.get(shoePath())
    expect(read.body).toEqual(body)
    expect(read.headers["etag"]).toBe(headers["etag"])
    // The same words in another order are the same content.
    expect(
      (await translate({ words: { constructor: "Bau", Sise: "Größe", Red: "Rot", size: "Größe" } })).body,
    ).toEqual(body)

    const inGerman = (await app.get(`/api/products/${shoe}/content?lang=de`)).body
    expect(inGerman).toMatchObject({ name: "Shoe", words })
    expect((await app.get(`/api/products/${shoe}/content?lang=ar`)).body).not.toHaveProperty("words")
    expect((await app.get(`/api/products/${shoe}`)).body.variants[0]).toMatchObject({
      name: "Red / 42",
      options: { colour: "Red", size: "42" },
    })

    const page = (await app.get(`/p/${shoe}?lang=de`)).body
    expect(page).toMatch(/"name">Rot \/ 42</)
    expect(page).toContain('"options":{"colour":"Bau"}')
    expect((await app.get(`/p/${shoe}?lang=ar`)).body).not.toMatch(/Rot|Größe/)
    expect((await app.get(`/p/${shoe}?lang=en`)).body).toMatch(/"name">Red \/ 42</)
  })

  test("stay with a change of another member, go with the language, and none are as if there had never been any", async () => {
    await translate({ words: { Red: "Rot" } })
    await app.send("PATCH", shoePath(), { json: { translations: { ar: { name: "حذاء" } } } })
    expect((await app.get(shoePath())).body.translations.de.words).toEqual({ Red: "Rot" })

    const named = await translate({ name: "Schuh", words: {} })
    expect(named.body.translations.de).toEqual({ name: "Schuh", description: null, after_purchase: null })
    expect(named.body).not.toHaveProperty("unused_words")
    expect((await translate({ name: "Schuh", words: null })).headers["etag"]).toBe(named.headers["etag"])
    expect((await translate({ words: {} })).body.translations).not.toHaveProperty("de")
  })

  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`Size ${n}`, "x"]))
  test("are at most 250 in a language", async () => {
    expect((await translate({ words: many(250) })).status).toBe(200)
    const { status, body } = await translate({ words: many(251) })
    expect([status, body.errors[0].pointer]).toEqual([422, "/translations/de/words"])
    await translate(null)
  })

  test.each([
    [{ Red: "" }, "/translations/de/words/Red"],
    [{ Red: "x".repeat(256) }, "/translations/de/words/Red"],
    [{ Red: "a\nb" }, "/translations/de/words/Red"],
    [{ Red: null }, "/translations/de/words/Red"],
    [{ "1/2": 3 }, "/translations/de/words/1~12"],
    [{ "": "x" }, "/translations/de/words"],
    [{ ["x".repeat(256)]: "x" }, "/translations/de/words"],
    [{ "a\u0000b": "x" }, "/translations/de/words"],
    [["Red"], "/translations/de/words"],
    ["Red", "/translations/de/words"],
  ])("%j is refused, with the place", async (words, pointer) => {
    const { status, body } = await translate({ words })
    expect([status, body.code, body.errors[0].pointer]).toEqual([422, "invalid_request", pointer])
  })

  test("thousands of them are refused with one error, and keys that change a prototype with another", async () => {
    const numbers = Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [String(n), "x"]))
    const thousands = await translate({ words: numbers })
    expect([thousands.status, thousands.body.errors]).toEqual([
      422,
      [{ pointer: "", detail: "must not have more than 5000 fields" }],
    ])
    const json = JSON.parse('{"__proto__": "Urbild"}') as object
    expect((await translate({ words: json })).status).toBe(400)
  })
})

test("the content of a draft or an archived product is for the shop, and for the owners of its orders", async () => {
  await using closed = await startClosedApp()
  const asShop = { token: ADMIN_TOKEN }
  const { body: mug } = await closed.post("/api/admin/products", { ...plain, name: "Mug" }, asShop)
  const { body: hold } = await closed.post("/api/holds", { product_id: mug.id, qty: 1 })
  const admin = `/api/admin/products/${mug.id}`
  await closed.send("PATCH", `${admin}/content`, { json: { image_alt: "A mug" }, ...asShop })
  const content = `/api/products/${mug.id}/content`
  expect((await closed.get(content)).headers["cache-control"]).toBe("public, max-age=2")

  await closed.send("PATCH", admin, { json: { status: "archived" }, ...asShop })
  expect((await closed.get(content)).status).toBe(404)
  for (const token of [hold.token, ADMIN_TOKEN]) {
    const { status, headers, body } = await closed.get(content, { token })
    expect([status, body.name, headers["cache-control"]]).toEqual([200, "Mug", "private, no-store"])
  }
  const { body: other } = await closed.post("/api/admin/products", { ...plain, status: "draft" }, asShop)
  expect((await closed.get(`/api/products/${other.id}/content`, { token: hold.token })).status).toBe(404)
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
