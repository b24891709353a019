import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { offerShoe, SHOE, variantsNow } from "../support/shoe.ts"
import { openStream } from "../support/stream.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ seed: false })
})
afterAll(() => app[Symbol.asyncDispose]())

describe("a product with variants", () => {
  test("is created with them in one call, and has their sums", async () => {
    const shoe = await offerShoe(app)
    const { body } = await app.get(`/api/products/${shoe.id}`)
    expect(body).toMatchObject({ stock: 9, available_stock: 9, sale_state: "open" })
    expect(body.variants).toEqual([
      {
        id: shoe.small,
        name: "41",
        sku: "R-41",
        options: { size: "41" },
        position: 0,
        image_url: null,
        price: "129.00",
        price_minor: 12_900,
        own_price: false,
        stock: 1,
        available_stock: 1,
        reserved_stock: 0,
        sold_stock: 0,
        sale_state: "open",
        max_per_hold: null,
        enabled: true,
      },
      expect.objectContaining({ id: shoe.medium, position: 1, price_minor: 12_900, max_per_hold: 2 }),
      expect.objectContaining({
        id: shoe.large,
        position: 2,
        price: "149.00",
        price_minor: 14_900,
        own_price: true,
      }),
    ])
    const listed = await app.get("/api/products?limit=100")
    expect(listed.body.data.find(({ id }: { id: number }) => id === shoe.id).variants).toEqual(body.variants)
  })

  test("is held by variant, alone or as a basket that is all or nothing", async () => {
    const shoe = await offerShoe(app)
    const one = await app.post("/api/holds", { product_id: shoe.id, variant_id: shoe.medium, qty: 2 })
    expect(one.status).toBe(201)
    expect(one.body).toMatchObject({
      qty: 2,
      variant_id: shoe.medium,
      lines: [{ variant_id: shoe.medium, qty: 2, unit_price_minor: 12_900 }],
    })
    const lines = [
      { variant_id: shoe.small, qty: 1 },
      { variant_id: shoe.large, qty: 2 },
    ]
    const basket = await app.post("/api/holds", { product_id: shoe.id, lines })
    expect(basket.body).toMatchObject({
      qty: 3,
      lines: [{ unit_price_minor: 12_900 }, { unit_price_minor: 14_900 }],
    })
    expect(basket.body).not.toHaveProperty("variant_id")
    expect((await app.get(`/api/holds/${basket.body.hold_id}`)).body).toMatchObject({
      lines: basket.body.lines,
    })

    const again = await app.post("/api/holds", { product_id: shoe.id, lines })
    expect(again.status).toBe(409)
    expect(again.body).toMatchObject({
      code: "out_of_stock",
      lines: [
        { variant_id: shoe.small, requested: 1, available: 0 },
        { variant_id: shoe.large, requested: 2, available: 1 },
      ],
    })
    expect(await variantsNow(app, shoe)).toMatchObject([
      { available_stock: 0, sale_state: "all_held" },
      { available_stock: 3 },
      { available_stock: 1, reserved_stock: 2 },
    ])
  })

  test("a refusal of a request for one variant tells that variant's state", async () => {
    const shoe = await offerShoe(app)
    const one = { product_id: shoe.id, variant_id: shoe.small, qty: 1 }
    await app.post("/api/holds", one)
    // The first is the lane's answer, the second the gate's.
    for (const answer of [
      await app.post("/api/holds", { ...one, qty: 2 }),
      await app.post("/api/holds", one),
    ]) {
      expect(answer.body).toMatchObject({
        code: "out_of_stock",
        sale_state: "all_held",
        available_stock: 0,
        lines: [{ variant_id: shoe.small, available: 0 }],
      })
    }
  })

  test("counts the limits over all lines", async () => {
    const shoe = await offerShoe(app, { max_per_hold: 3, max_per_customer: 4 })
    const ask = (qty: number, customer_id: string) =>
      app.post("/api/holds", {
        product_id: shoe.id,
        customer_id,
        lines: [
          { variant_id: shoe.medium, qty },
          { variant_id: shoe.large, qty },
        ],
      })
    expect((await ask(2, "ann")).body).toMatchObject({ code: "quantity_over_limit", max_per_hold: 3 })
    expect((await ask(1, "ann")).status).toBe(201)
    expect((await ask(1, "ann")).status).toBe(201)
    expect((await ask(1, "ann")).body).toMatchObject({ code: "customer_limit_reached", units_left: 0 })
  })

  test("is streamed with its variants", async () => {
    const shoe = await offerShoe(app)
    using stream = await openStream(app.url, shoe.id)
    await app.post("/api/holds", { product_id: shoe.id, variant_id: shoe.small, qty: 1 })
    const { data } = await stream.seen((event) => event.data.reserved_stock === 1)
    expect(data.variants).toEqual(await variantsNow(app, shoe))
  })
})

