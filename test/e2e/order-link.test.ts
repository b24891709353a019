import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  findFaults,
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { closed } from "../support/shop.ts"
import { offerLamp, reads } from "./storefront.ts"

describe.skipIf(leavesOutBrowser())("the link that opens an order on another device", () => {
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

  /** An order with the token of its owner, as a mail's link has it. */
  async function orderOfAnother(): Promise<{ readonly id: number; readonly token: string }> {
    const hold = await app.crowd.holds.create({ product_id: await offerLamp(app), qty: 1 })
    const { order_id: id } = await app.crowd.orders.create(hold)
    return { id, token: hold.token }
  }

  const address = (page: Page) => page.evaluate<string>("location.href")
  const waitsForPayment = (page: Page) => reads(page, "Awaiting your payment")

  test("shows the shop's own reference, however long it is", async () => {
    const reference = `cart-${"7".repeat(195)}`
    const productId = await offerLamp(app)
    const { hold_id, token } = await app.crowd.holds.create({ product_id: productId, qty: 1 })
    const { order_id: id } = await app.crowd.orders.create({ hold_id, token, reference })
    await using buyer = await newBuyer(browser, app, { viewport: { width: 320, height: 640 } })
    await buyer.page.goto(`/o/${id}#${token}`)
    await waitsForPayment(buyer.page)
    await buyer.page.getByText(reference, { exact: true }).waitFor()
    expect(await findFaults(buyer.page)).toEqual([])
  })

  test("shows the order, and the token leaves the address bar before anything is asked", async () => {
    const { id, token } = await orderOfAnother()
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    const addresses: string[] = []
    // The address bar at the moment of the first question to the server.
    await page.route("**/api/orders/*", async (route) => {
      addresses.push(await address(page))
      await route.continue()
    })
    await page.goto(`/o/${id}#${token}`)
    await waitsForPayment(page)
    expect(addresses[0]).toBe(`${app.url}/o/${id}`)
    expect(await address(page)).toBe(`${app.url}/o/${id}`)
    // Without the fragment the browser still knows the order, also after going away and back.
    await page.goto("/")
    await page.goBack()
    await waitsForPayment(page)
    expect(await address(page)).toBe(`${app.url}/o/${id}`)
    const tab = await buyer.newTab()
    await tab.goto(`/o/${id}`)
    await waitsForPayment(tab)
  })

  test("is on the order's page to copy and as a QR code, and no request's address has the token", async () => {
    const { id, token } = await orderOfAnother()
    await using buyer = await newBuyer(browser, app, { viewport: { width: 320, height: 640 } })
    const { page, context } = buyer
    await context.grantPermissions(["clipboard-read", "clipboard-write"])
    const asked: string[] = []
    context.on("request", (request) => asked.push(`${request.url()} ${request.headers()["referer"] ?? ""}`))
    await page.goto(`/o/${id}`)
    await reads(page, "Order not found in this browser")
    await page.evaluate(
      `localStorage.setItem("doorbuster:1:order:${id}", JSON.stringify({ token: "${token}", payment: null }))`,
    )
    await page.reload()
    await waitsForPayment(page)
    await page.getByText("Open on another device").focus()
    await page.keyboard.press("Enter")
    await page.getByRole("img", { name: "QR code of the link to this order" }).waitFor()
    await page.getByRole("button", { name: "Copy link" }).click()
    await page.getByText("Link copied.").waitFor()
    const link = `${app.url}/o/${id}#${token}`
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(link)
    expect(await page.getByRole("textbox", { name: "Link to this order" }).inputValue()).toBe(link)
    expect(await findFaults(page)).toEqual([])
    expect(asked.filter((line) => line.includes("qr-code"))).toHaveLength(1)
    expect(asked.filter((line) => line.includes("dbt1"))).toEqual([])
    expect(JSON.stringify(app.log)).not.toContain(token)
  })

  test("opens in a tab that shows another order, where only the part after # changes", async () => {
    const { id, token } = await orderOfAnother()
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await page.goto(`/o/${id}`)
    await reads(page, "Order not found in this browser")
    await page.evaluate(`location.hash = "${token}"`)
    await waitsForPayment(page)
    expect(await address(page)).toBe(`${app.url}/o/${id}`)
  })

  test("says plainly that a cut or foreign link does not open the order, and keeps the access there is", async () => {
    const mine = await orderOfAnother()
    const other = await orderOfAnother()
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    for (const wrong of [other.token, mine.token.slice(0, -1), "%E2%82%AC"]) {
      await page.goto("/")
      await page.goto(`/o/${mine.id}#${wrong}`)
      await reads(page, "This link does not open the order")
      expect(await address(page)).toBe(`${app.url}/o/${mine.id}`)
    }
    await page.goto("/")
    await page.goto(`/o/${mine.id}#${mine.token}`)
    await waitsForPayment(page)
    await page.goto("/")
    await page.goto(`/o/${mine.id}#${other.token}`)
    await page.getByText("The link you opened is incomplete or belongs to another order.").first().waitFor()
    await waitsForPayment(page)
  })

  test("survives a reload while the server does not answer", async () => {
    const { id, token } = await orderOfAnother()
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await page.route("**/api/orders/*", (route) => route.abort())
    await page.goto(`/o/${id}#${token}`)
    await page.getByText("The shop did not respond.").first().waitFor()
    expect(await address(page)).toBe(`${app.url}/o/${id}`)
    await page.unroute("**/api/orders/*")
    await page.reload()
    await waitsForPayment(page)
  })
})
