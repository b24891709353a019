import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { startTestApp } from "../support/app.ts"
import { startFakeStripe, stripeSettings, type FakeStripe } from "../support/fake-stripe.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, hold, offer, order, signature, startClosedApp } from "../support/shop.ts"

let fake: FakeStripe
let app: TestApp
beforeAll(async () => {
  fake = await startFakeStripe()
  app = await startClosedApp({ config: { stripe: stripeSettings(fake.url) } })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await fake[Symbol.asyncDispose]()
})

/** An order of one unit that waits for payment, and its owner's token. */
async function pending(settings: object = {}) {
  const product = await offer(app, settings, ADMIN_TOKEN)
  const { hold_id, token } = await hold(app, product.id)
  const made = await order(app, hold_id, token)
  return { id: made.order_id, path: `/api/orders/${made.order_id}`, token }
}

describe("opening a payment of an order", () => {
  test("gives the owner the secret for the provider's form, and records the payment attempt", async () => {
    const { path, token } = await pending()

    const opened = await app.post(`${path}/payments`, undefined, { token })

    const [paymentId = ""] = [...fake.intents.keys()].slice(-1)
    expect(opened).toMatchObject({
      status: 201,
      body: { provider: "stripe", payment_id: paymentId, client_secret: `${paymentId}_secret_0123456789` },
    })
    expect(opened.headers["cache-control"]).toBe("no-store")
    expect((await app.get(path, { token })).body).toMatchObject({ payment_attempts: 1 })
  })

  test("opens one payment, even if it is repeated", async () => {
    const { path, token } = await pending()
    const before = fake.intents.size

    const answers = await Promise.all([1, 2, 3].map(() => app.post(`${path}/payments`, undefined, { token })))
    fake.forgetKeys()
    answers.push(await app.post(`${path}/payments`, undefined, { token }))

    expect(new Set(answers.map(({ body }) => body.payment_id)).size).toBe(1)
    expect(fake.intents.size).toBe(before + 1)
  })

  test("counts once under an Idempotency-Key", async () => {
    const { path, token } = await pending()
    const headers = { "idempotency-key": "begin" }

    const first = await app.post(`${path}/payments`, undefined, { token, headers })
    const again = await app.post(`${path}/payments`, undefined, { token, headers })

    expect(again).toMatchObject({ status: 201, body: first.body })
    expect((await app.get(path, { token })).body.payment_attempts).toBe(1)
  })

  test("is refused to callers without the hold's token", async () => {
    const { path } = await pending()
    const other = await pending()

    for (const token of [undefined, other.token, "dbt1.1.1.1.x"]) {
      const asked = await app.post(`${path}/payments`, undefined, token === undefined ? {} : { token })
      expect(asked).toBeProblem(404, "order_not_found")
    }
    for (const id of ["0", "x", "999999"]) {
      const asked = await app.post(`/api/orders/${id}/payments`, undefined, { token: ADMIN_TOKEN })
      expect(asked).toBeProblem(404, "order_not_found")
    }
  })

  test("is refused once the order is paid or cancelled, without asking the provider", async () => {
    const paid = await pending()
    const cancelled = await pending()
    const raw = JSON.stringify({ order_id: paid.id, idempotency_key: "paid", status: "success" })
    const headers = { ...signature(raw), "content-type": "application/json" }
    expect((await app.send("POST", "/api/payments/webhook", { raw, headers })).status).toBe(200)
    await app.post(`${cancelled.path}/cancel`, undefined, { token: cancelled.token })
    const asked = fake.calls.length

    for (const { path, token } of [paid, cancelled]) {
      const answer = await app.post(`${path}/payments`, undefined, { token })
      expect(answer).toBeProblem(409, "order_not_pending")
    }
    expect(fake.calls).toHaveLength(asked)
  })

  test.each([
    [{ status: 400, body: `{"error":{"type":"invalid_request_error","message":"too small"}}` }, 409],
    [{ status: 503, body: "{}" }, 503],
  ])("logs the provider's reason, and answers the buyer with a problem: %j", async (mishap, status) => {
    const { id, path, token } = await pending()
    fake.mishaps.push({ on: /POST .v1.payment_intents/, mishap })

    const answer = await app.post(`${path}/payments`, undefined, { token })

    expect(answer).toBeProblem(status, status === 409 ? "payment_refused" : "provider_unavailable")
    expect(answer.headers["retry-after"]).toBe(status === 503 ? "1" : undefined)
    expect(app.log).toContainEqual(
      expect.objectContaining({ metric: "payment.not_opened", order_id: id, provider: "stripe" }),
    )
    expect((await app.get(path, { token })).body.payment_attempts).toBe(0)
  })

  test("is refused while details are missing, without asking the provider", async () => {
    const { path, token } = await pending({ collect: { email: "required", name: "required" } })
    const [asked, intents] = [fake.calls.length, fake.intents.size]
    const refusals: [object, string[]][] = [
      [{}, ["/details/email", "/details/name"]],
      [{ name: "Anna" }, ["/details/email"]],
    ]
    for (const [json, missing_details] of refusals) {
      await app.send("PUT", `${path}/details`, { json, token })
      const answer = await app.post(`${path}/payments`, undefined, { token })
      expect(answer).toBeProblem(409, "details_required", { missing_details })
    }
    expect([fake.calls.length, fake.intents.size]).toEqual([asked, intents])
    expect((await app.get(path, { token })).body).toMatchObject({ payment_attempts: 0 })

    await app.send("PUT", `${path}/details`, { json: { name: "Anna", email: "anna@example.ch" }, token })
    expect((await app.post(`${path}/payments`, undefined, { token })).status).toBe(201)
  })

  test("refuses an invalid Idempotency-Key", async () => {
    const { path, token } = await pending()
    const headers = { "idempotency-key": "x".repeat(300) }

    const answer = await app.post(`${path}/payments`, undefined, { token, headers })

    expect(answer).toBeProblem(422, "invalid_request")
  })
})

test("without a provider that opens payments the route does not exist", async () => {
  await using plain = await startTestApp()
  const { hold_id } = await hold(plain, 1)
  const { order_id } = await order(plain, hold_id)

  expect(await plain.post(`/api/orders/${order_id}/payments`)).toBeProblem(404, "route_not_found")
})