describe("orders", () => {
  test("cost what the lines cost when they were held", async () => {
    const shoe = await offerShoe(app)
    const lines = [
      { variant_id: shoe.medium, qty: 2 },
      { variant_id: shoe.large, qty: 1 },
    ]
    const held = await app.post("/api/holds", { product_id: shoe.id, lines })
    await app.send("PATCH", `/api/admin/products/${shoe.id}/variants/${shoe.large}`, {
      json: { price_minor: 99_900 },
    })
    await app.send("PATCH", `/api/admin/products/${shoe.id}`, { json: { price_minor: 88_800 } })
    const order = await app.post("/api/orders", { hold_id: held.body.hold_id })
    expect(order.body).toMatchObject({
      quantity: 3,
      unit_price: null,
      total_minor: 2 * 12_900 + 14_900,
      lines: [
        { variant_id: shoe.medium, quantity: 2, unit_price: "129.00", total_minor: 25_800, restocked_qty: 0 },
        { variant_id: shoe.large, quantity: 1, unit_price: "149.00" },
      ],
    })
  })

  test("a part of a paid basket is restocked by line", async () => {
    const shoe = await offerShoe(app)
    const lines = [
      { variant_id: shoe.medium, qty: 2 },
      { variant_id: shoe.large, qty: 1 },
    ]
    const held = await app.post("/api/holds", { product_id: shoe.id, lines })
    const { order_id } = (await app.post("/api/orders", { hold_id: held.body.hold_id })).body
    await app.post("/api/payments/webhook", {
      idempotency_key: `pay-${order_id}`,
      order_id,
      status: "success",
    })
    const refund = (body: object) => app.post(`/api/admin/orders/${order_id}/refunds`, body)

    expect((await refund({ restock_qty: 1 })).body.code).toBe("restock_lines_required")
    expect((await refund({ restock_lines: [{ variant_id: shoe.small, qty: 1 }] })).body.code).toBe(
      "variant_not_found",
    )
    expect((await refund({ restock_lines: [{ variant_id: shoe.large, qty: 2 }] })).body).toMatchObject({
      code: "restock_over_order",
      restockable_qty: 1,
    })
    expect(
      (await refund({ amount_minor: 14_900, restock_lines: [{ variant_id: shoe.large, qty: 1 }] })).status,
    ).toBe(201)
    expect((await refund({ restock_lines: [{ variant_id: shoe.large, qty: 1 }] })).body.code).toBe(
      "restock_over_order",
    )
    expect(await variantsNow(app, shoe)).toMatchObject([
      { sold_stock: 0 },
      { sold_stock: 2, available_stock: 3 },
      { sold_stock: 0, available_stock: 3 },
    ])
    const { body } = await app.get(`/api/orders/${order_id}`)
    expect(body).toMatchObject({ restocked_qty: 1, lines: [{ restocked_qty: 0 }, { restocked_qty: 1 }] })
  })
})

