import { createHmac } from "node:crypto"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, closed, hold, offer, order, pendingOrder, startClosedApp } from "../support/shop.ts"

const PAYMENT_URL =
  "https://pay.shop.example/pay?shop=1&order={order_id}&amount={amount_minor}&currency={currency}&until={expires}&hold={hold_id}&product={product_id}&units={quantity}&ref={reference}&back={return_url}&cancel={cancel_url}&signature={signature}"

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp({
    config: { paymentPageUrl: PAYMENT_URL, publicUrl: "https://shop.example" },
  })
})
afterAll(() => app[Symbol.asyncDispose]())

async function pending(more: object = {}) {
  const product = await offer(app, {}, ADMIN_TOKEN)
  const { hold_id, token } = await hold(app, product.id, 2, more)
  const made = await order(app, hold_id, token)
  return { product, holdId: hold_id, id: made.order_id, path: `/api/orders/${made.order_id}`, token }
}

/** As the shop's page checks it: over the query as it was received. */
function isSigned(url: string): boolean {
  const [signed = "", given] = new URL(url).search.slice(1).split("&signature=")
  return createHmac("sha256", closed.paymentWebhookSecret).update(signed).digest("hex") === given
}

describe("a link to the shop's payment page", () => {
  test("says what is to be paid until when, and is signed", async () => {
    const { product, holdId, id, path, token } = await pending({ reference: "A&B=1 ü" })

    const { status, body, headers } = await app.post(`${path}/payment-links`, undefined, { token })

    expect(status).toBe(201)
    expect(headers["cache-control"]).toBe("no-store")
    const { origin, pathname, searchParams } = new URL(body.url)
    expect(`${origin}${pathname}`).toBe("https://pay.shop.example/pay")
    const { signature: _, ...named } = Object.fromEntries(searchParams)
    expect(named).toEqual({
      shop: "1",
      order: String(id),
      amount: "19998",
      currency: "EUR",
      until: String(Math.floor(Date.parse(body.expires_at) / 1_000)),
      hold: String(holdId),
      product: String(product.id),
      units: "2",
      ref: "A&B=1 ü",
      back: `https://shop.example/o/${id}?payment=made`,
      cancel: `https://shop.example/o/${id}`,
    })
    expect(isSigned(body.url)).toBe(true)
    expect(isSigned(body.url.replace("amount=19998", "amount=1"))).toBe(false)
    const now = await app.get(path, { token })
    expect(now.body).toMatchObject({ payment_attempts: 1, expires_at: body.expires_at })
  })

  test("is the owner's and the shop's only", async () => {
    const { path } = await pending()
    const other = await pending()

    for (const token of [undefined, other.token])
      expect(await app.post(`${path}/payment-links`, undefined, { token })).toBeProblem(
        404,
        "order_not_found",
      )
    expect((await app.post(`${path}/payment-links`, undefined, { token: ADMIN_TOKEN })).status).toBe(201)
  })

  test("counts once under an Idempotency-Key", async () => {
    const { path, token } = await pending()
    const headers = { "idempotency-key": "go" }

    const first = await app.post(`${path}/payment-links`, undefined, { token, headers })
    const again = await app.post(`${path}/payment-links`, undefined, { token, headers })

    expect(again).toMatchObject({ status: 201, body: first.body })
    expect((await app.get(path, { token })).body).toMatchObject({ payment_attempts: 1 })
  })

  test("is refused when the order cannot be paid any more", async () => {
    const { path, token } = await pending()
    await app.post(`${path}/cancel`, undefined, { token })

    expect(await app.post(`${path}/payment-links`, undefined, { token })).toBeProblem(
      409,
      "order_not_pending",
    )
  })

  test("is refused while details are missing", async () => {
    const product = await offer(app, { collect: { email: "required" } }, ADMIN_TOKEN)
    const { hold_id, token } = await hold(app, product.id)
    const { order_id } = await order(app, hold_id, token)

    const refused = await app.post(`/api/orders/${order_id}/payment-links`, undefined, { token })

    expect(refused).toMatchObject({ status: 409, body: { code: "details_required" } })
  })
})

test("a shop without a payment page makes no links", async () => {
  await using other = await startTestApp()
  const { order_id } = await pendingOrder(other)

  expect(await other.post(`/api/orders/${order_id}/payment-links`)).toBeProblem(404, "route_not_found")
})
