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
import { putOnSale, sees } from "./admin-browser.ts"
import { holdUnits, visit } from "./storefront.ts"

describe.skipIf(leavesOutBrowser())("a product that does not show its stock", { timeout: 30_000 }, () => {
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

  test("is set up in the control room, and its page tells words and no number, also while it changes", async () => {
    await using operator = await newBuyer(browser, app)
    const { page: form } = operator
    await form.goto("/admin")
    await form.getByRole("link", { name: "New product" }).click()
    await form.getByRole("textbox", { name: "Name" }).fill("Shy lamp")
    await form.getByLabel("Price").fill("49.00")
    await form.getByLabel("Stock").fill("437")
    await form.getByLabel("SKU").fill("L-1")
    await form.getByLabel("External id").fill("wc-7")
    await form.getByLabel("Buyers see").selectOption("low")
    expect(await findFaults(form)).toEqual([])
    await putOnSale(form)
    const id = Number(form.url().split("/").at(-1))
    expect(await app.shop.products.get(id)).toMatchObject({
      sku: "L-1",
      external_id: "wc-7",
      stock_display: "low",
      stock: 437,
    })

    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await sees(page, "Available")
    expect(await findFaults(page)).toEqual([])
    await app.crowd.holds.create({ product_id: id, qty: 427 })
    await sees(page, "Only a few left")
    await holdUnits(page, 2)
    await app.crowd.holds.create({ product_id: id, qty: 8 })
    const all = await page.content()
    expect(all).not.toMatch(/\b(437|10|8) (units?|left|of)\b|437/)
  })
})
