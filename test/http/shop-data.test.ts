import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { startReceiver } from "../support/receiver.ts"
import { hold, offer, order, pay } from "../support/shop.ts"

let app: TestApp
let productId: number
beforeAll(async () => {
  app = await startTestApp()
  productId = (await offer(app)).id
})
afterAll(() => app[Symbol.asyncDispose]())

const fields = { reference: "Warenkorb 7 🎈", metadata: { "shop id": "a\nb", number: "=1+1", empty: "" } }
const held = (more: object = fields) => hold(app, productId, 1, more)

describe("what the shop's own systems know a hold or order by", () => {
  test("is in the answers about the hold and about its order", async () => {
    const placed = await held()
    expect(placed).toMatchObject(fields)
    const { hold_id } = placed
    expect((await app.get(`/api/holds/${hold_id}`)).body).toMatchObject(fields)

    const { order_id, ...made } = await order(app, hold_id)
    expect(made).toMatchObject(fields)
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject(fields)
  })

  test("is in the answers of the path-style route for an order", async () => {
    const { hold_id } = await held()
    expect((await app.post(`/api/orders/${hold_id}/${productId}`)).body.order).toMatchObject(fields)
  })

  test("is absent from answers where no request has given it", async () => {
    const placed = await held({})
    const made = await order(app, placed.hold_id)
    for (const answer of [placed, made, (await app.get(`/api/orders/${made.order_id}`)).body]) {
      expect(answer).not.toHaveProperty("reference")
      expect(answer).not.toHaveProperty("metadata")
    }
  })

  test("is not changed by the order's request, which may add to it, and stays when the order is paid and restocked", async () => {
    const { hold_id } = await held({ reference: "A", metadata: { a: "1", b: "1" } })
    const body = { hold_id, reference: "B", metadata: { b: "2", c: "2" } }
    const { order_id } = (await app.post("/api/orders", body)).body
    await pay(app, { order_id, amount_minor: 9_999 })
    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: 0, restock_qty: 1 })
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({
      status: "paid",
      restocked_qty: 1,
      reference: "A",
      metadata: { a: "1", b: "1", c: "2" },
    })
  })

  test("is taken over by an order that a payment event has made", async () => {
    const { hold_id } = await held({ reference: "A", metadata: { a: "1" } })
    const event = { hold_id, product_id: productId, quantity: 1, amount_minor: 9_999, order_id: 800_000 }
    await pay(app, event)
    const body = { hold_id, reference: "B", metadata: { b: "2" } }
    const { status, body: made } = await app.post("/api/orders", body)
    expect(status).toBe(200)
    expect((await app.get(`/api/orders/${made.order_id}`)).body).toMatchObject({
      status: "paid",
      reference: "A",
      metadata: { a: "1", b: "2" },
    })
  })

  test("is part of what an Idempotency-Key stands for", async () => {
    const headers = { "idempotency-key": "of the shop" }
    const body = { product_id: productId, qty: 1, reference: "A" }
    const first = await app.post("/api/holds", body, { headers })
    expect((await app.post("/api/holds", body, { headers })).body).toEqual(first.body)
    expect((await app.post("/api/holds", { ...body, reference: "B" }, { headers })).body.code).toBe(
      "idempotency_key_reused",
    )
    const orders = { hold_id: first.body.hold_id, metadata: { a: "1" } }
    const made = await app.post("/api/orders", orders, { headers })
    expect((await app.post("/api/orders", orders, { headers })).body).toEqual(made.body)
    expect((await app.post("/api/orders", { hold_id: orders.hold_id }, { headers })).body.code).toBe(
      "idempotency_key_reused",
    )
  })

  test("finds a hold and an order", async () => {
    const reference = "to be found"
    const { hold_id } = await held({ reference })
    const { order_id } = await order(app, hold_id)
    await held({ reference: "to be found 2" })
    const query = `reference=${encodeURIComponent(reference)}`
    expect((await app.get(`/api/admin/holds?${query}`)).body.data).toMatchObject([{ hold_id, reference }])
    expect((await app.get(`/api/admin/orders?${query}`)).body.data).toMatchObject([{ order_id, reference }])
  })

  test("is in the CSV, where no cell is a formula", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id, 1, {
      reference: '=HYPERLINK("http://evil")',
      metadata: { a: 'x"' },
    })
    await order(app, hold_id)
    const { body } = await app.get(`/api/admin/orders.csv?product_id=${id}`)
    const [heading, row] = String(body).split("\r\n")
    expect(heading).toMatch(/,reference,metadata,order_refunded$/)
    expect(row).toMatch(/,"'=HYPERLINK\(""http:\/\/evil""\)","\{""a"":""x\\""""\}",$/)
  })
})

test("outgoing events of an order have the shop's own fields", async () => {
  await using receiver = await startReceiver()
  await using own = await startTestApp({ worker: true, config: { webhookAllowPrivate: true } })
  await own.post("/api/admin/webhooks", { url: receiver.url })
  const { hold_id } = await hold(own, 1, 1, fields)
  await order(own, hold_id)
  const [first] = await receiver.has(1)
  expect(first?.event).toMatchObject({ type: "order.created", data: fields })
})

const tooMany = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, ""]))

test.each<[string, object, string]>([
  ["an empty reference", { reference: "" }, "/reference"],
  ["201 characters", { reference: "x".repeat(201) }, "/reference"],
  ["a line break in the reference", { reference: "a\nb" }, "/reference"],
  ["a reference that is a number", { reference: 7 }, "/reference"],
  ["no reference", { reference: null }, "/reference"],
  ["a list", { metadata: ["a"] }, "/metadata"],
  ["a number", { metadata: { a: 1 } }, "/metadata/a"],
  ["an object", { metadata: { a: {} } }, "/metadata/a"],
  ["21 keys", { metadata: tooMany }, "/metadata"],
  ["a long key", { metadata: { ["k".repeat(41)]: "" } }, "/metadata"],
  ["an empty key", { metadata: { "": "" } }, "/metadata"],
  ["a key with a bracket", { metadata: { "a[b]": "" } }, "/metadata"],
  ["a NUL", { metadata: { a: "\0" } }, "/metadata/a"],
  ["half a surrogate pair", { metadata: { a: "\ud800" } }, "/metadata/a"],
  ["too many bytes", { metadata: { a: "ü".repeat(509) } }, "/metadata"],
])("%s is refused with a pointer, with a hold and with an order", async (_, given, pointer) => {
  const { hold_id } = await held({})
  const pointers = async (path: string, body: object) => {
    const answer = await app.post(path, { ...body, ...given })
    expect(answer.status).toBe(422)
    return answer.body.errors.map((error: { pointer: string }) => error.pointer)
  }
  expect(await pointers("/api/holds", { product_id: productId, qty: 1 })).toContain(pointer)
  expect(await pointers("/api/orders", { hold_id })).toContain(pointer)
})

test("metadata that are too many only together with those of the hold are refused, and the hold stays", async () => {
  const { hold_id } = await held({ metadata: { a: "x".repeat(600) } })
  const refused = await app.post("/api/orders", { hold_id, metadata: { b: "x".repeat(600) } })
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: "/metadata" }] } })
  expect((await app.get(`/api/holds/${hold_id}`)).body.status).toBe("active")
})

test("a hold that an earlier version has placed has none", async () => {
  const { hold_id } = await held()
  await runSql(app.databaseUrl, `update holds set reference = null, metadata = null where id = ${hold_id}`)
  expect(await order(app, hold_id)).not.toHaveProperty("metadata")
})
