import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  findFaults,
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { ADMIN_TOKEN, closed, signature } from "../support/shop.ts"
import { giveBack, holdUnits, offerLamp, offerShoe, order, reads, visit } from "./storefront.ts"

describe.skipIf(leavesOutBrowser())("what a browser knows of its reservations and orders", () => {
  let browser: Browser
  let app: BrowserShop

  beforeAll(async () => {
    browser = await launchBrowser()
    app = await startBrowserShop({ config: closed })
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  test("is on every page: the units with the time left, then the order, then the list of orders", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app, { viewport: { width: 320, height: 640 } })
    const { page } = buyer
    const waiting = page.getByRole("navigation", { name: "Your reservations" }).getByRole("link")
    await page.goto("/find")
    await page.getByRole("heading", { level: 1, name: "Find my order" }).waitFor()
    expect([await waiting.count(), await page.getByRole("link", { name: "Your orders" }).count()]).toEqual([
      0, 0,
    ])
    await visit(page, id)
    await holdUnits(page, 2)
    // Its own page shows it anyway.
    expect(await waiting.count()).toBe(0)
    await page.goto("/find")
    const shown = /^2 × Desk lamp No\. 4 [12]:\d\d left to check out$/
    await expect.poll(() => waiting.textContent()).toMatch(shown)
    const before = await waiting.textContent()
    await expect.poll(() => waiting.textContent()).not.toBe(before)
    expect(await findFaults(page)).toEqual([])
    await waiting.click()
    await reads(page, "2 units reserved for you")

    const orderId = await order(page)
    await page.goto("/")
    await expect.poll(() => waiting.textContent()).toMatch(/^2 × Desk lamp No\. 4 [45]:\d\d left to pay$/)
    await page.getByRole("link", { name: "Your orders" }).click()
    const line = page.getByRole("main").getByRole("link", { name: `Order ${orderId}` })
    await line.getByText("Awaiting your payment").waitFor()
    expect(await findFaults(page)).toEqual([])
    // By the shop, while no page of the order is open.
    await app.shop.orders.cancel(orderId)
    await page.reload()
    await line.getByText("Order cancelled").waitFor()
    await expect.poll(() => waiting.count()).toBe(0)
    await line.click()
    await reads(page, "Order cancelled")
  })

  test("names the size that was ordered, or the units of each", async () => {
    const { id, size } = await offerShoe(app, { "41": 3, "43": 3 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    for (const units of [
      [["41", 2]],
      [
        ["41", 1],
        ["43", 2],
      ],
    ] as const) {
      const lines = units.map(([name, qty]) => ({ variant_id: size(name), qty }))
      const { hold_id, token } = await app.crowd.holds.create({ product_id: id, lines })
      const { order_id } = await app.crowd.orders.create({ hold_id, token })
      await page.goto(`/o/${order_id}#${token}`)
      await reads(page, "Awaiting your payment")
    }
    await page.goto("/orders")
    const links = page.getByRole("main").getByRole("listitem").getByRole("link")
    await expect.poll(() => links.count()).toBe(2)
    expect(await links.nth(0).innerText()).toMatch(/^3 × Court shoe\s[^]*1 × 41 · 2 × 43/)
    expect(await links.nth(1).innerText()).toMatch(/^2 × Court shoe, 41\s/)
  })

  test("says how much of a paid order was refunded", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    const orderId = await order(page)
    const event = JSON.stringify({ idempotency_key: `paid-${orderId}`, order_id: orderId, status: "success" })
    const paid = await app.post("/api/payments/webhook", undefined, { raw: event, headers: signature(event) })
    expect(paid.status).toBe(200)
    await reads(page, "Order paid")
    const { status } = await app.post(
      `/api/admin/orders/${orderId}/refunds`,
      { amount_minor: 3_000 },
      { token: ADMIN_TOKEN },
    )
    expect(status).toBe(201)
    await page.goto("/orders")
    await page.getByText(`Order ${orderId} · Order paid · Refunded: €30.00`).waitFor()
  })

  test("does not say on a new page that a reservation was cancelled before", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    await giveBack(page, "reservation")
    const notice = page.locator("form.hold-form").getByText("Reservation cancelled")
    await notice.waitFor()
    await visit(page, id)
    expect(await notice.count()).toBe(0)
  })

  test("is nothing where nothing can be stored: it is said before the units are reserved, and buying works", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page, context } = buyer
    await context.addInitScript(
      `for (const area of ["localStorage", "sessionStorage"])
         Object.defineProperty(window, area, { get() { throw new DOMException("denied", "SecurityError") } })`,
    )
    await visit(page, id)
    await page.getByText("This browser stores nothing").waitFor()
    await holdUnits(page)
    await order(page).catch(() => undefined)
    await reads(page, "Awaiting your payment")
    expect(page.url()).toMatch(/\/o\/\d+$/)
  })
})
