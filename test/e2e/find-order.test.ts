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
import { offerLamp, press, reads } from "./storefront.ts"

describe.skipIf(leavesOutBrowser())("the page that finds orders", () => {
  let browser: Browser
  let app: BrowserShop

  beforeAll(async () => {
    browser = await launchBrowser()
    app = await startBrowserShop()
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  /** Opens the page from an order that this browser does not have. The server's answer is given by the test. */
  async function open(page: Page, status: number | null): Promise<string[]> {
    const sent: string[] = []
    await page.route("**/api/orders/find", async (route) => {
      sent.push(route.request().postData() ?? "")
      await (status === null ? route.abort() : route.fulfill({ status, body: "" }))
    })
    await page.goto("/o/999999")
    await page.getByRole("link", { name: "Find my order by e-mail" }).click()
    await page.getByRole("heading", { level: 1, name: "Find my order" }).waitFor()
    return sent
  }

  test("sends the address by the keyboard alone, and says the same whether or not there is an order", async () => {
    await using buyer = await newBuyer(browser, app, { viewport: { width: 320, height: 640 } })
    const { page } = buyer
    const sent = await open(page, 202)
    expect(await findFaults(page)).toEqual([])
    await page.getByLabel("E-mail").focus()
    await page.keyboard.type("not an address")
    await page.keyboard.press("Enter")
    await page.getByText("Enter an e-mail address, such as name@example.org.").waitFor()
    expect(await page.evaluate("document.activeElement.id")).toBe("email")
    expect(await findFaults(page)).toEqual([])
    expect(sent).toEqual([])
    await page.getByLabel("E-mail").fill(" anna@example.org ")
    await page.keyboard.press("Enter")
    await page.getByText("If there is an order with this e-mail address").waitFor()
    expect(sent).toEqual(['{"email":"anna@example.org"}'])
    expect(page.url()).toBe(`${app.url}/find`)
    expect(await findFaults(page)).toEqual([])
  })

  test("leads by its mail to the order, in a browser that has never seen it", async () => {
    const productId = await offerLamp(app, { collect: { email: "required" } })
    const hold = await app.crowd.holds.create({ product_id: productId, qty: 1 })
    const { order_id: id } = await app.crowd.orders.create({ ...hold, details: { email: "ada@example.com" } })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await page.goto("/find")
    await page.getByLabel("E-mail").fill("ada@example.com")
    await press(page, "Send me the link")
    await page.getByText("If there is an order with this e-mail address").waitFor()
    const mails = async () => {
      await page.goto("/simulator/mail")
      return page.locator("li a").count()
    }
    await expect.poll(mails, { timeout: 10_000 }).toBe(1)
    await page.locator("li a").click()
    const link = new RegExp(`/o/${id}#\\S+`).exec(await page.locator("pre").innerText())?.[0] ?? ""
    await using other = await newBuyer(browser, app)
    await other.page.goto(link)
    await reads(other.page, "Awaiting your payment")
    await other.page.getByText("ada@example.com").waitFor()
    expect(other.page.url()).toBe(`${app.url}/o/${id}`)
  })

  test.each([
    [429, "Too many requests."],
    [503, "The shop did not respond."],
    [null, "The shop did not respond."],
    [422, "The shop cannot send mail to this e-mail address."],
    [404, "This shop sends no mail."],
  ])("says what happened when the answer is %s", async (status, text) => {
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await open(page, status)
    await page.getByLabel("E-mail").fill("anna@example.org")
    await press(page, "Send me the link")
    await page.getByText(text).waitFor()
    expect(await page.getByText("The shop has mailed").count()).toBe(0)
  })
})
