import { connect } from "node:net"
import { createHmac } from "node:crypto"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { plainAddress } from "../../src/http/transport/forwarded-headers.ts"
import { webhookUrl } from "../../src/http/routes/providers/webhook-paths.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { stripeSettings } from "../support/fake-stripe.ts"
import "../support/problem.ts"
import { sendRaw } from "../support/raw-request.ts"
import { ADMIN_TOKEN, closed, pendingOrder, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ config: { corsOrigins: ["https://shop.example"] } })
})
afterAll(() => app[Symbol.asyncDispose]())

/** A request of exact bytes. */
function post(path: string, body: Buffer, headers: Record<string, string> = {}): Buffer {
  const all = {
    host: "127.0.0.1",
    "content-type": "application/json",
    "content-length": body.length,
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"), body])
}

describe("a client address in X-Forwarded-For", () => {
  test.each([
    ["203.0.113.2", "203.0.113.2"],
    ["203.0.113.2:4711", "203.0.113.2"],
    [" 203.0.113.2 ", "203.0.113.2"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:DB8::1]:443", "2001:db8::1"],
    ['"[2001:db8::1]:443"', "2001:db8::1"],
    ['for="[2001:db8::1]:443"', "2001:db8::1"],
    ["For=203.0.113.2:80", "203.0.113.2"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]:80", "fe80::1"],
    ["::ffff:203.0.113.2", "203.0.113.2"],
    ["::FFFF:cb00:7102", "203.0.113.2"],
    ["[::ffff:203.0.113.2]:80", "203.0.113.2"],
    ["unknown", "unknown"],
    ["_hidden", "unknown"],
    ["203.0.113.256", "unknown"],
    ["[", "unknown"],
    ["", "unknown"],
  ])("%s is %s", (written, address) => {
    expect(plainAddress(written)).toBe(address)
  })

  const guess = (shop: TestApp, address: string) =>
    shop.post("/admin/session", { token: "wrong" }, { headers: { "x-forwarded-for": address } })

  test.each<[string, (n: number) => string]>([
    ["ports", (n) => `203.0.113.2:${5_000 + n}`],
    ["ports of an IPv6 address", (n) => `[2001:db8::1]:${5_000 + n}`],
    ["ports of a trusted proxy behind it", (n) => `203.0.113.2:${5_000 + n}, 10.0.0.1:${n}`],
    ["spellings", (n) => ["203.0.113.2", "::ffff:203.0.113.2", "[::FFFF:cb00:7102]:80"][n % 3] ?? ""],
    ["made-up names", (n) => `name-${n}`],
  ])("with a varying %s counts as one client: of 40 wrong tokens 5 are checked", async (_what, address) => {
    await using shop = await startClosedApp({ config: { trustProxy: "127.0.0.1,10.0.0.0/8" } })
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => guess(shop, address(n))))

    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(35)
    const lines = shop.log.filter((line) => line["metric"] === "admin.sign_in_refused")
    for (const { address: logged } of lines)
      expect(logged).toMatch(/^(?:203\.0\.113\.2|2001:db8::1|unknown)$/)
  })

  test("has one rate limit for all ports", async () => {
    await using shop = await startTestApp({
      config: { ...closed, rateLimitPerMinute: 5, trustProxy: "127.0.0.1" },
    })
    const ask = (n: number) =>
      shop.post("/api/holds/1/1", undefined, { headers: { "x-forwarded-for": `203.0.113.2:${5_000 + n}` } })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(n)))

    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7)
  })
})

describe("a list of several proxies' values", () => {
  test.each([
    ["https, http", true],
    ["HTTPS,http", true],
    ["https", true],
    ["http, https", false],
    ["http", false],
  ])("counts by its first element: X-Forwarded-Proto: %s, secure: %s", async (proto, isSecure) => {
    await using shop = await startClosedApp({ config: { trustProxy: "127.0.0.1" } })
    const headers = { "x-forwarded-proto": proto }
    const cookie = String(
      (await shop.post("/admin/session", { token: ADMIN_TOKEN }, { headers })).headers["set-cookie"],
    )
    expect(cookie.endsWith("; Secure")).toBe(isSecure)
  })

  test("of hosts counts in the same way: the control room's own page can sign in", async () => {
    await using shop = await startClosedApp({ config: { trustProxy: "127.0.0.1" } })
    const headers = { origin: "https://shop.example", "x-forwarded-host": "Shop.example, inner.local" }
    expect((await shop.post("/admin/session", { token: ADMIN_TOKEN }, { headers })).status).toBe(200)
  })
})

