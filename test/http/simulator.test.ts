import { hash } from "node:crypto"
import Fastify from "fastify"
import { describe, expect, test } from "vitest"
import { hasOwnSimulator } from "../../src/config/checks.ts"
import type { Config } from "../../src/config/config.ts"
import { createGatekeeper } from "../../src/http/access/auth.ts"
import { createOwnerTokens } from "../../src/http/access/owner-token.ts"
import { registerSimulator } from "../../src/http/routes/providers/simulator.ts"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { ADMIN_TOKEN, adminAccess, pendingOrder, startClosedApp } from "../support/shop.ts"
import { createPayment, SIMULATOR_SECRET, startTestSimulator } from "../support/simulator.ts"

describe("a server in open mode", () => {
  test("has a simulator on which buyers pay and to which the worker sends refunds", async () => {
    await using app = await startTestApp({ worker: true })
    const { order_id, total_minor, currency } = await pendingOrder(app, 2)
    const content = { order_id, amount_minor: total_minor, currency, return_url: `/api/orders/${order_id}` }
    const { body: payment } = await app.post("/simulator/payments", content)
    const { origin, pathname } = new URL(payment.pay_url)
    expect(origin).toBe(app.url)

    const page = await app.get(pathname)
    // Sent like the form of that page.
    const pressed = await app.post(pathname, undefined, {
      raw: "action=pay",
      headers: { "content-type": "application/x-www-form-urlencoded", origin },
    })

    expect(page.headers["content-security-policy"]).toContain("form-action 'self'")
    expect(page.headers["referrer-policy"]).toBe("same-origin")
    expect(page.body).toContain(`href="${app.url}/api/orders/${order_id}"`)
    expect([pressed.status, pressed.headers.location]).toEqual([303, `${app.url}/api/orders/${order_id}`])
    const status = async () => (await app.get(`/api/orders/${order_id}`)).body.status
    await expect.poll(status).toBe("paid")

    const whole = { amount_minor: total_minor }
    expect((await app.post(`/api/admin/orders/${order_id}/refunds`, whole)).status).toBe(201)

    await expect.poll(status, { timeout: 10_000 }).toBe("refunded")
    expect((await app.get("/simulator/books")).body.totals).toEqual([
      {
        currency,
        captured_minor: total_minor,
        refunded_minor: total_minor,
        refund_pending_minor: 0,
        disputed_minor: 0,
        pending_minor: 0,
      },
    ])
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })

  test("shows the pay page in the shop's frame and languages", async () => {
    await using app = await startTestApp()
    const logo = { url: "https://lamp.example/logo.svg", alt: "Lamp & Co" }
    const links = { imprint: "https://lamp.example/imprint?a=1&b=2" }
    const settings = {
      name: "Lamp <& Co",
      accent: "#0b5d3b",
      links,
      support: "help@lamp.example",
      languages: ["de"],
    }
    const setShop = (json: object) => app.send("PATCH", "/api/admin/shop", { json })
    expect((await setShop(settings)).status).toBe(200)
    const { payment_id } = await createPayment({
      ...app,
      post: (path, body) => app.post(`/simulator${path}`, body),
    })
    const page = () => app.get(`/simulator/pay/${payment_id}`, { headers: { "accept-language": "fr" } })

    const { body, headers } = await page()
    expect(body).toContain('<html lang="de">')
    expect(body).toMatch(/<title>Bestellung 1 · Lamp &#60;&#38; Co<\/title>/)
    expect(body).toContain('<header><a href="/"><bdi>Lamp &#60;&#38; Co</bdi></a></header>')
    expect(body).toContain("light-dark(#0b5d3b, #0b5d3b)")
    expect(body).toContain('<a href="https://lamp.example/imprint?a=1&#38;b=2">Impressum</a>')
    expect(body).toContain('Fragen? <a href="mailto:help@lamp.example">help@lamp.example</a>')
    const style = /<style>(.*)<\/style>/s.exec(body)?.[1] ?? ""
    expect(headers["content-security-policy"]).toContain(`'sha256-${hash("sha256", style, "base64")}'`)

    await setShop({ logo })
    expect((await page()).body).toContain('<img src="https://lamp.example/logo.svg" alt="Lamp &#38; Co"')
  })

  test("asks an external simulator about a payment whose webhook does not arrive", async () => {
    await using simulator = await startTestSimulator()
    const own = { simulatorUrl: simulator.url, simulatorSecret: SIMULATOR_SECRET }
    await using app = await startTestApp({ worker: true, config: own })
    const { order_id, total_minor: amount_minor, currency } = await pendingOrder(app)
    const { payment_id } = await createPayment(simulator, { order_id, amount_minor, currency })
    const attempt = { provider: "simulator", payment_id }
    expect((await app.post(`/api/orders/${order_id}/payment-attempts`, attempt)).status).toBe(200)

    await simulator.post(`/payments/${payment_id}/succeed`)
    await runSql(app.databaseUrl, "update orders set expires_at = clock_timestamp() + interval '5 seconds'")

    const status = async () => (await app.get(`/api/orders/${order_id}`)).body.status
    await expect.poll(status, { timeout: 10_000 }).toBe("paid")
    expect((await simulator.get("/books")).body.webhooks.delivered).toBe(0)
  })

  test("refuses pages of other origins access to the simulator", async () => {
    await using app = await startTestApp()
    const body = { order_id: 1, amount_minor: 1, currency: "USD" }
    for (const headers of [
      { origin: "https://evil.example" },
      { host: "evil.example" },
      { origin: "null" },
    ]) {
      expect(await app.post("/simulator/payments", body, { headers })).toBeProblem(403, "forbidden")
    }
  })

  test("has no simulator of its own with SIMULATOR_URL, or as one of several processes", async () => {
    const simulatorUrl = "http://127.0.0.1:1"
    for (const config of [{ simulatorUrl, simulatorSecret: SIMULATOR_SECRET }, { processes: 2 }]) {
      await using app = await startTestApp({ config })
      expect((await app.get("/simulator/books")).status).toBe(404)
    }
  })
})

describe("a server in closed mode", () => {
  test("has no simulator and no route for its webhooks", async () => {
    await using app = await startClosedApp()
    for (const path of ["/simulator/books", "/simulator/pay/x", "/simulator/"]) {
      expect(await app.get(path)).toBeProblem(404, "route_not_found")
    }
    expect(await app.post("/simulator/payments", {})).toBeProblem(404, "route_not_found")
    expect(await app.post("/api/payments/webhooks/simulator", {})).toBeProblem(404, "route_not_found")
  })

  test("starts no simulator, and would not serve it to anyone", async () => {
    const alone = { adminToken: null, simulatorUrl: null, processes: 1 }
    const hasOwn = (other: Partial<Config>) => hasOwnSimulator({ ...alone, ...other } as Config)
    expect([hasOwn({}), hasOwn({ adminToken: ADMIN_TOKEN }), hasOwn({ processes: 2 })]).toEqual([
      true,
      false,
      false,
    ])

    const answer = async () => ({ status: 200, headers: {}, body: "money for nothing" })
    for (const [access, status] of [
      [null, 200],
      [adminAccess, 404],
    ] as const) {
      const server = Fastify()
      const gatekeeper = createGatekeeper(access, createOwnerTokens("secret"))
      registerSimulator(server, { gatekeeper, simulator: { answer } })
      expect((await server.inject("/simulator/books")).statusCode).toBe(status)
    }
  })

  test.each([
    [{ simulatorUrl: "http://127.0.0.1:8100", simulatorSecret: SIMULATOR_SECRET }],
    [{ simulatorUrl: "http://127.0.0.1:8100" }],
    [{ simulatorSecret: SIMULATOR_SECRET }],
  ])("does not start with %j", async (config) => {
    await expect(startClosedApp({ config })).rejects.toThrow(
      /^SIMULATOR_(URL|SECRET) is set together with ADMIN_TOKEN/,
    )
  })
})
