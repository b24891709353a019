import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { offerShoe, SHOE, variantsNow } from "../support/shoe.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ seed: false })
})
afterAll(() => app[Symbol.asyncDispose]())

describe("requests to hold variants", () => {
  test.each([
    ["no variant", {}, 422, "variant_required"],
    ["no quantity", { qty: undefined }, 422, "invalid_request"],
    ["another product's variant", { variant_id: 999_999 }, 404, "variant_not_found"],
    ["more of a variant than it allows", { variant_id: "medium", qty: 3 }, 422, "quantity_over_limit"],
    ["lines and a quantity", { lines: [{ variant_id: "small", qty: 1 }] }, 422, "invalid_request"],
    [
      "lines and a variant",
      { lines: [{ variant_id: "small", qty: 1 }], qty: undefined, variant_id: "small" },
      422,
      "invalid_request",
    ],
    [
      "a variant twice",
      {
        lines: [
          { variant_id: "small", qty: 1 },
          { variant_id: "small", qty: 1 },
        ],
        qty: undefined,
      },
      422,
      "invalid_request",
    ],
    ["no lines", { lines: [], qty: undefined }, 422, "invalid_request"],
    ["lines that are null", { lines: null, qty: undefined }, 422, "invalid_request"],
    ["a variant that is null", { variant_id: null }, 422, "invalid_request"],
    ["a variant that is a text", { variant_id: "1" }, 422, "invalid_request"],
    ["a variant and no units of it", { variant_id: "small", qty: 0 }, 422, "invalid_request"],
    ["a variant and less than no units of it", { variant_id: "small", qty: -1 }, 422, "invalid_request"],
    ["half a unit", { lines: [{ variant_id: "small", qty: 0.5 }], qty: undefined }, 422, "invalid_request"],
    [
      "a price in its line",
      { lines: [{ variant_id: "small", qty: 1, unit_price_minor: 1 }], qty: undefined },
      422,
      "invalid_request",
    ],
    [
      "21 lines",
      { lines: Array.from({ length: 21 }, (_, n) => ({ variant_id: n + 1, qty: 1 })), qty: undefined },
      422,
      "invalid_request",
    ],
    [
      "more units in all than a quantity may have",
      {
        lines: [
          { variant_id: "small", qty: 1_000_000 },
          { variant_id: "large", qty: 1 },
        ],
        qty: undefined,
      },
      422,
      "invalid_request",
    ],
    ["the largest variant id", { variant_id: Number.MAX_SAFE_INTEGER }, 404, "variant_not_found"],
    [
      "lines of no units",
      { lines: [{ variant_id: "small", qty: 0 }], qty: undefined },
      422,
      "invalid_request",
    ],
  ])("refuses a hold with %s", async (_, more, status, code) => {
    const shoe = await offerShoe(app)
    const named = JSON.parse(
      JSON.stringify({ product_id: shoe.id, qty: 1, ...more }).replaceAll(
        /"(small|medium|large)"/g,
        (_match, name: "small" | "medium" | "large") => String(shoe[name]),
      ),
    )
    const answer = await app.post("/api/holds", named)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect((await app.get(`/api/products/${shoe.id}`)).body.reserved_stock).toBe(0)
  })

  test("a basket with a variant of another product holds nothing", async () => {
    const [shoe, other] = [await offerShoe(app), await offerShoe(app)]
    const lines = [
      { variant_id: shoe.small, qty: 1 },
      { variant_id: other.large, qty: 1 },
    ]
    const answer = await app.post("/api/holds", { product_id: shoe.id, lines })
    expect(answer.body).toMatchObject({ code: "variant_not_found", variant_id: other.large })
    expect(await variantsNow(app, shoe)).toMatchObject([{ reserved_stock: 0 }, {}, {}])
  })

  test("a list with thousands of wrong lines is refused without an answer of megabytes", async () => {
    const lines = (many: number) => `{"product_id":1,"lines":[${"{},".repeat(many - 1)}{}]}`
    const send = (raw: string) =>
      app.send("POST", "/api/holds", { raw, headers: { "content-type": "application/json" } })
    const many = await send(lines(1_000))
    expect([many.status, many.body.errors.length]).toEqual([422, 100])
    const most = await send(lines(20_000))
    expect(most.body.errors).toEqual([{ pointer: "", detail: "must not have more than 5000 fields" }])
  })

  test("a key of a basket repeats its answer, and is refused with another basket", async () => {
    const shoe = await offerShoe(app)
    const basket = (qty: number) => ({
      product_id: shoe.id,
      lines: [
        { variant_id: shoe.medium, qty: 1 },
        { variant_id: shoe.large, qty },
      ],
    })
    const send = (qty: number) =>
      app.send("POST", "/api/holds", { json: basket(qty), headers: { "idempotency-key": "basket" } })
    const [first, again, other] = [await send(1), await send(1), await send(2)]
    expect([first.status, again.headers["idempotent-replayed"], other.body.code]).toEqual([
      201,
      "true",
      "idempotency_key_reused",
    ])
    expect(again.body).toEqual(first.body)
    expect(await variantsNow(app, shoe)).toMatchObject([{}, { reserved_stock: 1 }, { reserved_stock: 1 }])
  })

  test("path-style calls name no variant and are refused", async () => {
    const shoe = await offerShoe(app)
    const answer = await app.post(`/api/holds/${shoe.id}/1`)
    expect([answer.status, answer.body.code]).toEqual([422, "variant_required"])
  })
})

