import type { Browser, Page } from "puppeteer-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startBrowserShop, type BrowserShop } from "../support/browser.ts"
import { launchFirefox, leavesOutFirefox, personOn } from "../support/firefox.ts"

describe.skipIf(leavesOutFirefox())("in Firefox", { timeout: 120_000 }, () => {
  let browser: Browser
  let app: BrowserShop
  let page: Page
  const wrong: string[] = []

  beforeAll(async () => {
    ;[browser, app] = await Promise.all([launchFirefox(), startBrowserShop()])
    page = await browser.newPage()
    await page.setViewport({ width: 390, height: 760 })
    page.on("pageerror", (error) => wrong.push(String(error)))
  }, 150_000)
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  // Firefox writes some currencies with other decimals than Chromium: none may be taken from the browser.
  test.each([
    ["HUF", "4990", 4_990, "HUF 4,990"],
    ["JPY", "12,900", 12_900, "¥12,900"],
    ["KWD", "1.5", 1_500, "KWD 1.500"],
  ])(
    "the shop puts a product on sale in %s, and buyers see its price",
    async (currency, typed, minor, shown) => {
      const { press, fill, sees } = personOn(page)
      await page.goto(`${app.url}/admin/new`)
      await fill("Name", `Lamp in ${currency}`)
      await fill("Stock", "3")
      await fill("Price", typed)
      await fill("Currency", currency)
      await sees(`= ${shown}`)
      await press("Put on sale…")
      await sees("Put Lamp in")
      await page.locator("dialog .primary").click()
      await sees("On sale")
      const id = Number(/\/admin\/p\/(\d+)$/.exec(page.url())?.[1])
      expect(await app.crowd.products.get(id)).toMatchObject({ price_minor: minor, currency, stock: 3 })

      await page.goto(`${app.url}/p/${id}`)
      await sees(shown)
    },
  )

  test("a buyer reserves, checks out, pays and reads the receipt", async () => {
    const { id } = await app.shop.products.create({
      name: "Desk lamp",
      price_minor: 129_500,
      currency: "KWD",
      stock: 5,
      collect: { email: "required" },
    })
    const { press, fill, sees } = personOn(page)
    await page.goto(`${app.url}/p/${id}`)
    await page.locator("button.primary").click()
    await sees("1 unit reserved for you")
    await fill("E-mail", "ada@example.com")
    await press("Check out")
    await sees("Awaiting your payment")
    await sees("Buy now, pay KWD 129.500")
    await page.locator('.main-action .primary:not([aria-disabled="true"])').click()
    await sees("No money moves")
    await press("Pay with 3-D Secure")
    await press("Confirm payment")
    await sees("Order paid")
    await sees("KWD 129.500")
    expect(await app.crowd.products.get(id)).toMatchObject({ sold_stock: 1 })
  })

  test("the shop fills in its settings, a product's texts, and an endpoint", async () => {
    const { press, fill, sees } = personOn(page)
    await page.goto(`${app.url}/admin/shop`)
    await sees("Accent colour")
    await fill("Name", "Aurora")
    await fill("Accent colour", "#0b5fff")
    await press("Save")
    await sees("Saved. Buyers see it")
    expect(await app.shop.shop.get()).toMatchObject({ name: "Aurora", accent: "#0b5fff" })

    const { id } = await app.shop.products.create({
      name: "Vase",
      price_minor: 500,
      currency: "EUR",
      stock: 1,
    })
    await page.goto(`${app.url}/admin/p/${id}/content`)
    await sees("What a buyer reads who has paid")
    await fill("What a buyer reads who has paid", "We send it within two days.")
    await press("Save")
    await sees("Saved. Buyers see it")
    expect((await app.shop.products.content(id)).after_purchase).toBe("We send it within two days.")

    await page.goto(`${app.url}/admin/webhooks`)
    await press("New endpoint…")
    await fill("URL or e-mail address", "https://hook.invalid/made-in-firefox")
    await press("Add the endpoint")
    await sees("Signing secret for https://hook.invalid/made-in-firefox")
  })

  test("no script fails", () => {
    expect(wrong).toEqual([])
  })
})
