import { describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { makeOrder, pay, tell, withEmail } from "../support/mailed-orders.ts"
import { newProduct } from "../support/products.ts"

async function paidOrder({ app: { engine } }: TestApp, told: Parameters<typeof makeOrder>[2]) {
  const productId = await newProduct(engine, {
    stock: 10,
    settings: { collect: withEmail, name: "Runner <b>" },
  })
  const orderId = await makeOrder(engine, productId, told)
  await pay(engine, orderId)
  return { productId, orderId, path: `/simulator/mail/${productId}/receipt-${orderId}` }
}

describe("in open mode without a mail server", () => {
  test("mails are read in a list, as text and as HTML, and count as sent", async () => {
    await using app = await startTestApp({ worker: true })
    expect((await app.get("/simulator/mail")).body).toContain("There is no mail yet")
    const { orderId, path } = await paidOrder(app, { email: "ada@example.com", name: "Ada" })

    const list = await app.get("/simulator/mail")
    expect(list.status).toBe(200)
    expect(list.body).toContain(`href="${path}"`)
    expect(list.body).toContain(`Receipt for order ${orderId}`)
    expect(list.body).toContain("ada@example.com")

    const page = await app.get(path)
    expect(page.body).toContain("Hello Ada,")
    expect(page.body).toContain(`src="${path}/html"`)
    const html = await app.get(`${path}/html`)
    expect(html.body).toContain("Runner &#60;b&#62;")
    expect(html.headers["content-security-policy"]).toContain("default-src 'none'")
    expect(html.headers["x-frame-options"]).toBe("SAMEORIGIN")

    const [, address = ""] =
      new RegExp(String.raw`href="(${app.url}/o/${orderId}#dbt1\.[\w.-]+)"`).exec(html.body) ?? []
    expect(address).toContain("#dbt1.")
    await expect
      .poll(() => app.app.engine.mails.contents.ofOrder(orderId))
      .toMatchObject([{ status: "sent", attempts: 1 }])
  })

  test("no text is stored: a mail whose details are gone shows none", async () => {
    await using app = await startTestApp({ worker: true })
    const { productId, orderId, path } = await paidOrder(app, { email: "ada@example.com", name: "Ada" })
    await tell(app.app.engine, { productId, orderId }, { email: null, name: null })
    const pages = [await app.get("/simulator/mail"), await app.get(path)]
    for (const { body, status } of pages) {
      expect(status).toBe(200)
      expect(body).not.toContain("ada@example.com")
    }
    expect((await app.get(`${path}/html`)).status).toBe(404)
  })

  test("there are no other pages", async () => {
    await using app = await startTestApp()
    const unknown = ["1/receipt-999", "x/receipt-1", "1/%00", "1/a%ED%A0%80", "1/receipt-999/html"]
    for (const path of unknown) {
      const { status } = await app.get(`/simulator/mail/${path}`)
      expect([400, 404]).toContain(status)
    }
  })
})

test.each([
  ["closed mode", { adminToken: "an-admin-token-of-32-characters", paymentWebhookSecret: Buffer.alloc(24) }],
  [
    "open mode with a mail server",
    {
      mail: {
        server: { host: "127.0.0.1", port: 9, tls: "off" as const, login: null },
        from: { name: "", address: "a@b.example" },
      },
    },
  ],
])("%s has no such pages", async (_, config) => {
  await using app = await startTestApp({ config })
  const { productId, orderId } = await paidOrder(app, {})
  for (const path of ["/simulator/mail", `/simulator/mail/${productId}/receipt-${orderId}/html`]) {
    expect((await app.get(path)).status).toBe(404)
  }
})
