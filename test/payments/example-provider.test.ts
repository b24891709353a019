import { createHmac } from "node:crypto"
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import { currencyDecimals, isCurrentCurrency, stripeUnits } from "../../client/src/currencies.ts"
import { amountForStripe } from "../../src/payments/stripe-money.ts"
import { startTestApp } from "../support/app.ts"
import { allCodes } from "../support/currency-codes.ts"
import "../support/problem.ts"
import { pendingOrder } from "../support/shop.ts"
import { createToastProvider } from "./example-provider.ts"

const KEY = "toast-key"
const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8")

test("the guide shows the example that is tested here", async () => {
  const shown = /```ts\n(.*?)```/s.exec(await read("../../docs/guides/write-a-payment-provider.md"))?.[1]
  const here = await read("./example-provider.ts")
  expect(shown).toBe(here.replaceAll("../../src/payments/", "./"))
})

test("the guide lists the currencies that Stripe counts in hundredths of the unit used here", async () => {
  const named = /a hundred times our number for([^:]*), whose/.exec(
    await read("../../docs/guides/stripe.md"),
  )?.[1]
  const differing = allCodes().filter(
    (code) => isCurrentCurrency(code) && stripeUnits(code).decimals !== currencyDecimals(code),
  )
  // Stripe takes no payments in these.
  const unknownToStripe = new Set(["IQD", "IRR", "KPW", "LYD", "SYP"])
  expect(named?.match(/[A-Z]{3}/g)).toEqual(differing.filter((code) => !unknownToStripe.has(code)))
  for (const code of named?.match(/[A-Z]{3}/g) ?? []) expect(amountForStripe(1, code)).toBe(100)
})

test("the example pays an order, and refuses messages that are not authentic", async () => {
  await using app = await startTestApp({ providers: [createToastProvider(KEY, "http://127.0.0.1:1")] })
  const { order_id, total_minor } = await pendingOrder(app)
  const payment = { id: "t-1", order: order_id, amount: total_minor, currency: "EUR" }
  function tell(given: object, key = KEY) {
    const raw = JSON.stringify({ sent_at: Date.now() / 1000, type: "payment.done", payment, ...given })
    const headers = { "toast-signature": createHmac("sha256", key).update(raw).digest("hex") }
    return app.send("POST", "/api/payments/webhooks/toast", { raw, headers })
  }

  expect(await tell({}, "another")).toBeProblem(401, "invalid_signature")
  expect(await tell({ sent_at: 0 })).toBeProblem(401, "invalid_signature")
  expect((await tell({ type: "payment.begun" })).body.taken).toBe(0)
  expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("pending_payment")
  for (const _ of [1, 2]) expect((await tell({})).body.taken).toBe(1)
  expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
})

test.each([
  [200, { status: "confirmed", providerRefundId: "r-1" }],
  [422, { status: "failed", error: "422 toasted" }],
  [503, { status: "not now", error: "503 toasted" }],
])("the example sends a refund: %d", async (status, report) => {
  const asked: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers)
    response.writeHead(status, { "toast-refund": "r-1", connection: "close" }).end("toasted")
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const order = { refundId: "7-1", orderId: 7, paymentId: "t-1", amountMinor: 5, currency: "EUR" }
  const provider = createToastProvider(KEY, `http://127.0.0.1:${port}`)

  expect(await provider.refund?.({ ...order, idempotencyKey: "key-1" })).toEqual(report)
  expect(asked).toMatchObject([{ authorization: `Bearer ${KEY}`, "idempotency-key": "key-1" }])
  server.close()
})
