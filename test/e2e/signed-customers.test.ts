import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { signCustomer } from "../../src/http/access/customer-token.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { offer } from "../support/shop.ts"

const SECRET = "the-secret-of-the-shop-of-32-characters!"
const tokenOf = (customerId: string, seconds: number) =>
  signCustomer(SECRET, { customerId, groups: [], endsAt: Math.floor(Date.now() / 1_000) + seconds })

describe.skipIf(leavesOutBrowser())("a product for customers of the shop", { timeout: 60_000 }, () => {
  let app: TestApp
  let browser: Browser
  let page: Page
  let path: string

  beforeAll(async () => {
    app = await startTestApp({ config: { customerSecrets: [SECRET] } })
    browser = await launchBrowser()
    const product = await offer(app, { customer: "signed", max_per_customer: 2 })
    path = `${app.url}/p/${product.id}`
    const context = await browser.newContext({ viewport: { width: 390, height: 800 }, locale: "en" })
    page = await context.newPage()
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  test("says where to sign in, before and when a buyer presses", async () => {
    await page.goto(path)
    await page.getByText("Only customers who are signed in at the shop can buy this").first().waitFor()
    expect(await page.locator("#customer").count()).toBe(0)

    await page.getByRole("button", { name: "Reserve" }).click()
    await page.locator("form .notice.customer_token_required").waitFor()
    expect(await page.locator("form .notice:visible").count()).toBe(1)
  })

  test("says so when the token has ended", async () => {
    await page.goto("about:blank")
    await page.goto(`${path}#${tokenOf("anna", -120)}`)
    await page.getByRole("button", { name: "Reserve" }).click()
    await expect
      .poll(() => page.getByText("The shop’s sign-in is not valid here any more").first().isVisible())
      .toBe(true)
  })

  test("forgets a token that the server has refused: neither a reload nor the next press sends it again", async () => {
    await page.goto("about:blank")
    await page.goto(`${path}#${tokenOf("anna", -120)}`)
    const sent: (string | undefined)[] = []
    page.on("request", (request) => {
      if (request.url().endsWith("/api/holds")) sent.push(request.headers()["customer-token"])
    })
    await page.getByRole("button", { name: "Reserve" }).click()
    await page.locator("form .notice.customer_token_invalid").waitFor()
    expect(await page.evaluate(() => Object.keys(sessionStorage))).not.toContainEqual(
      expect.stringContaining("customer-token"),
    )
    await page.getByRole("button", { name: "Reserve" }).click()
    await page.locator("form .notice.customer_token_required").waitFor()
    await page.reload()
    await page.getByText("Only customers who are signed in at the shop can buy this").first().waitFor()
    expect(sent).toEqual([expect.stringMatching(/^dbc1\./), undefined])
  })

  test("takes the token of a link that is pasted into the open tab", async () => {
    await page.goto("about:blank")
    await page.goto(path)
    await page.getByText("Only customers who are signed in at the shop can buy this").first().waitFor()
    await page.evaluate(`location.assign("#${tokenOf("paul", 600)}")`)
    await expect.poll(() => page.getByText("Sign in there, then").count()).toBe(0)
    expect(page.url()).toBe(path)
    await page.evaluate(() => sessionStorage.clear())
  })

  test("is held with the token of the link, which leaves the address bar and outlasts a reload", async () => {
    await page.goto("about:blank")
    await page.goto(`${path}#${tokenOf("anna", 600)}`)
    await page.getByRole("button", { name: "Reserve" }).waitFor()
    expect(page.url()).toBe(path)
    await page.reload()
    expect(await page.getByText("Sign in there, then").count()).toBe(0)
    const answer = page.waitForResponse((response) => response.url().endsWith("/api/holds"))

    await page.getByRole("button", { name: "Reserve" }).click()

    expect(await (await answer).json()).toMatchObject({ customer_id: "anna", qty: 1 })
    await page.getByRole("button", { name: "Check out" }).waitFor()
  })
})
