import { execFile, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Browser } from "playwright-core"
import { freePort } from "../support/free-port.ts"
import { startTestApp, type TestApp, type TestAppOptions } from "../support/app.ts"
import { launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { hold, offer, order } from "../support/shop.ts"

const path = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url))

/** Starts a server with product 1 and its 100 units, the simulator, and a worker. */
function startShop(config: TestAppOptions["config"] = {}): Promise<TestApp> {
  return startTestApp({ worker: true, config })
}

/** Runs an example until it exits. */
async function run(app: TestApp, command: string, ...words: string[]) {
  const env = { ...process.env, DOORBUSTER_URL: app.url }
  return promisify(execFile)(command, words, { env }).catch(
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error,
  )
}

const hasCurl = spawnSync("curl", ["--version"]).status === 0
if (!hasCurl && process.env["CI"] === "true") throw new Error("curl is missing")
if (!hasCurl) console.log("Skipped examples/buy.sh: curl is missing.")

describe.each([
  ...(hasCurl ? [["buy.sh", "sh", /^Order 1 is paid$/m] as const] : []),
  ["buy.mjs", process.execPath, /^order 1 is paid$/m] as const,
])("%s", (name, command, success) => {
  test("sells a unit", async () => {
    await using app = await startShop()

    const { stdout } = await run(app, command, path(name))

    expect(stdout).toMatch(success)
    expect((await app.get("/api/products/1")).body).toMatchObject({ available_stock: 99, sold_stock: 1 })
  })

  test("prints the refusal, and exits with 1", async () => {
    await using app = await startShop()
    await app.post("/api/admin/products/1/pause", {})

    const failed = await run(app, command, path(name))

    expect(failed).toMatchObject({ code: 1 })
    expect(failed.stdout + failed.stderr).toMatch(/paused/)
    expect((await app.get("/api/products/1")).body).toMatchObject({ available_stock: 100 })
  })
})

describe("a product with sizes", () => {
  test("basket.mjs sells a basket, and shows the two refusals", async () => {
    await using app = await startShop()

    const { stdout } = await run(app, process.execPath, path("basket.mjs"))

    expect(
      stdout
        .replace(/until .*Z/, "until TIME")
        .trim()
        .split("\n"),
    ).toEqual([
      "size 41: 1 available at 129.00 EUR",
      "size 42: 5 available at 139.00 EUR",
      "hold 1: 1 × size 41, 1 × size 42, until TIME",
      "order 1: 268.00 EUR",
      "order 1 is paid",
      "bob is refused: size 41: 1 requested, 0 available",
      "ann is refused: 0 more allowed",
    ])
    expect((await app.get("/api/products/2")).body).toMatchObject({
      sold_stock: 2,
      reserved_stock: 0,
      variants: [{ sold_stock: 1 }, { sold_stock: 1, available_stock: 4 }],
    })
  })

  test.skipIf(!hasCurl)(
    "buy.sh sells the variant that is named, and prints the refusal of none",
    async () => {
      await using app = await startShop()
      const variants = [{ name: "41", stock: 3 }]
      const shoe = { name: "Runner", price_minor: 12_900, currency: "EUR", variants }
      const { body: product } = await app.post("/api/admin/products", shoe)
      const [{ id }] = product.variants

      const refused = await run(app, "sh", path("buy.sh"), String(product.id))
      const { stdout } = await run(app, "sh", path("buy.sh"), String(product.id), String(id))

      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("variant_required") })
      expect(stdout).toMatch(/^Order 1 is paid$/m)
      expect((await app.get(`/api/products/${product.id}`)).body.variants).toMatchObject([{ sold_stock: 1 }])
    },
  )
})

describe.skipIf(leavesOutBrowser())("page.html, served by shop.mjs", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  test("shows live stock, and sells a unit", async () => {
    const port = await freePort()
    const shopUrl = `http://127.0.0.1:${port}`
    await using app = await startShop({ corsOrigins: [shopUrl] })
    await withShop(app, port, async () => {
      const page = await browser.newPage()
      const errors: string[] = []
      page.on("pageerror", (error) => void errors.push(error.message))

      await page.goto(shopUrl)
      await page.getByText("100 of 100 left").waitFor()
      await page.getByRole("button", { name: "Hold one" }).click()
      await page.getByText(/Reserved for you for 1\d\d s/).waitFor()
      await page.getByText("99 of 100 left").waitFor()
      await page.getByRole("button", { name: "Order it" }).click()
      const opened = page.waitForEvent("popup")
      await page.getByRole("button", { name: "Pay" }).click()
      const payPage = await opened
      await payPage.getByRole("button", { name: "Pay", exact: true }).click()
      await page.getByText("Paid. Thank you.").waitFor()

      expect((await app.get("/api/products/1")).body).toMatchObject({ sold_stock: 1 })
      expect(errors).toEqual([])
      await page.close()
    })
  })

  test("order.html asks for what is missing, takes the payment, and is led back to", async () => {
    const port = await freePort()
    const shopUrl = `http://127.0.0.1:${port}`
    await using app = await startShop({ corsOrigins: [shopUrl] })
    await withShop(app, port, async () => {
      const { id } = await offer(app, {
        collect: { email: "required", shipping_address: "required" },
        questions: [{ key: "terms", kind: "checkbox", required: true, label: "I accept the terms" }],
      })
      const { hold_id, token } = await hold(app, id, 1)
      const { order_id } = await order(app, hold_id)
      const page = await browser.newPage()
      const errors: string[] = []
      page.on("pageerror", (error) => void errors.push(error.message))

      await page.goto(`${shopUrl}/order?id=${order_id}#${token}`)
      await page.getByLabel("E-mail").fill("anna@example.ch")
      await page.getByLabel("Street").fill("Bahnhofstrasse 1")
      await page.getByLabel("Postal code").fill("8001")
      await page.getByLabel("City").fill("Zürich")
      await page.getByLabel("Country").fill("CH")
      await page.getByLabel("I accept the terms").check()
      await page.getByRole("button", { name: "Continue" }).click()
      await page.getByRole("button", { name: "Buy now, pay" }).click()
      await page.getByRole("button", { name: "Pay", exact: true }).click()
      await page.getByText("Paid. Thank you.").waitFor()

      expect(page.url()).toBe(`${shopUrl}/order?id=${order_id}`)
      expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({
        status: "paid",
        details: { email: "anna@example.ch", answers: { terms: true } },
      })
      expect(errors).toEqual([])
      await page.close()
    })
  })

  test("says that the engine cannot be reached when CORS does not allow the page", async () => {
    const port = await freePort()
    await using app = await startShop()
    await withShop(app, port, async () => {
      const page = await browser.newPage()

      await page.goto(`http://127.0.0.1:${port}`)
      await page.getByText(`The shop at ${app.url} cannot be reached. Is CORS_ORIGINS set?`).waitFor()

      expect(await page.getByRole("button", { name: "Hold one" }).isDisabled()).toBe(true)
      await page.close()
    })
  })
})

/** Runs shop.mjs on `port` while `use` runs. */
async function withShop(app: TestApp, port: number, use: () => Promise<void>): Promise<void> {
  const env = { ...process.env, DOORBUSTER_URL: app.url }
  const shop = spawn(process.execPath, [path("shop.mjs"), String(port)], { env })
  try {
    await once(shop.stdout, "data")
    await use()
  } finally {
    shop.kill()
  }
}
