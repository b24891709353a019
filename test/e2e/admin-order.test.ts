import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { runSql } from "../support/rows.ts"
import { hold, offer, order, pay, pendingOrder, productNow } from "../support/shop.ts"
import { sees, watchedPage, type WatchedPage } from "./admin-browser.ts"

const desk = { width: 1280, height: 900 }
const narrow = { width: 320, height: 800 }

describe.skipIf(leavesOutBrowser())("an order's page in the control room", { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Browser
  let context: BrowserContext
  let watched: WatchedPage
  let page: Page

  beforeAll(async () => {
    app = await startTestApp({ worker: true })
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: desk, timezoneId: "Europe/Berlin", locale: "en" })
    context.setDefaultTimeout(20_000)
    watched = await watchedPage(context)
    page = watched.page
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  const part = (name: string) => page.getByRole("region", { name, exact: true })
  const timeline = () => part("Timeline").getByRole("listitem").allInnerTexts()
  /** The timeline without its times. */
  const told = async () => (await timeline()).map((text) => text.split("\n").at(-1))
  const open = async (orderId: number) => {
    await page.goto(`${app.url}/admin/orders/${orderId}`)
    await page.getByRole("heading", { level: 1, name: `Order ${orderId}`, exact: true }).waitFor()
    await page.getByRole("heading", { name: "Timeline" }).waitFor()
  }

  /** A paid order: one unit of 41, two of 42 at a price of their own. */
  async function paidShoes(key: string): Promise<{ orderId: number; productId: number }> {
    const variants = [
      { name: "41", sku: "R-41", stock: 2 },
      { name: "42", stock: 3, price_minor: 13_900 },
    ]
    const product = await offer(app, { name: "Runner", price_minor: 12_900, stock: undefined, variants })
    const [small, large] = product.variants.map((variant: { id: number }) => variant.id)
    const lines = [
      { variant_id: small, qty: 1 },
      { variant_id: large, qty: 2 },
    ]
    const held = await app.post("/api/holds", { product_id: product.id, lines, customer_id: "anna" })
    const { order_id } = await order(app, held.body.hold_id)
    await pay(app, { order_id, idempotency_key: key, payment_id: `pi_${key}`, amount_minor: 40_700 })
    return { orderId: order_id, productId: product.id }
  }

  test("shows what was bought, by whom, how it was paid, and what happened", async () => {
    const { orderId } = await paidShoes("shown")
    await open(orderId)

    await sees(page, "3 units of Runner for €407.00")
    expect(await part("Goods").getByRole("row").allInnerTexts()).toEqual([
      "Variant\tUnits\tEach\tTotal",
      expect.stringMatching(/^41\s*R-41\s*1\t€129.00\t€129.00$/),
      "42\t2\t€139.00\t€278.00",
      expect.stringMatching(/^All\t3\t\s*\t€407.00$/),
    ])
    await part("Buyer").getByText("anna", { exact: true }).waitFor()
    await part("Payments").getByRole("rowheader", { name: "pi_shown" }).waitFor()
    expect(await told()).toEqual([
      expect.stringMatching(/^Reserved 3 units \(hold \d+\)$/),
      "Ordered for €407.00",
      "generic: payment received, €407.00; it pays the order",
      "Paid",
    ])
    expect(await findFaults(page)).toEqual([])
  })

  test("refunds a part of it with units of one line, and the page follows", async () => {
    const { orderId, productId } = await paidShoes("refunded")
    await open(orderId)
    await page.getByRole("button", { name: "Refund…" }).press("Enter")
    await page.getByLabel("Amount").fill("139.00")
    await page.getByRole("group", { name: "Units to restock" }).getByLabel("42").fill("1")
    await page.getByRole("button", { name: "Refund", exact: true }).click()

    await sees(page, `Refund ${orderId}-1 of order ${orderId}: €139.00 to refund, 1 unit restocked.`)
    const row = part("Refunds")
      .getByRole("row")
      .filter({ hasText: `${orderId}-1` })
    await row.getByText("requested by the shop").waitFor()
    await expect
      .poll(told, { timeout: 15_000 })
      .toContain(`Shop: Refunded order ${orderId}: amount €139.00, units to restock 1 × 42 (open mode)`)
    expect((await productNow(app, productId)).variants).toMatchObject([
      { available_stock: 1 },
      { available_stock: 2 },
    ])
    expect(await findFaults(page)).toEqual([])
  })

  test("cancels an order that waits for payment, and says what payment its buyer has started", async () => {
    const { order_id } = await pendingOrder(app, 2)
    await app.post(`/api/orders/${order_id}/payment-attempts`, { provider: "stripe", payment_id: "pi_open" })
    await open(order_id)
    await sees(page, "None received. The buyer has started payment pi_open (stripe).")
    await page.getByRole("button", { name: "Cancel…" }).click()
    await page.getByRole("button", { name: "Cancel the order" }).click()

    await page.getByText("Cancelled", { exact: true }).first().waitFor()
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("cancelled")
    await expect
      .poll(told, { timeout: 15_000 })
      .toEqual(expect.arrayContaining(["Cancelled", `Shop: Cancelled order ${order_id} (open mode)`]))
    expect(await page.getByRole("button", { name: "Cancel…" }).count()).toBe(0)
  })

  const jacket = {
    name: "Jacket",
    collect: { email: "required", name: "required", shipping_address: "required" },
    shipping_countries: ["CH", "DE"],
    questions: [
      { key: "size", kind: "choice", label: { en: "Size" }, choices: ["S", { value: "l", label: "Large" }] },
      { key: "terms", kind: "checkbox", label: "I accept the terms", required: true },
    ],
  }

  test("shows what its buyer has told, changes it, and the money inbox leads to what is missing", async () => {
    const { id } = await offer(app, jacket)
    const { hold_id } = await hold(app, id)
    const details = { email: "anna@example.com", name: "Anna <b>Muster</b>", answers: { size: "l" } }
    const made = await app.post("/api/orders", { hold_id, details })
    const { order_id } = made.body
    await pay(app, { order_id, idempotency_key: "details", payment_id: "pi_details" })

    await page.goto(`${app.url}/admin/money`)
    await sees(page, "Still missing: shipping address, “terms”.")
    expect(await findFaults(page)).toEqual([])
    await page.locator(`a[href="/admin/orders/${order_id}"]`).click()
    await sees(page, "Still missing: shipping address, “I accept the terms”.")
    await part("Buyer").getByText("Anna <b>Muster</b>", { exact: true }).waitFor()
    await part("Buyer").getByText("Large", { exact: true }).waitFor()
    expect(await findFaults(page)).toEqual([])

    await page.getByRole("button", { name: "Change details…" }).click()
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("details-name")
    await page.getByLabel("Name", { exact: true }).fill("Anna Muster")
    await page.getByLabel("Street and number").fill("Hauptstrasse 1")
    await page.getByLabel("City").fill("Zürich")
    await page.getByLabel("Country").selectOption({ label: "Switzerland" })
    await page.getByLabel("I accept the terms").selectOption("true")
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Save" }).click()
    await sees(page, "Still missing: postal code.")

    await page.getByRole("button", { name: "Change details…" }).click()
    await page.getByLabel("Postal code").fill("8001")
    await page.getByRole("button", { name: "Save" }).click()
    await part("Buyer").getByText("8001 Zürich", { exact: true }).waitFor()
    await part("Buyer").getByText("Switzerland", { exact: true }).waitFor()
    expect(await page.getByText("Still missing").count()).toBe(0)
    expect((await app.get(`/api/orders/${order_id}`)).body.details).toEqual({
      email: "anna@example.com",
      name: "Anna Muster",
      phone: null,
      shipping_address: {
        line1: "Hauptstrasse 1",
        line2: null,
        city: "Zürich",
        region: null,
        postal_code: "8001",
        country: "CH",
      },
      answers: { size: "l", terms: true },
    })
    await expect
      .poll(told, { timeout: 15_000 })
      .toContain(`Shop: Changed the buyer's details of order ${order_id} (open mode)`)
    await page.goto(`${app.url}/admin/money`)
    await page.getByRole("heading", { name: "Money inbox" }).waitFor()
    await expect.poll(() => page.locator(`a[href="/admin/orders/${order_id}"]`).count()).toBe(0)
  })

  test("a refused detail is named as its field is, and nothing is saved", async () => {
    const { id } = await offer(app, { name: "Refused jacket", collect: { email: "required" } })
    const { hold_id } = await hold(app, id)
    const { order_id } = await order(app, hold_id)
    await open(order_id)
    await page.getByRole("button", { name: "Change details…" }).click()
    await page.getByLabel("E-mail address").fill("anna at example")
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByRole("alert").getByText("The e-mail address ").waitFor()
    await page.getByRole("button", { name: "Go back" }).click()
    expect((await app.get(`/api/orders/${order_id}`)).body.missing_details).toEqual(["/details/email"])
  })

  test("a mail that failed says why, and is sent again", async () => {
    const { id } = await offer(app, { name: "Mailed lamp", collect: { email: "required" } })
    const { hold_id } = await hold(app, id)
    const { order_id } = (
      await app.post("/api/orders", { hold_id, details: { email: "anna@buyer.example" }, language: "de" })
    ).body
    await pay(app, { order_id, idempotency_key: "mailed" })
    await runSql(
      app.databaseUrl,
      `update mails set status = 'failed', attempts = 1, last_error = '550 no such mailbox'
        where order_id = ${order_id}`,
    )
    await open(order_id)
    const mail = page.getByRole("row").filter({ hasText: "550 no such mailbox" })
    await mail.getByText("failed", { exact: true }).waitFor()
    await page.getByText("Deutsch", { exact: true }).waitFor()
    expect(await page.getByText("Payments started").count()).toBe(0)
    expect(await page.getByRole("link", { name: "read the mails" }).getAttribute("href")).toBe(
      "/simulator/mail",
    )
    await mail.getByRole("button", { name: "Send again…" }).click()
    await page.getByRole("button", { name: "Send again", exact: true }).click()

    await part("Mails").getByText("waiting to be sent").waitFor()
    expect(await part("Mails").getByRole("button").count()).toBe(0)
    await expect
      .poll(told, { timeout: 15_000 })
      .toContain(`Shop: Resent the mail receipt-${order_id} of order ${order_id} (open mode)`)
    expect(await findFaults(page)).toEqual([])
  })

  test("every order number in the control room leads to it", async () => {
    const { id } = await offer(app, { name: "Linked lamp" })
    const { hold_id } = await hold(app, id)
    const { order_id } = await order(app, hold_id)
    await pay(app, { order_id, idempotency_key: "linked" })
    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: 1 })
    const href = `a[href="/admin/orders/${order_id}"]`
    for (const path of [`search?product_id=${id}`, "money", "actions", `p/${id}`]) {
      await page.goto(`${app.url}/admin/${path}`)
      await page.locator(href).first().waitFor()
    }
    await page.locator(href).first().click()
    await page.getByRole("heading", { level: 1, name: `Order ${order_id}`, exact: true }).waitFor()
    const current = page.getByRole("link", { name: "Orders and holds" })
    expect(await current.getAttribute("aria-current")).toBe("true")
  })

  test("an order that does not exist is said so", async () => {
    await page.goto(`${app.url}/admin/orders/4000000`)
    await page.getByRole("alert").waitFor()
    expect(await findFaults(page)).toEqual([])
  })

  test("is accessible and not wider than a window of 320 pixels", async () => {
    const { orderId } = await paidShoes("narrow")
    await page.setViewportSize(narrow)
    await open(orderId)
    expect(await findFaults(page)).toEqual([])
    await page.setViewportSize(desk)
  })

  test("logs no browser error and no violation of its content security policy", () => {
    expect(watched.complaints).toEqual([])
  })
})
