import { execFile, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const hasPhp = spawnSync("php", ["--version"]).status === 0
if (!hasPhp && process.env["CI"] === "true") throw new Error("PHP is missing: install the package php-cli")
if (!hasPhp) console.log("Skipped examples/woocommerce: php is missing.")

describe.skipIf(!hasPhp)("the plugin for WooCommerce", () => {
  test("has no error of syntax", async () => {
    const { stdout } = await promisify(execFile)("php", [
      "-l",
      path("../../examples/woocommerce/doorbuster.php"),
    ])
    expect(stdout).toMatch(/^No syntax errors/m)
  })

  test("brings a hold through cart and checkout, reports the payment once, and refuses what is not the buyer's", async () => {
    const paymentWebhookSecret = Buffer.from(SECRET.slice("whsec_".length), "base64")
    await using app = await startTestApp({
      worker: true,
      config: { paymentWebhookSecret, adminToken: "the-shop-of-this-test", latePaymentSeconds: 0 },
    })
    const env = { ...process.env, DOORBUSTER_URL: app.url, PAYMENT_WEBHOOK_SECRET: SECRET }

    const { stdout, stderr } = await promisify(execFile)("php", [path("woocommerce/sell.php")], { env })

    expect(stderr).toBe("")
    expect(stdout.trim().split("\n")).toEqual([
      "the page has one button",
      "nothing else puts it into the cart",
      "other goods are as before",
      "stays: Your reservation has ended. Please reserve again.",
      "stays: Your reservation has ended. Please reserve again.",
      "leads to /checkout/",
      "leads to /checkout/",
      "1 line of 2, to change: false",
      "order 901 is ready to be paid",
      "order 901 is ready to be paid",
      "Doorbuster: order 1 is paid",
      "Doorbuster: order 1 is paid",
      "leads to /checkout/",
      "order 902 is ready to be paid",
      "on-hold: Doorbuster: too late, do not ship and refund (order 3)",
      "leads to /checkout/",
      "order 903 is refused: Your reservation has ended. Please reserve again.",
    ])
    expect((await app.get("/api/products/1")).body).toMatchObject({ sold_stock: 2 })
    const orders = await app.get("/api/admin/orders", { token: "the-shop-of-this-test" })
    expect(orders.body.data.map((order: { reference: string }) => order.reference)).toEqual([
      "WC-901",
      "WC-902",
    ])
  })
})
