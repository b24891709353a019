import { randomUUID } from "node:crypto"
import { readFile } from "node:fs/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createAdminClient } from "../../client/src/admin.ts"
import { createClient, type Client, type Fetch, type WatchState } from "../../client/src/index.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { ADMIN_TOKEN, signature, startClosedApp } from "../support/shop.ts"

/** Routes that the client has no call for, with the reason. The client's README lists them too. */
const leftOut: Record<string, string> = {
  "POST /api/holds/{productId}/{quantity}": "the path style of a route that has a call",
  "POST /api/orders/{holdId}/{productId}": "the path style of a route that has a call",
  "POST /api/payments/webhook": "for payment providers",
  "POST /api/payments/webhooks/{provider}": "for payment providers",
  "GET /readyz": "for load balancers; the same answer as /health",
  "GET /livez": "for supervisors that restart processes",
  "GET /metrics": "for Prometheus",
  "GET /api/admin/orders.csv": "a file for spreadsheets",
}

const STREAM = "GET /api/stream"

const PAST = "2026-01-01T00:00:00.000Z"

/** The routes that these tests have called, as openapi.json writes them. */
const asked = new Set<string>()
const description = JSON.parse(await readFile(new URL("../../openapi.json", import.meta.url), "utf8")) as {
  readonly paths: Record<string, Record<string, unknown>>
}

const described = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
)