describe("the shop", () => {
  test("adds, changes, disables and restocks variants during a sale", async () => {
    const shoe = await offerShoe(app)
    const path = `/api/admin/products/${shoe.id}/variants`
    const added = await app.post(path, { variants: [{ name: "44", stock: 2 }] })
    expect(added.status).toBe(201)
    expect(added.body).toMatchObject({ stock: 11 })
    const disabled = await app.send("PATCH", `${path}/${shoe.medium}`, {
      json: { enabled: false, name: "42 (EU)" },
    })
    expect(disabled.body.variants[1]).toMatchObject({ name: "42 (EU)", sale_state: "paused" })
    const refused = await app.post("/api/holds", { product_id: shoe.id, variant_id: shoe.medium, qty: 1 })
    expect(refused.body).toMatchObject({ code: "variant_disabled", variant_id: shoe.medium })

    const stock = (body: object) => app.post(`${path}/${shoe.small}/stock`, body)
    expect((await stock({ stock: 4, expected: 2 })).body).toMatchObject({ code: "stock_changed", stock: 1 })
    expect((await stock({ stock: 4, expected: 1 })).body).toMatchObject({ stock: 14 })
    const ofProduct = await app.post(`/api/admin/products/${shoe.id}/stock`, { stock: 20, expected: 14 })
    expect(ofProduct.body.code).toBe("variant_required")
    expect((await app.send("PATCH", `${path}/999999`, { json: { name: "?" } })).body.code).toBe(
      "variant_not_found",
    )
  })

  test("keeps a price of its own when the product's price changes, also one that equals it", async () => {
    const shoe = await offerShoe(app)
    const path = `/api/admin/products/${shoe.id}`
    const pricesNow = async () =>
      (await variantsNow(app, shoe)).map((one: { price: string; own_price: boolean }) => [
        one.price,
        one.own_price,
      ])
    await app.send("PATCH", `${path}/variants/${shoe.small}`, { json: { price_minor: 12_900 } })
    await app.send("PATCH", `${path}/variants/${shoe.large}`, { json: { price_minor: null } })
    expect(await pricesNow()).toEqual([
      ["129.00", true],
      ["129.00", false],
      ["129.00", false],
    ])
    await app.send("PATCH", path, { json: { price_minor: 9_900 } })
    expect(await pricesNow()).toEqual([
      ["129.00", true],
      ["99.00", false],
      ["99.00", false],
    ])
  })

  test("sees the options of a variant in one order in every answer", async () => {
    const shoe = await offerShoe(app)
    const options = { größe: "42", size: "42", colour: "red", Breite: "weit", a: "1" }
    const changed = await app.send("PATCH", `/api/admin/products/${shoe.id}/variants/${shoe.small}`, {
      json: { options },
    })
    const names = ["a", "size", "Breite", "colour", "größe"]
    expect(Object.keys(changed.body.variants[0].options)).toEqual(names)
    expect(Object.keys((await variantsNow(app, shoe))[0].options)).toEqual(names)
  })

  test("gives a product without variants some only while nothing of it is held or sold", async () => {
    const plain = { name: "Lamp", price_minor: 100, currency: "EUR", stock: 5 }
    const { id } = (await app.post("/api/admin/products", plain)).body
    expect((await app.get(`/api/products/${id}`)).body).not.toHaveProperty("variants")
    const held = await app.post("/api/holds", { product_id: id, qty: 1 })
    const add = () =>
      app.post(`/api/admin/products/${id}/variants`, { variants: [{ name: "red", stock: 3 }] })
    expect((await add()).body).toMatchObject({ code: "product_in_use", reserved_stock: 1 })
    await app.send("DELETE", `/api/holds/${held.body.hold_id}`)
    expect((await add()).body).toMatchObject({ stock: 3, variants: [{ name: "red" }] })
  })

  test("reads each change of a variant in the record of actions", async () => {
    const shoe = await offerShoe(app)
    const path = `/api/admin/products/${shoe.id}/variants`
    await app.post(path, { variants: [{ name: "44", stock: 2 }] })
    await app.send("PATCH", `${path}/${shoe.large}`, { json: { enabled: false } })
    await app.post(`${path}/${shoe.small}/stock`, { stock: 4, expected: 1 })
    const actions = async () => (await app.get("/api/admin/actions?limit=3")).body.data
    await expect.poll(actions).toMatchObject([
      { path: `${path}/${shoe.small}/stock`, product_id: shoe.id, content: { stock: 4, expected: 1 } },
      { path: `${path}/${shoe.large}`, product_id: shoe.id, content: { enabled: false } },
      { path, product_id: shoe.id, status: 201 },
    ])
  })

  test("needs either a stock or variants", async () => {
    const neither = { name: "Nothing", price_minor: 100, currency: "EUR" }
    const refused = await app.post("/api/admin/products", neither)
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [{ pointer: "/stock", detail: "is required unless variants are given" }],
    ])
    const none = await app.post("/api/admin/products", { ...neither, variants: [] })
    expect(none.body.errors).toEqual([{ pointer: "/variants", detail: "must not be empty" }])
    const { id } = (await app.post("/api/admin/products", { ...neither, stock: 4 })).body
    const unset = await app.post(`/api/admin/products/${id}/stock`, { expected: 4 })
    expect(unset.body.errors).toEqual([{ pointer: "/stock", detail: "is required" }])
    expect((await app.post("/api/admin/products", { ...SHOE, stock: 4 })).status).toBe(422)
  })
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