describe("the variants of a product", () => {
  test.each([
    ["no name", { stock: 1 }],
    ["no stock", { name: "44" }],
    ["an id", { name: "44", stock: 1, id: 7 }],
    ["a stock below 0", { name: "44", stock: -1 }],
    ["a limit of 0", { name: "44", stock: 1, max_per_hold: 0 }],
    [
      "eleven options",
      { name: "44", stock: 1, options: Object.fromEntries("abcdefghijk".split("").map((k) => [k, k])) },
    ],
    ["an option that is a number", { name: "44", stock: 1, options: { size: 44 } }],
    ["an option without a name", { name: "44", stock: 1, options: { "": "44" } }],
    ["an option whose name has a NUL", { name: "44", stock: 1, options: { "a\u0000": "44" } }],
    [
      "an option whose name has half a surrogate pair",
      { name: "44", stock: 1, options: { "a\ud800": "44" } },
    ],
    ["an option whose name has two lines", { name: "44", stock: 1, options: { "a\nb": "44" } }],
    ["an option with a long name", { name: "44", stock: 1, options: { ["a".repeat(256)]: "44" } }],
  ])("refuses a variant with %s", async (_, variant) => {
    const answer = await app.post("/api/admin/products", { ...SHOE, variants: [variant] })
    expect([answer.status, answer.body.code]).toEqual([422, "invalid_request"])
  })

  test("keeps options whatever their names", async () => {
    const options = { constructor: "x", toString: "y", "a\u2028b": "z", größe: "42" }
    const { body } = await app.post("/api/admin/products", {
      ...SHOE,
      variants: [{ name: "44", stock: 1, options }],
    })
    expect(body.variants[0].options).toEqual(options)
    expect((await app.get(`/api/products/${body.id}`)).body.variants[0].options).toEqual(options)
  })

  test("gives the variants of a product no more units than its stock may have", async () => {
    const most = 1_000_000_000
    const both = [
      { name: "41", stock: most },
      { name: "42", stock: 1 },
    ]
    const refusal = { status: 409, code: "stock_over_limit", most }
    expect((await app.post("/api/admin/products", { ...SHOE, variants: both })).body).toMatchObject(refusal)
    const { body } = await app.post("/api/admin/products", { ...SHOE, variants: [both[0]] })
    const path = `/api/admin/products/${body.id}/variants`
    expect((await app.post(path, { variants: [both[1]] })).body).toMatchObject(refusal)
    const added = await app.post(path, { variants: [{ name: "42", stock: 0 }] })
    const second = added.body.variants[1].id
    const stock = await app.post(`${path}/${second}/stock`, { stock: 1, expected: 0 })
    expect(stock.body).toMatchObject(refusal)
  })

  test("gives a product 200 variants, and no more", async () => {
    const variants = Array.from({ length: 200 }, (_, n) => ({
      name: `Size ${n}`,
      stock: 1,
      sku: `S-${n}`,
      options: { size: String(n), colour: "red" },
    }))
    const { status, body } = await app.post("/api/admin/products", { ...SHOE, variants })
    expect([status, body.stock, body.variants.length]).toEqual([201, 200, 200])
    const more = await app.post(`/api/admin/products/${body.id}/variants`, { variants: variants.slice(0, 1) })
    expect(more.body).toMatchObject({ code: "too_many_variants", most: 200 })
  })

  test("finds no variant by another product, nor by what is no id", async () => {
    const [shoe, other] = [await offerShoe(app), await offerShoe(app)]
    const wrong = [`${other.id}/variants/${shoe.small}`, `${shoe.id}/variants/abc`, `${shoe.id}/variants/0`]
    for (const place of wrong) {
      const path = `/api/admin/products/${place}`
      const changed = await app.send("PATCH", path, { json: { name: "?" } })
      const stocked = await app.post(`${path}/stock`, { stock: 9, expected: 1 })
      expect([changed.body.code, stocked.body.code]).toEqual(["variant_not_found", "variant_not_found"])
    }
    expect(await variantsNow(app, shoe)).toMatchObject([{ name: "41", stock: 1 }, {}, {}])
  })
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
