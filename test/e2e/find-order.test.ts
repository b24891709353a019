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
import { press } from "./storefront.ts"

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
    await page.getByText("If there is an order with this address").waitFor()
    expect(sent).toEqual(['{"email":"anna@example.org"}'])
    expect(page.url()).toBe(`${app.url}/find`)
    expect(await findFaults(page)).toEqual([])
  })

  test.each([
    [429, "Too many requests."],
    [503, "The shop did not respond."],
    [null, "The shop did not respond."],
    [422, "The shop cannot send mail to this address."],
    [404, "This shop sends no mail."],
  ])("says what happened when the answer is %s", async (status, text) => {
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await open(page, status)
    await page.getByLabel("E-mail").fill("anna@example.org")
    await press(page, "Send me the link")
    await page.getByText(text).waitFor()
  })
})
