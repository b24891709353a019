import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { pendingOrder, signature, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const path = "/api/payments/webhook"
const entries = async () => (await app.get("/api/admin/money?limit=100")).body.data
interface Entry {
  readonly payment_event: { readonly payment_id: string | null } | null
}
const isOf7 = ({ payment_event }: Entry) => payment_event?.payment_id === "tx-7"
const statusOf = async (orderId: number) => (await app.get(`/api/orders/${orderId}`)).body.status

describe("unexpected parts of a webhook", () => {
  test("do not matter: any number of unknown fields", async () => {
    const { order_id } = await pendingOrder(app)
    const more = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`extra_${n}`, { n }]))
    const event = { idempotency_key: "extra", order_id, status: "success", livemode: true, ...more }

    expect(await app.post(path, event)).toMatchObject({ status: 200, body: { outcome: "paid" } })
    const again = await app.post(path, { ...event, attempt: 2 })
    expect(again.body).toMatchObject({ duplicate: true, outcome: "paid" })
    expect(await app.post(path, { ...event, amount_minor: 1 })).toBeProblem(409, "idempotency_key_reused")
  })

  test.each([
    ["eur", "paid"],
    ["usd", "refund_due"],
  ])("a currency in lower case is the same currency: %s is %s", async (currency, outcome) => {
    const { order_id } = await pendingOrder(app)
    const event = { idempotency_key: `small-${currency}`, order_id, status: "success", currency }

    expect((await app.post(path, event)).body).toMatchObject({ duplicate: false, outcome })
    const inCapitals = { ...event, currency: currency.toUpperCase() }
    expect((await app.post(path, inCapitals)).body).toMatchObject({ duplicate: true, outcome })
  })
})

describe("a message that cannot be understood", () => {
  test.each<[string, (orderId: number) => unknown, pointer: string]>([
    ["no order", () => ({ idempotency_key: "unclear", status: "success" }), "/order_id"],
    [
      "an order's number as text",
      (id) => ({ idempotency_key: "k", status: "paid", order_id: `${id}` }),
      "/order_id",
    ],
    ["an invalid order id", () => ({ idempotency_key: "k", status: "paid", order_id: 2 ** 53 }), "/order_id"],
    ["no status", (order_id) => ({ idempotency_key: "k", order_id }), "/status"],
    ["an unknown status", (order_id) => ({ idempotency_key: "k", order_id, status: "settled" }), "/status"],
    ["a status that every object has", (order_id) => ({ order_id, status: "constructor" }), "/status"],
    ["half an amount", (order_id) => ({ order_id, status: "paid", amount_minor: 10.5 }), "/amount_minor"],
    ["an invalid currency", (order_id) => ({ order_id, status: "paid", currency: "euro" }), "/currency"],
    [
      "a key that cannot be stored",
      (id) => ({ idempotency_key: "\ud800", order_id: id, status: "paid" }),
      "/idempotency_key",
    ],
    [
      "two keys",
      (id) => ({ idempotency_key: "a", transaction_id: "b", order_id: id, status: "paid" }),
      "/idempotency_key",
    ],
    ["a list", (order_id) => [{ order_id, status: "paid" }], ""],
    ["a text", (order_id) => `order ${order_id} is paid`, ""],
    ["null", () => null, ""],
  ])(
    "(%s) is parked in the money inbox, once, and has no effect on orders",
    async (_what, message, pointer) => {
      const { order_id } = await pendingOrder(app)
      const before = (await entries()).length

      const first = await app.post(path, message(order_id))
      const again = await app.post(path, message(order_id))

      expect(first.status).toBe(202)
      expect(first.body).toMatchObject({
        processed: false,
        duplicate: false,
        order_id: null,
        outcome: "parked",
      })
      expect(first.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
      expect(again).toMatchObject({ status: 200, body: { duplicate: true, outcome: "parked" } })
      expect(await entries()).toHaveLength(before + 1)
      expect(await statusOf(order_id)).toBe("pending_payment")
    },
  )

  test("appears with its readable fields, is logged, and can be marked as returned", async () => {
    const { order_id } = await pendingOrder(app)
    const said = { transaction_id: "tx-7", order_id, status: "settled", amount_minor: 9_999, currency: "eur" }
    await app.post(path, said, { headers: { "webhook-id": "msg_7" } })

    const entry = (await entries()).find(isOf7)
    expect(entry).toMatchObject({
      kind: "payment_without_order",
      why: expect.stringContaining("could not be understood"),
      payment_event: { provider: "generic", order_id: null, amount_minor: 9_999, currency: "EUR" },
    })
    const { provider, key } = entry.payment_event
    const lines = app.log.filter((line) => line["metric"] === "webhook.unclear" && line["key"] === key)
    expect(lines).toMatchObject([{ webhook_id: "msg_7", reason: expect.stringContaining("/status") }])
    expect((await app.post("/api/admin/money/returned", { provider, key })).status).toBe(200)
    expect((await entries()).some(isOf7)).toBe(false)
  })

  test("leaves its key to a later message that is understood", async () => {
    const { order_id } = await pendingOrder(app)
    const event = { transaction_id: "tx-8", order_id }

    expect((await app.post(path, { ...event, status: "processing" })).status).toBe(202)
    expect((await app.post(path, { ...event, status: "paid" })).body).toMatchObject({ outcome: "paid" })
  })

  test.each([
    ["invalid JSON", "{", 400, "malformed_request"],
    ["no body", "", 422, "invalid_request"],
  ])("and cannot be stored either (%s) is refused", async (_what, raw, status, code) => {
    const headers = { "content-type": "application/json" }
    expect(await app.send("POST", path, { raw, headers })).toBeProblem(status, code)
  })

  test("is not stored without a valid signature, which is checked first", async () => {
    await using shop = await startClosedApp()
    const raw = JSON.stringify({ status: "settled" })

    expect(await shop.send("POST", path, { raw })).toBeProblem(401, "invalid_signature")
    expect((await shop.send("POST", path, { raw, headers: signature(raw) })).status).toBe(202)
  })
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
