import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { freePort } from "../support/free-port.ts"
import { startTestApp } from "../support/app.ts"

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const path = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url))

test("a shop in Node checks out and takes the money itself, and refunds what came too late", async () => {
  const port = await freePort()
  const adminToken = "the-shop-of-this-test"
  const paymentWebhookSecret = Buffer.from(SECRET.slice("whsec_".length), "base64")
  await using app = await startTestApp({
    worker: true,
    config: { paymentWebhookSecret, adminToken, latePaymentSeconds: 0 },
  })
  const admin = { token: adminToken }
  const env = { ...process.env, DOORBUSTER_URL: app.url, PAYMENT_WEBHOOK_SECRET: SECRET }
  const shop = spawn(process.execPath, [path("beside/shop.mjs"), String(port)], { env })
  const url = `http://127.0.0.1:${port}`
  const send = async (to: string, form: Record<string, unknown>) => {
    const fields = Object.entries(form).map(([name, value]) => [name, String(value)])
    const answer = await fetch(url + to, { method: "POST", body: new URLSearchParams(fields) })
    return { status: answer.status, text: await answer.text() }
  }
  const statesOf = async () =>
    ((await (await fetch(`${url}/orders`)).json()) as { state: string }[]).map(({ state }) => state)
  try {
    await once(shop.stdout, "data")
    expect(await (await fetch(url)).text()).toContain(`<script type="module" src="${app.url}/embed.js">`)
    const holdOne = async () => (await app.post("/api/holds", { product_id: 1, qty: 1 })).body
    const referenceIn = (text: string) => /value="(AURORA-[\w-]+)"/.exec(text)?.[1]

    const hold = await holdOne()
    const { token } = await holdOne()
    expect((await send("/checkout", { ...hold, token })).text).toContain("Not possible (hold_not_found)")
    const first = await send("/checkout", hold)
    expect(first.text).toContain("Buy now, pay 99.99 USD")
    expect((await send("/checkout", hold)).text).toBe(first.text)
    expect(await statesOf()).toEqual(["unpaid"])
    expect((await send("/paid", { reference: referenceIn(first.text) })).text).toContain("Thank you")
    expect(await statesOf()).toEqual(["to ship"])

    const late = await send("/checkout", await holdOne())
    const [, { order_id: lateId }] = (await (await fetch(`${url}/orders`)).json()) as [
      object,
      { order_id: number },
    ]
    expect((await app.send("POST", `/api/orders/${lateId}/cancel`, admin)).status).toBe(200)
    expect((await send("/paid", { reference: referenceIn(late.text) })).text).toContain("Too late")
    expect(await statesOf()).toEqual(["to ship", "to refund"])
    expect((await app.get("/api/products/1")).body).toMatchObject({ sold_stock: 1, reserved_stock: 1 })
  } finally {
    shop.kill()
  }
})
