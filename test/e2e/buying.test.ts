import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { differencesIn } from "../support/database.ts"
import { runSql } from "../support/rows.ts"
import { closed } from "../support/shop.ts"
import {
  giveBack,
  holdsOf,
  holdUnits,
  offerLamp,
  order,
  PAY,
  payBy,
  press,
  reads,
  seesClockTurn,
  visit,
} from "./storefront.ts"

describe.skipIf(leavesOutBrowser())("a buyer with a browser", () => {
  let browser: Browser
  let app: BrowserShop

  beforeAll(async () => {
    browser = await launchBrowser()
    app = await startBrowserShop({ config: { latePaymentSeconds: 0 } })
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  test("buys, with a reload at every step", async () => {
    const id = await offerLamp(app, { max_per_hold: 2 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.reload()
    await holdUnits(page, 2)
    await page.reload()
    await reads(page, "2 units reserved for you")
    await order(page)
    await page.reload()
    await reads(page, "Awaiting your payment")
    await payBy(page, "Pay")
    await reads(page, "Order paid")
    await page.reload()
    await reads(page, "Order paid")
    await page.getByRole("button", { name: "Print receipt" }).waitFor()
    // On paper: the shop, the order, the goods and the total, and nothing to press.
    await page.emulateMedia({ media: "print" })
    for (const text of ["Doorbuster", "Order 1", "Desk lamp No. 4", "€258.00"])
      await page.getByText(text).first().waitFor()
    expect(await page.locator("button:visible, .clock:visible, summary:visible").count()).toBe(0)
    await expect.poll(holdsOf(app, id)).toEqual(["2 converted"])
    expect(await app.crowd.products.get(id)).toMatchObject({ sold_stock: 2, available_stock: 8 })
  })

  test("goes back, and finds the order again", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    const orderId = await order(page)
    await page.goBack()
    await page.getByRole("link", { name: `Go to order ${orderId}` }).click()
    await press(page, PAY)
    await page.waitForURL("**/simulator/pay/*")
    const payment = page.url()
    await page.goBack()
    await press(page, PAY)
    await page.waitForURL("**/simulator/pay/*")
    expect(page.url()).toBe(payment)
  })

  test("finds everything held, stays, and gets a unit that comes back", async () => {
    const id = await offerLamp(app, { stock: 1 })
    const faster = await app.crowd.holds.create({ product_id: id, qty: 1 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await reads(page, "All reserved")
    expect(await page.getByRole("button", { name: "Reserve" }).count()).toBe(0)
    await app.crowd.withToken(faster.token).holds.release(faster.hold_id)
    await reads(page, "On sale now")
    await holdUnits(page)
    await expect.poll(holdsOf(app, id)).toEqual(["1 released", "1 active"])
  })

  test("loses the last unit to another buyer, and sees when a unit may come back", async () => {
    const id = await offerLamp(app, { stock: 1 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.route("**/api/holds", async (route) => {
      await app.crowd.holds.create({ product_id: id, qty: 1 })
      await route.continue()
    })
    await press(page, "Reserve")
    await page.getByText("Other buyers were faster").first().waitFor()
    await page.getByText(/of 1 reserved, the first until \d\d:\d\d:\d\d/).waitFor()
    await expect.poll(holdsOf(app, id)).toEqual(["1 active"])
  })

  test("sees a hold expire, and can hold again", async () => {
    const id = await offerLamp(app, { hold_ttl_seconds: 2 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    await page.getByText("Your reservation has expired").first().waitFor()
    await page.reload()
    await page.getByText("Your reservation has expired").first().waitFor()
    await holdUnits(page)
    await expect.poll(holdsOf(app, id)).toEqual(["1 expired", "1 active"])
  })

  test("cancels a reservation", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    await giveBack(page, "reservation")
    await page.getByText("Reservation cancelled").first().waitFor()
    await expect.poll(holdsOf(app, id)).toEqual(["1 released"])
  })

  test("has a declined card, tries again and pays", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    await order(page)
    await payBy(page, "Decline")
    await reads(page, "Payment declined")
    await page.getByRole("link", { name: "Back to the product" }).click()
    await holdUnits(page)
    await order(page)
    await payBy(page, "Pay with 3-D Secure")
    await reads(page, "Confirming your payment")
    await reads(page, "Order paid")
    await expect.poll(holdsOf(app, id)).toEqual(["1 converted", "1 converted"])
    expect(await app.crowd.products.get(id)).toMatchObject({ sold_stock: 1, reserved_stock: 0 })
  })

  test("cancels an order", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    const orderId = await order(page)
    await giveBack(page, "order")
    await reads(page, "Order cancelled")
    expect(await app.crowd.orders.get(orderId)).toMatchObject({ status: "cancelled" })
  })

  test("pays too late, and gets a refund", async () => {
    // Without a worker at first, because it would cancel the payment before it is late.
    await using app = await startBrowserShop({ worker: false, config: { latePaymentSeconds: 0 } })
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    const orderId = await order(page)
    await press(page, PAY)
    await page.waitForURL("**/simulator/pay/*")
    const payment = page.url().split("/").at(-1)
    await app.post(`/simulator/payments/${payment}/succeed`, { delay_ms: 4_000 })
    await page.goto(`/o/${orderId}`)
    await reads(page, "Confirming your payment")
    await runSql(app.databaseUrl, `update orders set expires_at = now() where id = ${orderId}`)
    await reads(page, "Your payment is late")
    await reads(page, "Refund in progress")
    app.app.work()
    await reads(page, "Payment refunded")
    await page.getByText("€129.00 has been refunded").waitFor()
    expect(await app.crowd.products.get(id)).toMatchObject({ sold_stock: 0 })
  })

  test("sees that the order has expired", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    const orderId = await order(page)
    await runSql(app.databaseUrl, `update orders set expires_at = now() where id = ${orderId}`)
    await page.reload()
    await reads(page, "Order expired")
    expect(await page.getByRole("link", { name: "Back to the product" }).getAttribute("href")).toBe(
      `/p/${id}`,
    )
  })

  test("sees a refund", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    const orderId = await order(page)
    await payBy(page, "Pay")
    await reads(page, "Order paid")
    await app.shop.orders.refund(orderId, { amount_minor: 4_000, restock_qty: 0 })
    await page.reload()
    await page.getByText("Refunded: €40.00").waitFor()
    await app.shop.orders.refund(orderId, { amount_minor: null, restock_qty: 1 })
    const status = async () => (await app.crowd.orders.get(orderId)).status
    await expect.poll(status, { timeout: 10_000 }).toBe("refunded")
    await page.reload()
    await reads(page, "Order refunded")
  })

  test("enters a customer id for a product with a limit per customer, and sees the limit", async () => {
    const id = await offerLamp(app, { max_per_customer: 1 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByLabel("Your customer id").fill("   ")
    await press(page, "Reserve")
    const isRefused = await page
      .getByLabel("Your customer id")
      .evaluate(({ validity }: { readonly validity: { readonly valid: boolean } }) => !validity.valid)
    expect([isRefused, await page.getByText("reserved for you").count()]).toEqual([true, 0])
    await page.getByLabel("Your customer id").fill("c-17")
    await seesClockTurn(page)
    await holdUnits(page)
    await order(page)
    await visit(page, id)
    expect(await page.getByLabel("Your customer id").inputValue()).toBe("c-17")
    await press(page, "Reserve")
    await page.getByText("You have reached the limit per customer.").first().waitFor()
    expect(await page.getByRole("link", { name: /^Go to order \d+$/ }).count()).toBe(1)
    await expect.poll(holdsOf(app, id)).toEqual(["1 converted"])
  })

  test("pays the shop directly if it has no provider; other browsers do not show the order", async () => {
    await using app = await startBrowserShop({ config: closed })
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    const orderId = await order(page)
    await page.getByText("You pay the shop directly").waitFor()
    expect(await page.getByRole("button", { name: PAY }).count()).toBe(0)

    await using stranger = await newBuyer(browser, app)
    await stranger.page.goto(`/o/${orderId}`)
    await reads(stranger.page, "Order not found in this browser")
  })

  test("leaves every unit and every cent accounted for", async () => {
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })
})
