import type { Browser, Page, Route } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { differencesIn } from "../support/database.ts"
import { holdsOf, holdUnits, offerLamp, order, press, reads, visit } from "./storefront.ts"

/* Impatience: taps everywhere and at once, also while an answer takes a second. */

const SLOW_MS = 900
const PHONE = { width: 390, height: 760 }

describe.skipIf(leavesOutBrowser())("an impatient thumb", () => {
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

  test("never gives a unit back, never holds twice and never pays twice", { timeout: 120_000 }, async () => {
    const ends = await Promise.all(Array.from({ length: 10 }, (_, seed) => tapThrough(seed + 1)))
    const good = { holds: ["1 converted"], orders: ["paid"], payments: 1, sold: 1 }
    expect(ends).toEqual(ends.map(() => good))
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })

  /** Buys a lamp as fast as a thumb can tap, and hits other things on the way. */
  async function tapThrough(seed: number) {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app, { viewport: PHONE })
    const { page, context } = buyer
    context.setDefaultTimeout(110_000)
    let payments = 0
    const slowly = async (route: Route) => {
      // The next page too: until it is there, the one before it stays under the thumb.
      const request = route.request()
      if (request.method() === "POST" || request.isNavigationRequest()) await wait(SLOW_MS + seed * 30)
      await route.continue().catch(() => undefined)
    }
    await context.route("**/o/*", slowly)
    await context.route("**/api/{holds,orders}{,/**}", slowly)
    await context.route("**/simulator/payments", (route) => {
      payments += 1
      return slowly(route)
    })
    // Pays by itself and leads back. A thumb on the provider's own buttons is the provider's affair.
    await context.route("**/simulator/pay/*", async (route) => {
      const payment = new URL(route.request().url()).pathname.split("/").at(-1)
      await app.post(`/simulator/payments/${payment}/succeed`, {})
      await route.fulfill({ contentType: "text/html", body: "<script>history.back()</script>" })
    })
    const favourite = favourites[seed % favourites.length]
    await context.addInitScript(`(${thumb})(${JSON.stringify({ seed, favourite })})`)
    await page.goto(`/p/${id}`)
    await reads(page, "Order paid")
    const { data } = await app.shop.orders.list({ product_id: id })
    return {
      holds: await holdsOf(app, id)(),
      orders: data.map(({ status }) => status),
      payments,
      sold: (await app.crowd.products.get(id)).sold_stock,
    }
  }

  test("finds the button of each step at the same place, in the same size", async () => {
    for (const viewport of [PHONE, { width: 1280, height: 800 }]) {
      const id = await offerLamp(app)
      await using buyer = await newBuyer(browser, app, { viewport })
      const { page } = buyer
      const places: unknown[] = []
      await page.route("**/api/holds", async (route) => {
        places.push(await page.locator(".main-action .primary").boundingBox())
        await route.continue()
      })
      await visit(page, id)
      places.push(await page.locator(".main-action .primary").boundingBox())
      await holdUnits(page)
      places.push(await page.locator(".main-action .primary").boundingBox())
      // The page of the order has another frame on a desk.
      if (viewport === PHONE) {
        await order(page)
        places.push(await page.locator(".main-action .primary").boundingBox())
      }
      expect(new Set(places.map((place) => JSON.stringify(place))).size).toBe(1)
    }
  })

  test("does nothing to a button that gives back in its first second, and is asked", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await tapAtOnce(page, ".text-button")
    await holdUnits(page)
    expect(await page.getByText("Cancel the reservation?").count()).toBe(0)
    await tapAtOnce(page, ".asked-action .actions .button:last-child")
    await press(page, "Cancel reservation")
    await press(page, "Keep it")
    await page.reload()
    await reads(page, "1 unit reserved for you")
    expect(await holdsOf(app, id)()).toEqual(["1 active"])
  })

  test("does not pay in the first second of the order's page", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await holdUnits(page)
    await page.context().addInitScript(atOnce(".status-panel.to_pay .primary"))
    await order(page)
    await page.getByRole("button", { name: "Buy now, pay €129.00" }).isEnabled()
    expect(await page.evaluate("tapped")).toBe(true)
    expect(page.url()).toContain("/o/")
    await press(page, "Buy now, pay €129.00")
    await page.waitForURL("**/simulator/pay/*")
  })
})

/** Where the thumb comes down again and again: what gives back stands there, stood there, or came in the button's place. */
const favourites = [
  [80, 412],
  [290, 449],
  [100, 449],
  [290, 690],
] as const

/**
 * Runs in each page: taps the main button again and again, the whole window until just after each answer, and then one
 * favourite place.
 */
const thumb = `({ seed, favourite }) => {
  let state = seed * 7919
  const random = () => (state = (state * 16807) % 2147483647) / 2147483647
  let seen = ""
  let changedAt = 0
  const tap = () => {
    const headline = document.querySelector("h2")?.textContent ?? ""
    if (headline !== seen) changedAt = performance.now()
    seen = headline
    const spots = [[120 + random() * 150, innerHeight - 70]]
    spots.push(performance.now() - changedAt < 800 ? [random() * innerWidth, 130 + random() * (innerHeight - 130)] : favourite)
    const [x, y] = spots[random() < 0.5 ? 0 : 1]
    const hit = document.elementFromPoint(x, y)
    if (hit instanceof HTMLElement && hit.closest("a, summary") === null) hit.click()
    setTimeout(tap, 40 + random() * 80)
  }
  addEventListener("DOMContentLoaded", tap)
}`

/** Taps a button in the moment in which it appears. */
function atOnce(selector: string): string {
  return `{
    window.tapped = false
    const look = () => {
      const button = document.querySelector(${JSON.stringify(selector)})
      if (button === null) return
      watch.disconnect()
      window.tapped = true
      button.click()
    }
    const watch = new MutationObserver(look)
    watch.observe(document, { childList: true, subtree: true, attributes: true })
  }`
}

async function tapAtOnce(page: Page, selector: string): Promise<void> {
  await page.evaluate(atOnce(selector))
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
