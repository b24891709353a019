import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process"
import { createHmac } from "node:crypto"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, test } from "vitest"
import { freePort } from "../support/free-port.ts"
import { startTestApp, type TestApp } from "../support/app.ts"

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const path = (name: string) => fileURLToPath(new URL(`../../examples/laravel/${name}`, import.meta.url))

const hasPhp = spawnSync("php", ["--version"]).status === 0
if (!hasPhp && process.env["CI"] === "true") throw new Error("PHP is missing: install the package php-cli")
if (!hasPhp) console.log("Skipped examples/laravel: php is missing.")

describe.skipIf(!hasPhp)("a shop in PHP", () => {
  test("holds, orders and pays, and receives the signed event", async () => {
    await using app = await startTestApp({ worker: true, config: { webhookAllowPrivate: true } })
    await using receiver = await startPhpReceiver()
    const endpoint = await app.post("/api/admin/webhooks", {
      url: receiver.url,
      types: ["order.paid"],
      secret: SECRET,
    })
    expect(endpoint.status).toBe(201)
    await writesEvents(app)

    const { stdout } = await buy(app)

    expect(stdout).toMatch(
      /^Held 1 unit of product 1 until \d{4}-.*\nOrder \d+ costs 99\.99 USD\nOrder \d+ is paid\n$/,
    )
    await expect.poll(receiver.output, { timeout: 15_000 }).toMatch(/order_paid-\d+: order\.paid, order \d+/)
  })

  test("prints the refusal", async () => {
    await using app = await startTestApp({ worker: true })
    await app.post("/api/admin/products/1/pause", {})

    const refused = await buy(app)

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("Refused (sale_paused): ") })
  })

  test("sells a basket of two sizes, and is refused a third pair and a basket that lacks one", async () => {
    await using app = await startTestApp({ worker: true })

    const { stdout } = await buy(app, "basket.php")

    expect(stdout.trim().split("\n")).toEqual([
      "Held 2 units: 1 of size 41, 1 of size 42",
      "Order 1 costs 268.00 EUR",
      "Order 1 is paid",
      "A third pair is refused (customer_limit_reached)",
      "The same basket is refused (out_of_stock): 1 of size 41 asked for, 0 available",
    ])
    expect((await app.get("/api/products/2")).body).toMatchObject({ sold_stock: 2, reserved_stock: 0 })
  })

  test("takes payments on its own page, and refuses a link that is changed or too old", async () => {
    const port = await freePort()
    const page = `http://127.0.0.1:${port}/`
    const back = "&back={return_url}&cancel={cancel_url}"
    await using app = await startTestApp({
      config: {
        paymentWebhookSecret: Buffer.from(SECRET.slice("whsec_".length), "base64"),
        publicUrl: "http://shop.example",
        paymentPageUrl: `${page}?order={order_id}&amount={amount_minor}&currency={currency}&expires={expires}${back}&signature={signature}`,
      },
    })
    await using _ = await startPhp("pay.php", port, { DOORBUSTER_URL: app.url })
    const held = await app.post("/api/holds", { product_id: 1, qty: 1 })
    const order = await app.post("/api/orders", { hold_id: held.body.hold_id })
    const path = `/api/orders/${order.body.order_id}`
    const { body: link } = await app.post(`${path}/payment-links`)

    expect(await (await fetch(link.url)).text()).toContain(`Order ${order.body.order_id}`)
    const changed = link.url.replace("amount=9999", "amount=1")
    expect((await fetch(changed, { method: "POST" })).status).toBe(403)
    const old = signedAgain(link.url.replace(/expires=\d+/, "expires=1700000000"))
    expect((await fetch(old, { method: "POST" })).status).toBe(410)
    expect((await app.get(path)).body.status).toBe("pending_payment")

    const paid = await fetch(link.url, { method: "POST", redirect: "manual" })

    expect(paid.status).toBe(303)
    expect(paid.headers.get("location")).toBe(`http://shop.example/o/${order.body.order_id}?payment=made`)
    expect((await app.get(path)).body.status).toBe("paid")
  })

  test("refuses events that are forged, changed or old", async () => {
    await using receiver = await startPhpReceiver()
    const now = Math.floor(Date.now() / 1_000)
    const body = '{"type":"order.paid","data":{"order_id":17}}'

    expect(await receiver.send({ body, timestamp: now })).toBe(204)
    expect(await receiver.send({ body, timestamp: now, sent: body.replace("17", "18") })).toBe(401)
    expect(await receiver.send({ body, timestamp: now - 301 })).toBe(401)
    expect(await receiver.send({ body, timestamp: now, secret: "another key of it" })).toBe(401)
    expect(await receiver.send({ body, timestamp: now, before: "v1,bm90IHRoaXMgb25l " })).toBe(204)
  })
})

function buy(app: TestApp, name = "buy.php") {
  const env = { ...process.env, DOORBUSTER_URL: app.url }
  return promisify(execFile)("php", [path(name)], { env }).catch(
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error,
  )
}

/** Waits until the server writes events: it looks once a second whether an endpoint exists. */
async function writesEvents(app: TestApp): Promise<void> {
  await expect
    .poll(
      async () => {
        const { body: hold } = await app.post("/api/holds", { product_id: 1, qty: 1 })
        const { body: order } = await app.post("/api/orders", { hold_id: hold.hold_id })
        await app.post("/api/payments/webhook", {
          idempotency_key: `probe-${order.order_id}`,
          order_id: order.order_id,
          status: "success",
        })
        const { body } = await app.get("/api/admin/webhooks/1/deliveries")
        return body.data.length
      },
      { interval: 300, timeout: 15_000 },
    )
    .toBeGreaterThan(0)
}

interface Message {
  readonly body: string
  readonly timestamp: number
  /** The body that is sent; the signed one if not given. */
  readonly sent?: string
  readonly secret?: string
  /** A signature before the valid one in the header. */
  readonly before?: string
}

/** Signs the address of a payment page with the shop's secret. */
function signedAgain(url: string): string {
  const [address = ""] = url.split("&signature=")
  const key = Buffer.from(SECRET.slice("whsec_".length), "base64")
  const query = address.slice(address.indexOf("?") + 1)
  return `${address}&signature=${createHmac("sha256", key).update(query).digest("hex")}`
}

/** Runs a file of the example under PHP's built-in server, with the secret in its environment. */
async function startPhp(file: string, port: number, environment: Record<string, string> = {}) {
  const secrets = { DOORBUSTER_WEBHOOK_SECRET: SECRET, PAYMENT_WEBHOOK_SECRET: SECRET }
  const env = { ...process.env, ...secrets, ...environment }
  const php = spawn("php", ["-S", `127.0.0.1:${port}`, path(file)], { env })
  let printed = ""
  php.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text))
  while (!printed.includes("started")) await once(php.stderr, "data")
  return { output: () => printed, [Symbol.asyncDispose]: () => end(php) }
}

/** Runs webhook.php. */
async function startPhpReceiver() {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const php = await startPhp("webhook.php", port)
  return {
    ...php,
    url,
    async send({ body, timestamp, sent = body, secret, before = "" }: Message): Promise<number> {
      const key = secret ?? Buffer.from(SECRET.slice("whsec_".length), "base64")
      const signature = createHmac("sha256", key).update(`msg_1.${timestamp}.${body}`).digest("base64")
      const headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": String(timestamp),
        "webhook-signature": `${before}v1,${signature}`,
      }
      const { status } = await fetch(url, { method: "POST", headers, body: sent })
      return status
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, "exit")
}