describe("bytes that are not UTF-8", () => {
  const odd = (text: string) => Buffer.from(text, "latin1")

  test.each([
    ["/api/holds", '{"product_id":1,"qty":1,"customer_id":"J\xf6rg"}'],
    ["/api/holds", '{"product_id":1,"qty":1,"customer_id":"a\xc3"}'],
    ["/api/holds", '{"product_id":1,"qty":1,"customer_id":"\xed\xa0\x80"}'],
    ["/api/orders", '{"hold_id":1,"\xff":1}'],
    ["/api/admin/products", '{"name":"\xe9","price_minor":1,"currency":"EUR","stock":1}'],
    ["/api/payments/webhook", '{"idempotency_key":"\xe9","order_id":1,"status":"success"}'],
  ])("in a body of POST %s: 400", async (path, body) => {
    const answer = await sendRaw(app.url, post(path, odd(body)))
    expect(answer).toBeProblem(400, "malformed_request")
    expect(answer.body.detail).toBe("The body is not valid UTF-8")
  })

  test("U+FFFD itself is accepted", async () => {
    const body = Buffer.from('{"product_id":1,"qty":1,"customer_id":"\ufffd"}')
    expect((await sendRaw(app.url, post("/api/holds", body))).status).toBe(201)
  })

  test("with a valid signature: 400, with an invalid one: 401", async () => {
    await using shop = await startClosedApp()
    const body = odd('{"idempotency_key":"\xe9","order_id":1,"status":"success"}')
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const sign = (key: Buffer) => ({
      "webhook-id": "msg_1",
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${createHmac("sha256", key).update(`msg_1.${timestamp}.`).update(body).digest("base64")}`,
    })
    const path = "/api/payments/webhook"

    const signed = await sendRaw(shop.url, post(path, body, sign(closed.paymentWebhookSecret)))
    expect(signed).toBeProblem(400, "malformed_request")
    const unsigned = await sendRaw(shop.url, post(path, body, sign(Buffer.alloc(24))))
    expect(unsigned).toBeProblem(401, "invalid_signature")
  })

  test("under a signature of Stripe that holds: 400, under one that does not: 401", async () => {
    await using shop = await startTestApp({ config: { stripe: stripeSettings() } })
    const body = odd('{"id":"evt_1","object":"event","description":"J\xf6rg"}')
    const sign = (signed: Buffer) => {
      const time = Math.floor(Date.now() / 1_000)
      const hmac = createHmac("sha256", stripeSettings().webhookSecret).update(`${time}.`).update(signed)
      return { "stripe-signature": `t=${time},v1=${hmac.digest("hex")}` }
    }
    const send = (signed: Buffer) =>
      sendRaw(shop.url, post("/api/payments/webhooks/stripe", body, sign(signed)))

    expect(await send(body)).toBeProblem(400, "malformed_request")
    // What a lenient decoder makes of the body is not the body.
    expect(await send(Buffer.from(body.toString("utf8")))).toBeProblem(401, "invalid_signature")
  })

  test.each([
    "/api/products/%FF",
    "/api/admin/orders?customer_id=%E9",
    "/api/admin/orders?%ff=1",
    "/api/admin/orders?cursor=%",
  ])("in a path or query: 400 for GET %s", async (path) => {
    expect(await app.get(path)).toBeProblem(400, "malformed_request")
  })

  test("in an Idempotency-Key: 422", async () => {
    const body = Buffer.from('{"product_id":1,"qty":1}')
    const answer = await sendRaw(app.url, post("/api/holds", body, { "idempotency-key": "J\xf6rg" }))
    expect(answer).toBeProblem(422, "invalid_request")
  })
})

describe("a webhook's address", () => {
  test.each([
    ["/api/payments/webhook", "/api/payments/webhook"],
    ["/api/payments/webhook/", "/api/payments/webhook"],
    ["//api//payments///webhook//?a=/b//", "/api/payments/webhook?a=/b//"],
    ["/API/Payments/WebHook", "/api/payments/webhook"],
    ["/API/payments/WEBHOOKS/Stripe/", "/api/payments/webhooks/Stripe"],
    ["/api/payments/other/", "/api/payments/other"],
    ["/api/paymentsandmore/", "/api/paymentsandmore/"],
    ["/api/holds/", "/api/holds/"],
    ["//api/holds", "//api/holds"],
  ])("%s is %s", (written, plain) => {
    expect(webhookUrl(written)).toBe(plain)
  })

  test.each([
    "/api/payments/webhook/",
    "/api//payments/webhook",
    "//api/payments/webhook",
    "/Api/Payments/Webhook?x=1",
  ])("POST %s pays an order", async (path) => {
    const { order_id } = await pendingOrder(app)
    const event = { idempotency_key: path, order_id, status: "success" }
    expect(await app.post(path, event)).toMatchObject({ status: 200, body: { outcome: "paid" } })
  })

  test.each([
    ["/api/payments/webhok", 404],
    ["/api/payments/", 404],
    ["/api/payments", 404],
    ["/api/payments/webhook/more", 404],
    ["/api/payments/webhooks", 404],
    ["/api/payments/webhooks/strip", 404],
    ["/api/payments/%zz", 400],
  ])("that has no route is logged: %s, %i", async (path, status) => {
    await using own = await startTestApp()
    const answer = await own.send("POST", path, { raw: "{", headers: { "content-type": "text/plain" } })

    expect(answer.status).toBe(status)
    const lines = () => own.log.filter((line) => line["metric"] === "webhook.refused")
    await expect.poll(lines).toMatchObject([{ status }])
    expect((await own.get(path)).status).toBe(status)
  })

  test("accepts a message of 150,000 characters, but not one of more than a megabyte", async () => {
    const { order_id } = await pendingOrder(app)
    const event = { idempotency_key: "long", order_id, status: "success" }

    const long = await app.post("/api/payments/webhook", { ...event, evidence: "\u0001".repeat(150_000) })
    expect(long).toMatchObject({ status: 200, body: { outcome: "paid" } })
    const endless = await app.post("/api/payments/webhook", { ...event, evidence: "x".repeat(1_100_000) })
    expect(endless).toBeProblem(413, "body_too_large")
    const nested = `${"[".repeat(400_000)}${"]".repeat(400_000)}`
    expect((await app.post("/api/payments/webhook", undefined, { raw: nested })).status).toBe(202)
  })
})

describe("an answer that is sent before the body was read", () => {
  test.each([
    ["/api/holds", "application/json", 413],
    ["/api/holds", "image/jpeg", 415],
    ["/api/nothing", "image/jpeg", 404],
    ["/api/nothing", "application/json", 413],
    ["/api/admin/products", "application/json", 401],
    ["/api/payments/webhook", "application/json", 413],
  ])("reaches every client that sends 5 MB to %s as %s: %i", async (path, type, status) => {
    await using shop = await startClosedApp()
    const upload = async () => {
      const answer = await fetch(`${shop.url}${path}`, {
        method: "POST",
        headers: { "content-type": type },
        body: Buffer.alloc(5_000_000, " "),
      })
      const { code } = (await answer.json()) as { code: unknown }
      return `${answer.status} ${typeof code}`
    }
    const answers: string[] = []
    for (let count = 0; count < 20; count += 1) answers.push(await upload())
    expect(answers).toEqual(Array.from({ length: 20 }, () => `${status} string`))
  })

  // `fetch` may have sent the whole body before the answer arrives. This client never has.
  test("does not disconnect a client that is still sending", async () => {
    const { hostname, port } = new URL(app.url)
    const socket = connect(Number(port), hostname)
    const faults: string[] = []
    socket.on("error", (error) => faults.push(error.message))
    socket.on("close", () => faults.push("closed"))
    const answers: string[] = []
    socket.on("data", (data) => answers.push(data.toString("latin1").slice(0, 12)))
    const part = Buffer.alloc(1_000_000, " ")
    const head = `host: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${5 * part.length}\r\n`
    socket.write(`POST /api/holds HTTP/1.1\r\n${head}\r\n`)
    await expect.poll(() => answers).toEqual(["HTTP/1.1 413"])
    for (let count = 0; count < 5; count += 1) {
      await new Promise((resolve) => socket.write(part, resolve))
    }
    socket.write("GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")

    await expect.poll(() => answers).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"])
    expect(faults).toEqual([])
    socket.destroy()
  })

  test("does not make the server read without end", async () => {
    const { hostname, port } = new URL(app.url)
    const socket = connect(Number(port), hostname)
    const chunk = Buffer.alloc(1024 * 1024, " ")
    let written = 0
    let received = ""
    await new Promise<void>((resolve) => {
      socket.on("data", (data) => (received += data.toString("latin1")))
      socket.on("error", () => undefined)
      socket.on("close", () => resolve())
      const more = () => {
        while (!socket.destroyed && written < 200 * chunk.length) {
          written += chunk.length
          if (!socket.write(chunk)) return void socket.once("drain", more)
        }
      }
      socket.write(
        `POST /api/holds HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${200 * chunk.length}\r\n\r\n`,
      )
      more()
    })
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
    expect(written).toBeLessThan(100 * chunk.length)
  })
})

describe("answers without a route", () => {
  const origin = "https://shop.example"
  const head = (line: string, more = "") =>
    `${line} HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: ${origin}\r\n${more}\r\n`

  test.each([
    ["broken percent-encoding", 400, head("GET /api/products/%zz")],
    ["no such route", 404, head("GET /api/nothing")],
    ["an invalid header line", 400, head("GET /", "nonsense\r\n")],
    ["headers of 20 KB", 431, head("GET /", `x: ${"a".repeat(20_000)}\r\n`)],
    ["an unknown expectation", 417, head("GET /", "expect: the-unexpected\r\n")],
  ])("have the same headers as all others: %s", async (_what, status, bytes) => {
    const usual = await app.get("/api/products/1", { headers: { origin } })
    const answer = await sendRaw(app.url, bytes)

    expect(answer.status).toBe(status)
    const names = [
      "access-control-allow-origin",
      "access-control-expose-headers",
      "content-security-policy",
      "vary",
    ]
    for (const name of [...names, "strict-transport-security", "x-content-type-options"]) {
      expect([name, answer.headers[name]?.toLowerCase()]).toEqual([
        name,
        String(usual.headers[name]).toLowerCase(),
      ])
    }
    expect(answer.headers["x-request-id"]).toBe(answer.body.request_id)
    const foreign = await sendRaw(app.url, bytes.replace(origin, "https://evil.example"))
    expect(foreign.headers["access-control-allow-origin"]).toBeUndefined()
  })
})
