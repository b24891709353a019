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
import { giveBack, holdUnits, offerLamp, order, payBy, reads, visit } from "./storefront.ts"

/** The smallest size of buttons, fields and links outside of text, in CSS pixels. */
const SMALLEST_TARGET = 44

describe.skipIf(leavesOutBrowser())("the storefront at 320 pixels, in each main state", () => {
  let browser: Browser
  let app: BrowserShop

  beforeAll(async () => {
    browser = await launchBrowser()
    app = await startBrowserShop()
    // A light colour, a long name and many links are the hardest to show.
    const own = (page: string) => `https://lamp.example/${page}`
    await app.shop.shop.change({
      name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
      accent: "#ffe600",
      support: "a-rather-long-address-for-all-questions-about-orders@lamp.example",
      links: {
        imprint: own("imprint"),
        privacy: own("privacy"),
        terms: own("terms"),
        returns: own("returns"),
        accessibility: own("accessibility"),
      },
    })
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  /** Lists the accessibility faults of the page: those that axe finds, overflow, and targets that are too small. */
  async function faultsOf(page: Page): Promise<string[]> {
    const faults = await findFaults(page)
    for (const target of await page.locator("button, a:not(p a), input").all()) {
      const box = await target.boundingBox()
      if (box !== null && Math.min(box.height, box.width) < SMALLEST_TARGET) {
        faults.push(`${await target.innerText()} is ${box.width} × ${box.height}`)
      }
    }
    return faults
  }

  const text = { description: "Spun steel.\nMade once.", image_url: null }
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

  test.each<[string, (page: Page) => Promise<unknown>]>([
    [
      "a list with a sale that opens and one that is long over",
      async (page) => {
        await offerLamp(app)
        await offerLamp(app, { opens_at: inAnHour() })
        await offerLamp(app, { opens_at: "2026-01-01T00:00:00Z", closes_at: "2026-01-02T00:00:00Z" })
        await page.goto("/")
        await reads1(page, "On sale")
        await page.getByText("Ended sales").click()
      },
    ],
    ["page not found", async (page) => (await page.goto("/p/999999"), await reads1(page, "Page not found"))],
    ["on sale", async (page) => visit(page, await offerLamp(app, text))],
    [
      "on sale with a limit per customer",
      async (page) => visit(page, await offerLamp(app, { max_per_customer: 2 })),
    ],
    ["scheduled", async (page) => visit(page, await offerLamp(app, { ...text, opens_at: inAnHour() }))],
    ["paused", async (page) => visit(page, await offerLamp(app, { paused: true }))],
    [
      "all held",
      async (page) => {
        const id = await offerLamp(app, { stock: 1 })
        await app.crowd.holds.create({ product_id: id, qty: 1 })
        await visit(page, id)
      },
    ],
    ["held", async (page) => (await visit(page, await offerLamp(app)), await holdUnits(page, 2))],
    [
      "reservation cancelled",
      async (page) => {
        await visit(page, await offerLamp(app))
        await holdUnits(page)
        await giveBack(page, "reservation")
        await page.getByText("Reservation cancelled").first().waitFor()
      },
    ],
    [
      "to pay",
      async (page) => (await visit(page, await offerLamp(app)), await holdUnits(page), await order(page)),
    ],
    ["paid", (page) => payFor(page, "Pay", "Order paid")],
    ["declined", (page) => payFor(page, "Decline", "Payment declined")],
  ])("%s: axe finds nothing, nothing is too wide, targets are large", async (_, come) => {
    await using buyer = await newBuyer(browser, app, { viewport: { width: 320, height: 640 } })
    await come(buyer.page)
    expect(await faultsOf(buyer.page)).toEqual([])
  })

  async function payFor(page: Page, button: string, headline: string): Promise<void> {
    await visit(page, await offerLamp(app))
    await holdUnits(page)
    await order(page)
    await payBy(page, button)
    await reads(page, headline)
  }

  function reads1(page: Page, headline: string): Promise<void> {
    return page.getByRole("heading", { level: 1, name: headline }).waitFor()
  }

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
