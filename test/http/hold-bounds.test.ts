import { randomUUID } from "node:crypto"
import { expect, test } from "vitest"
import { readConfig } from "../../src/config/read-config.ts"
import type { TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, closed, offer, order, productNow, signature, startClosedApp } from "../support/shop.ts"

/** What a closed installation has that sets nothing. */
const { holdBounds, paymentTtlSeconds } = readConfig({
  directory: "/nonexistent",
  environment: {
    ADMIN_TOKEN,
    PAYMENT_WEBHOOK_SECRET: `whsec_${closed.paymentWebhookSecret.toString("base64")}`,
  },
})

const startShop = () => startClosedApp({ config: { holdBounds, paymentTtlSeconds, trustProxy: "loopback" } })

function hold(app: TestApp, productId: number, from: string, body: object = {}, token?: string) {
  return app.post(
    "/api/holds",
    { product_id: productId, qty: 1, ...body },
    { headers: { "x-forwarded-for": from }, ...(token !== undefined && { token }) },
  )
}

test("a stranger who asks for everything gets 20 of 50 units, and nobody else is kept from the rest", async () => {
  await using app = await startShop()
  const product = await offer(app, { stock: 50 }, ADMIN_TOKEN)

  expect(await hold(app, product.id, "203.0.113.7", { qty: 40 })).toBeProblem(422, "quantity_over_limit", {
    max_per_hold: 10,
  })
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      hold(app, product.id, "203.0.113.7", { customer_id: `name-${index}` }),
    ),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20)
  const refused = answers.find(({ status }) => status !== 201)
  expect(refused).toBeProblem(409, "too_many_open_holds", {
    because: "unpaid",
    units_left: 0,
    retry_at: expect.stringMatching(/Z$/),
  })
  expect(await productNow(app, product.id)).toMatchObject({ reserved_stock: 20, available_stock: 30 })

  expect((await hold(app, product.id, "198.51.100.1", { qty: 10 })).status).toBe(201)
  expect((await hold(app, product.id, "unknown, 203.0.113.8", { qty: 10 })).status).toBe(201)
  const path = await app.post(`/api/holds/${product.id}/1`, undefined, {
    headers: { "x-forwarded-for": "203.0.113.7" },
  })
  expect(path).toBeProblem(409, "too_many_open_holds", {
    because: "unpaid",
    units_left: 0,
    retry_at: expect.anything(),
  })
})

test("an IPv6 network counts as one, and an order waits five minutes instead of fifteen", async () => {
  await using app = await startShop()
  const product = await offer(app, { max_per_hold: 30 }, ADMIN_TOKEN)

  const first = await hold(app, product.id, "2001:db8:1:2:3::1", { qty: 30 })
  expect(first.status).toBe(201)
  expect((await hold(app, product.id, "2001:db8:1:2:ffff::9")).body.code).toBe("too_many_open_holds")
  expect((await hold(app, product.id, "2001:db8:1:3::1")).status).toBe(201)

  const { expires_at, created_at } = await order(app, first.body.hold_id, first.body.token)
  expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(300_000)
  expect((await hold(app, product.id, "2001:db8:1:2::7")).body.code).toBe("too_many_open_holds")
})

test("the shop's own server is bound by nothing but the product", async () => {
  await using app = await startShop()
  const product = await offer(app, {}, ADMIN_TOKEN)

  const answers = await Promise.all(
    Array.from({ length: 50 }, () => hold(app, product.id, "192.0.2.1", {}, ADMIN_TOKEN)),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 201))
  expect((await hold(app, product.id, "192.0.2.1", { qty: 40 }, ADMIN_TOKEN)).status).toBe(201)
})

test("a key for holds speaks for the shop; another key, and an operator who only looks, do not", async () => {
  await using app = await startShop()
  const product = await offer(app, { customer: "signed" }, ADMIN_TOKEN)
  const tokenOf = async (operator: object): Promise<string> => {
    const { status, body } = await app.post("/api/admin/operators", operator, { token: ADMIN_TOKEN })
    expect(status).toBe(201)
    return body.token
  }
  const ask = async (token: string) =>
    (await hold(app, product.id, "192.0.2.1", { qty: 40, customer_id: "anna" }, token)).status

  expect(await ask(await tokenOf({ name: "Server", kind: "key", scopes: ["holds:write"] }))).toBe(201)
  expect(await ask(await tokenOf({ name: "Orders", kind: "key", scopes: ["orders:write"] }))).toBe(422)
  expect(await ask(await tokenOf({ name: "Vera", role: "viewer" }))).toBe(422)
  expect(await ask(await tokenOf({ name: "Mia", role: "manager" }))).toBe(201)
})

// One address, such as that of a campus or of a mobile network: 20 are served at a time, and all of them in the end.
test("200 buyers behind one address who pay: every one of them buys, 20 at a time", async () => {
  await using app = await startShop()
  const product = await offer(app, { stock: 200 }, ADMIN_TOKEN)
  let paying = 0
  let mostPaying = 0

  async function buy(): Promise<void> {
    for (;;) {
      const { status, body } = await hold(app, product.id, "203.0.113.50")
      if (status === 409 && body.code === "too_many_open_holds") {
        await new Promise((resolve) => setTimeout(resolve, 20))
        continue
      }
      expect(status).toBe(201)
      paying += 1
      mostPaying = Math.max(mostPaying, paying)
      const { order_id } = await order(app, body.hold_id, body.token)
      // From here on the unit may be free for the next one.
      paying -= 1
      const event = JSON.stringify({ idempotency_key: `key-${randomUUID()}`, status: "success", order_id })
      const paid = await app.post("/api/payments/webhook", undefined, {
        raw: event,
        headers: signature(event),
      })
      expect(paid.status).toBe(200)
      return
    }
  }
  await Promise.all(Array.from({ length: 200 }, buy))

  expect(mostPaying).toBe(20)
  expect(await productNow(app, product.id)).toMatchObject({ sold_stock: 200, available_stock: 0 })
})

test("a page of another site cannot make its visitors hold units", async () => {
  await using app = await startClosedApp({ config: { corsOrigins: ["https://shop.example"] } })
  const product = await offer(app, {}, ADMIN_TOKEN)
  const from = async (headers: Record<string, string>) =>
    (await app.post(`/api/holds/${product.id}/1`, undefined, { headers })).status

  const evil = { origin: "https://evil.example" }
  expect(await from(evil)).toBe(403)
  expect(await from({ ...evil, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).toBe(403)
  expect(await from({ origin: "https://shop.example", "sec-fetch-site": "cross-site" })).toBe(201)
  expect(await from({ "sec-fetch-site": "same-origin" })).toBe(201)
  expect(await from({})).toBe(201)
})

test("an address that a trusted proxy forwards may be any text", async () => {
  await using app = await startShop()
  const product = await offer(app, {}, ADMIN_TOKEN)

  for (const from of ["x".repeat(500), "fe80::1%eth0", "ÿ", "1.2.3.4:5678", ""]) {
    expect((await hold(app, product.id, from)).status).toBe(201)
  }
})