/** The platform's `fetch`, which also records the called route. */
const recordingFetch: Fetch = (url, request) => {
  const { pathname } = new URL(url)
  const fits = (route: string) => {
    const [method, path = ""] = route.split(" ")
    return method === request.method && new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`).test(pathname)
  }
  const parameters = (route: string) => route.split("{").length
  const [route] = described.filter(fits).sort((a, b) => parameters(a) - parameters(b))
  asked.add(route ?? `${request.method} ${pathname}, which is not described`)
  return fetch(url, request)
}

describe.each([
  ["open", () => startTestApp({ worker: true }), null],
  ["closed", () => startClosedApp({ worker: true }), ADMIN_TOKEN],
])("each call once, in %s mode", (mode, start, adminToken) => {
  let app: TestApp
  let client: Client
  let shop: ReturnType<typeof createAdminClient>

  beforeAll(async () => {
    app = await start()
    client = createClient({ baseUrl: app.url, fetch: recordingFetch })
    shop = createAdminClient({ baseUrl: `${app.url}/`, adminToken, fetch: recordingFetch })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  /** Makes a product, a hold of it, and a client with the hold's token. */
  async function hold(qty = 1) {
    const product = await shop.products.create({ name: "Lamp", price_minor: 500, currency: "EUR", stock: 9 })
    const made = await client.holds.create({ product_id: product.id, qty })
    return { product, hold: made, owner: client.withToken(made.token) }
  }

  /** Makes a paid order. */
  async function paidOrder() {
    const { hold: held, owner } = await hold(2)
    const order = await owner.orders.create(held)
    await sendPaid({ order_id: order.order_id, payment_id: `pay-${order.order_id}` })
    return { order, owner }
  }

  /** Sends the webhook that an order is paid. */
  async function sendPaid(event: object): Promise<void> {
    const body = JSON.stringify({ idempotency_key: randomUUID(), status: "success", ...event })
    const headers = mode === "closed" ? signature(body) : {}
    const { status } = await app.send("POST", "/api/payments/webhook", { raw: body, headers })
    expect([200, 202]).toContain(status)
  }

  test("a product is created, changed, paused, resumed and restocked", async () => {
    const { id } = await shop.products.create({ name: "Lamp", price_minor: 500, currency: "EUR", stock: 3 })

    expect(await client.products.get(id)).toMatchObject({ id, price: "5.00", sale_state: "open" })
    expect(await shop.products.change(id, { name: "Big lamp", max_per_hold: 2 })).toMatchObject({
      max_per_hold: 2,
    })
    expect(await shop.products.pause(id)).toMatchObject({ sale_state: "paused" })
    expect(await shop.products.resume(id)).toMatchObject({ sale_state: "open" })
    expect(await shop.products.setStock(id, { stock: 5, expected: 3 })).toMatchObject({ stock: 5 })
    expect(await shop.products.get(id)).toMatchObject({ name: "Big lamp", available_stock: 5 })
    const first = await client.products.list({ limit: 1 })
    const second = await client.products.list({ limit: 1, cursor: first.next_cursor })
    expect([first.data[0]?.id, first.has_more, second.data[0]?.id]).toEqual([1, true, 2])
    expect(await shop.products.change(id, { status: "archived" })).toMatchObject({ status: "archived" })
    const archived = await shop.products.list({ status: "archived" })
    expect(archived.data.map((product) => product.id)).toEqual([id])
  })

  test("a challenge is asked for, which this server does not make", async () => {
    await expect(client.customers.challenge()).rejects.toMatchObject({ code: "route_not_found" })
  })

  test("a code is asked for, where one can be sent, and a wrong one is refused", async () => {
    const asked = await client.customers
      .requestCode({ email: "ada@example.com", language: "de" })
      .catch((error: unknown) => error)
    const sendsNone = expect.objectContaining({ code: "mail_codes_off" }) as unknown
    expect(asked).toEqual(mode === "open" ? { status: "accepted" } : sendsNone)
    await expect(
      client.customers.confirmCode({ email: "ben@example.com", code: "000000" }),
    ).rejects.toMatchObject({ code: "mail_code_invalid", status: 422 })
  })

  test("the links of orders are asked for, where the shop sends mails", async () => {
    const found = await client.orders.find("ada@example.com").catch((error: unknown) => error)
    const sendsNone = expect.objectContaining({ code: "route_not_found" }) as unknown
    expect(found).toEqual(mode === "open" ? { status: "accepted" } : sendsNone)
  })

  test("what a buyer told is erased, by e-mail address or customer", async () => {
    expect(await shop.erase({ email: "ada@example.com" })).toEqual({ erased_orders: 0 })
    expect(await shop.erase({ customer_id: "nobody" })).toEqual({ erased_orders: 0 })
  })

  test("a product gets variants, one of which is changed and restocked", async () => {
    const first = { name: "41", stock: 1 }
    const shoe = { name: "Shoe", price_minor: 500, currency: "EUR", variants: [first] }
    const { id } = await shop.products.create(shoe)

    const { variants } = await shop.products.addVariants(id, { variants: [{ name: "42", stock: 2 }] })
    expect(variants?.map(({ name }) => name)).toEqual(["41", "42"])
    const variantId = variants?.[1]?.id ?? 0
    const changed = await shop.products.changeVariant(id, variantId, { price_minor: 700 })
    expect(changed.variants?.[1]).toMatchObject({ id: variantId, price: "7.00", stock: 2 })
    const stocked = await shop.products.setVariantStock(id, variantId, { stock: 4, expected: 2 })
    expect([stocked.stock, stocked.variants?.[1]?.stock]).toEqual([5, 4])
  })

  test("a buyer's details come with the order, and are replaced until it is paid", async () => {
    const { id } = await shop.products.create({
      name: "Poster",
      price_minor: 500,
      currency: "EUR",
      stock: 1,
      collect: { email: "required", name: "required" },
    })
    const made = await client.holds.create({ product_id: id, qty: 1 })
    const order = await client.orders.create({ ...made, details: { email: "anna@example.org" } })
    expect([order.details?.email, order.missing_details]).toEqual(["anna@example.org", ["/details/name"]])
    const owner = client.withToken(made.token)
    const details = { email: "anna@example.org", name: "Anna" }
    const changed = await owner.orders.setDetails(order.order_id, details)
    expect(changed.details).toMatchObject(details)
    expect(changed.missing_details).toBeUndefined()
  })

  test("a form learns which countries there are, and how one of them writes its addresses", async () => {
    const { countries } = await client.addresses.countries()
    expect(countries).toContain("CH")
    const { fields, lines } = await client.addresses.layout("CH")
    expect(fields.map(({ name }) => name)).toEqual(["line1", "line2", "postal_code", "city"])
    expect(lines.at(-1)).toBe("CH-{postal_code} {city}")
    const refused = await client.addresses.layout("ZZ").catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: "invalid_request", status: 422 })
  })

  test("a hold is made, read and released only by its owner", async () => {
    const { hold: made, owner } = await hold(2)

    expect(made).toMatchObject({ qty: 2, status: "active", token: expect.stringMatching(/^dbt1\./) })
    const { token: _, ...seen } = made
    expect(await owner.holds.get(made.hold_id)).toEqual(seen)
    expect(await client.holds.get(made.hold_id, { token: made.token })).toEqual(seen)
    const foreign = await client.holds.get(made.hold_id).catch((error: unknown) => error)
    expect(foreign).toMatchObject(mode === "open" ? seen : { code: "hold_not_found", status: 404 })
    expect(await owner.holds.release(made.hold_id)).toMatchObject({ status: "released" })
    expect(await owner.holds.release(made.hold_id)).toMatchObject({ status: "released" })
  })

  test("an order is made with the token of its hold, gets a payment attempt, and is cancelled", async () => {
    const { hold: made, owner } = await hold()

    const order = await client.orders.create(made)
    expect(order).toMatchObject({ hold_id: made.hold_id, status: "pending_payment", total_minor: 500 })
    expect(await owner.orders.get(order.order_id)).toEqual(order)
    const begun = await owner.orders.startPayment(order.order_id)
    expect(begun.payment_attempts).toBe(1)
    const payment = { provider: "generic", payment_id: "p-1" }
    expect((await owner.orders.startPayment(order.order_id, payment)).payment_attempts).toBe(2)
    // No provider here opens payments: see order-payments.test.ts.
    await expect(owner.orders.openPayment(order.order_id)).rejects.toMatchObject({ code: "route_not_found" })
    // No shop's own payment page here: see payment-links.test.ts.
    await expect(owner.orders.paymentLink(order.order_id)).rejects.toMatchObject({ code: "route_not_found" })
    expect(await owner.orders.cancel(order.order_id)).toMatchObject({ status: "cancelled" })
    expect(await owner.orders.cancel(order.order_id)).toMatchObject({ status: "cancelled" })
  })

  test("the shop releases a hold and cancels an order", async () => {
    const { hold: left } = await hold(2)
    expect(await shop.holds.release(left.hold_id)).toMatchObject({ status: "released", qty: 2 })
    const { hold: made } = await hold()
    const order = await client.orders.create(made)
    expect(await shop.orders.cancel(order.order_id)).toMatchObject({ status: "cancelled" })
    expect(await shop.orders.cancel(order.order_id)).toMatchObject({ status: "cancelled" })
  })

  test("refunds are made, listed, retried and confirmed", async () => {
    const { order } = await paidOrder()

    const refund = await shop.orders.refund(order.order_id, { amount_minor: 400, restock_qty: 1 })
    expect(refund).toMatchObject({ amount: "4.00", reason: "requested", restock_qty: 1 })
    expect((await shop.orders.refunds(order.order_id)).data).toHaveLength(1)
    expect(await shop.refunds.retry(refund.refund_id)).toMatchObject({ status: "due" })
    expect(await shop.refunds.confirm(refund.refund_id)).toMatchObject({ status: "confirmed" })
    await expect(shop.orders.refund(order.order_id, { amount_minor: 9_000 })).rejects.toMatchObject({
      problem: { code: "refund_over_payment", refundable_minor: 600 },
    })
  })

  test("the shop reads and changes what it has set about itself", async () => {
    const before = await shop.shop.get()
    const changed = await shop.shop.change({ name: "Aurora", languages: ["de", "en"] })
    expect(changed).toMatchObject({ name: "Aurora", languages: ["de", "en"], links: before.links })
    const late = shop.shop.change({ name: "Borealis" }, { version: before.version })
    await expect(late).rejects.toMatchObject({ code: "shop_changed", status: 412 })
    expect(await shop.shop.change({ name: "Aurora" }, { version: before.version })).toEqual(changed)
    expect(await shop.shop.get()).toEqual(changed)
  })

  test("the shop reads and changes the pictures and texts of a product", async () => {
    const { id } = await shop.products.create({ name: "Lamp", price_minor: 500, currency: "EUR", stock: 3 })
    const before = await shop.products.content(id)
    const lampe = { name: "Lampe", description: null, after_purchase: "Danke!" }
    const changed = await shop.products.changeContent(id, {
      after_purchase: "Thank you",
      translations: { en: lampe },
    })
    expect(changed).toMatchObject({ after_purchase: "Thank you", translations: { en: lampe }, pictures: [] })
    const late = shop.products.changeContent(id, { pictures: [] }, { version: before.version })
    expect(await late).toEqual(changed)
    const other = shop.products.changeContent(id, { image_alt: "A lamp" }, { version: before.version })
    await expect(other).rejects.toMatchObject({ code: "content_changed", status: 412 })
    expect(await client.products.content(id, "en")).toMatchObject({ name: "Lampe", description: null })
  })

  test("disputes are listed, and an unknown one cannot be closed", async () => {
    const { order } = await paidOrder()
    const dispute = { provider: "generic", dispute_id: "dp-1" }

    expect(await shop.orders.disputes(order.order_id)).toEqual({ data: [] })
    for (const verdict of ["won", "lost"] as const) {
      const decided = shop.disputes[verdict](order.order_id, dispute)
      await expect(decided).rejects.toMatchObject({ code: "dispute_not_found" })
    }
  })

  test("the money inbox shows a payment without an order, and records its return", async () => {
    await sendPaid({ order_id: 900_000, idempotency_key: "stray" })

    const { data } = await shop.money.list({ limit: 100 })
    const stray = data.find(({ payment_event }) => payment_event?.key === "stray")
    expect(stray).toMatchObject({
      kind: "payment_without_order",
      actions: [{ name: "assign" }, { name: "returned" }],
    })
    for (let time = 0; time < 2; time += 1) {
      const entry = await shop.money.returned({ provider: "generic", key: "stray" })
      expect(entry.payment_event?.returned_at).toEqual(expect.any(String))
    }
  })

  test("a payment without an order is assigned to one", async () => {
    await sendPaid({ order_id: 900_001, idempotency_key: "stray-too" })
    const { order } = await paidOrder()
    const { order_id } = order
    const event = await shop.money.assign({ provider: "generic", key: "stray-too", order_id })
    expect(event).toMatchObject({ order_id: 900_001, applied_order_id: order_id })
  })

  test("lists are filtered", async () => {
    const { order } = await paidOrder()
    const { order_id, product_id } = order

    const orders = await shop.orders.list({ product_id, status: "paid", customer_id: undefined })
    expect(orders).toMatchObject({ data: [{ order_id, status: "paid" }], has_more: false, next_cursor: null })
    expect(await shop.orders.search({ product_id, status: "paid", limit: 1 })).toEqual(orders)
    expect((await shop.orders.search({ product_id, email: "nobody@example.com" })).data).toEqual([])
    expect((await shop.holds.list({ product_id, status: "converted" })).data).toHaveLength(1)
    expect((await shop.payments.list({ order_id, allocation: "order" })).data).toMatchObject([
      { amount: "10.00" },
    ])
    expect((await shop.paymentEvents.list({ order_id, outcome: "paid" })).data).toHaveLength(1)
  })

  test("an order is read with everything that is known of it", async () => {
    const { order } = await paidOrder()

    const whole = await shop.orders.get(order.order_id)
    expect(whole).toMatchObject({
      order: { order_id: order.order_id, status: "paid" },
      product: { id: order.product_id },
      hold: { hold_id: order.hold_id, status: "converted" },
      payments: [{ payment_id: `pay-${order.order_id}`, amount: "10.00" }],
    })
    expect(whole.timeline.map(({ what }) => what)).toEqual([
      "hold_placed",
      "order_created",
      "payment_event",
      "order_paid",
    ])
    await expect(shop.orders.get(9_000_000)).rejects.toMatchObject({ code: "order_not_found" })
  })

  test("the shop replaces the buyer's details of an order", async () => {
    const lamp = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 9 }
    const product = await shop.products.create({ ...lamp, collect: { email: "required" } })
    const made = await client.holds.create({ product_id: product.id, qty: 1 })
    const order = await client.orders.create(made)
    expect(order.missing_details).toEqual(["/details/email"])
    const changed = await shop.orders.setDetails(order.order_id, { email: "anna@shop.example" })
    expect(changed.details).toMatchObject({ email: "anna@shop.example", name: null })
    expect(changed).not.toHaveProperty("missing_details")
  })

  test("a mail of an order is sent again", async () => {
    const { order } = await paidOrder()

    await expect(shop.orders.resendMail(order.order_id, "receipt-1/2")).rejects.toMatchObject({
      code: "mail_not_found",
    })
  })

  test("the live state of a sale is read", async () => {
    const { product } = await hold(2)

    const live = await shop.live(product.id)
    expect(live).toMatchObject({ product: { id: product.id, reserved_stock: 2 }, counters: { processes: 1 } })
    expect(live.counters.holds.find(({ result }) => result === "created")?.count).toBeGreaterThan(0)
    expect(live.figures).toMatchObject({ holds: { count: 1, units: 2 }, orders: { count: 0 } })
    expect(live).not.toHaveProperty("course")
    expect(await shop.live(product.id, { include: "course" })).toHaveProperty("course")
  })

  test("the changes by the shop are listed", async () => {
    const { id } = await shop.products.create({ name: "Lamp", price_minor: 500, currency: "EUR", stock: 3 })

    await expect
      .poll(() => shop.actions.list({ product_id: id, limit: 1 }))
      .toMatchObject({
        data: [{ way: mode === "open" ? "open" : "token", route: "POST /api/admin/products", status: 201 }],
        has_more: false,
      })
  })

  test("webhook endpoints are created, changed, rotated, replayed and deleted", async () => {
    const made = await shop.webhooks.create({ url: "https://hook.invalid/a", types: ["order.paid"] })
    const { endpoint_id: id, secret, ...seen } = made

    expect(secret).toMatch(/^whsec_/)
    expect(await shop.webhooks.get(id)).toEqual({ endpoint_id: id, ...seen })
    expect((await shop.webhooks.list()).data).toHaveLength(1)
    expect(await shop.webhooks.change(id, { enabled: false })).toMatchObject({ enabled: false })
    expect((await shop.webhooks.rotate(id)).secret).not.toBe(secret)
    expect(await shop.webhooks.test(id)).toMatchObject({ delivered: false, response_status: null })
    await paidOrder()
    expect(await shop.webhooks.replay(id, { since: PAST })).toEqual({ replayed: 1 })
    const { data } = await shop.webhooks.deliveries(id, { status: "due" })
    expect(data).toMatchObject([{ type: "order.paid", endpoint_id: id }])
    expect(await shop.webhooks.replayOne(id, data[0]?.webhook_id ?? "")).toMatchObject({ status: "due" })
    expect(await shop.webhooks.remove(id)).toMatchObject({ endpoint_id: id })
    await expect(shop.webhooks.get(id)).rejects.toMatchObject({ code: "webhook_endpoint_not_found" })
  })

  test("access codes", async () => {
    const { product } = await hold()
    const made = await shop.accessCodes.add(product.id, { set: "press", count: 1, units: 2 })
    const body = { access_code: made.codes?.[0] ?? "" }
    expect(await shop.accessCodes.sets(product.id)).toMatchObject({
      data: [{ set: "press", codes: 1, units: 2 }],
    })
    expect(await shop.accessCodes.find(product.id, body)).toMatchObject({ units_used: 0, revoked_at: null })
    expect(await client.products.access(product.id, body)).toMatchObject({ is_open: true, units_left: 2 })
    expect(await shop.accessCodes.revoke(product.id, body)).toMatchObject({ revoked_at: expect.any(String) })
    await expect(client.products.access(product.id, body)).rejects.toMatchObject({
      code: "access_code_unknown",
    })
    await expect(shop.accessCodes.find(product.id, { access_code: "X" })).rejects.toMatchObject({
      code: "access_code_not_found",
    })
  })

  test("operators", async () => {
    const { token, ...ann } = await shop.operators.add({ name: "Ann", role: "support" })
    const id = ann.operator_id

    expect(token).toMatch(/^dbo1_/)
    expect((await shop.operators.list()).data).toEqual([ann])
    expect((await shop.operators.rotate(id)).token).not.toBe(token)
    expect(await shop.operators.signOut(id)).toMatchObject({ sessions: 0 })
    expect(await shop.operators.disable(id)).toMatchObject({ disabled_at: expect.any(String) })
    await expect(shop.operators.rotate(id)).rejects.toMatchObject({ code: "operator_disabled" })
    expect(await shop.operators.change(id, { name: "Anna", role: "viewer" })).toMatchObject({
      name: "Anna",
      role: "viewer",
      disabled_at: expect.any(String),
    })
    expect(await shop.operators.enable(id)).toMatchObject({
      name: "Anna",
      disabled_at: null,
      token: expect.stringMatching(/^dbo1_/),
    })
    await expect(shop.operators.enable(id)).rejects.toMatchObject({ code: "operator_enabled" })
    const key = await shop.operators.add({ name: "Key", kind: "key", scopes: ["orders:write"] })
    expect(key).toMatchObject({ kind: "key", role: null, scopes: ["orders:write"] })
    await expect(shop.operators.disable(999)).rejects.toMatchObject({ code: "operator_not_found" })
  })

  // A server that has no stream yet cannot be watched.
  test.skipIf(!described.includes(STREAM))("a watch shows that units are held", async () => {
    const product = await shop.products.create({ name: "Lamp", price_minor: 500, currency: "EUR", stock: 9 })
    const seen: (WatchState | number)[] = []
    const watch = client.watch([product.id], {
      onProduct: ({ available_stock = -1 }) => void seen.push(available_stock),
      onState: (state) => void seen.push(state),
    })

    await expect.poll(() => seen, { timeout: 20_000 }).toEqual(["connecting", "open", 9])
    await client.holds.create({ product_id: product.id, qty: 2 })
    await expect.poll(() => seen, { timeout: 20_000 }).toEqual(["connecting", "open", 9, 7])
    watch.close()
  })

  test("health is ok", async () => {
    expect(await client.health()).toMatchObject({ status: "ok", database: "ok" })
  })

  test("the clock learns from products", async () => {
    expect(client.clock.marginMs).not.toBe(null)
    expect(Math.abs(client.clock.now() - Date.now())).toBeLessThan(1_000)
  })
})

test("the shop's routes refuse calls without a token and with a hold's token", async () => {
  await using app = await startClosedApp()
  const { token } = await createClient({ baseUrl: app.url }).holds.create({ product_id: 1, qty: 1 })
  const stranger = createAdminClient({ baseUrl: app.url })
  const owner = createAdminClient({ baseUrl: app.url, adminToken: token })

  await expect(stranger.orders.list()).rejects.toMatchObject({ code: "unauthorized", status: 401 })
  await expect(owner.orders.list()).rejects.toMatchObject({ code: "forbidden", status: 403 })
})

test("every route of openapi.json was called or is left out for a reason", () => {
  const missing = described.filter((route) => !asked.has(route) && leftOut[route] === undefined)

  expect(missing).toEqual([])
  expect([...asked].filter((route) => !described.includes(route))).toEqual([])
  expect(Object.keys(leftOut).filter((route) => !described.includes(route) || asked.has(route))).toEqual([])
})

test("the client's README lists the routes that are left out", async () => {
  const readme = await readFile(new URL("../../client/README.md", import.meta.url), "utf8")

  expect(Object.keys(leftOut).filter((route) => !readme.includes(route))).toEqual([])
})
