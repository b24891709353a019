import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { offerLamp, reads, visit } from "./storefront.ts"

describe.skipIf(leavesOutBrowser())("the storefront", () => {
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

  const text = { description: "Spun steel.\nMade once.", image_url: null }

  test("nothing moves while the scripts start and the numbers change", async () => {
    const id = await offerLamp(app, {
      ...text,
      stock: 110,
      opens_at: new Date(Date.now() + 3_000).toISOString(),
    })
    await using buyer = await newBuyer(browser, app, { viewport: { width: 390, height: 760 } })
    const { page } = buyer
    await page.addInitScript(
      `globalThis.shifts = []
       new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
         .observe({ type: "layout-shift", buffered: true })`,
    )
    await visit(page, id)
    await reads(page, "On sale now")
    for (let left = 109; left > 97; left -= 3) {
      await app.crowd.holds.create({ product_id: id, qty: 3 })
    }
    await page.getByText("98", { exact: true }).waitFor()
    const shifts = await page.evaluate<number[]>("shifts")
    expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.02)
  })

  test("without scripts a page shows everything except working buttons", async () => {
    const opensAt = new Date(Date.now() + 3_600_000)
    const id = await offerLamp(app, { ...text, opens_at: opensAt.toISOString() })
    const open = await offerLamp(app, text)
    await using buyer = await newBuyer(browser, app, { javaScriptEnabled: false })
    const { page } = buyer
    await page.goto(`/p/${id}`)
    await page
      .getByText(`${opensAt.toISOString().slice(11, 16)} UTC`)
      .first()
      .waitFor()
    await page.getByText("€129.00").first().waitFor()
    await page.getByText("Spun steel.").waitFor()
    await page.goto(`/p/${open}`)
    await page.getByText("of 10 left").waitFor()
    expect(await page.getByRole("button", { name: "Reserve" }).isDisabled()).toBe(true)
    // Chromium renders `noscript` only if the user has disabled scripts, not if a test has.
    expect(await page.content()).toContain("Reserving units needs JavaScript.")
  })
})
