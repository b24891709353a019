import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { giveBack, PAY, holdsOf, holdUnits, offerLamp, press, reads, visit } from "./storefront.ts"

describe.skipIf(leavesOutBrowser())("a buyer with a bad connection, or in a hurry", () => {
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

  /** Collects the Idempotency-Keys of all further requests for holds. */
  function keysOf(page: Page): string[] {
    const keys: string[] = []
    page.on("request", (request) => {
      const key = request.headers()["idempotency-key"]
      if (request.method() === "POST" && request.url().endsWith("/api/holds")) keys.push(key ?? "none")
    })
    return keys
  }

  test("taps twice and gets one hold", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app, { hasTouch: true })
    const { page } = buyer
    await visit(page, id)
    await page.getByRole("button", { name: "Reserve" }).dblclick()
    await reads(page, "1 unit reserved for you")
    await expect.poll(holdsOf(app, id)).toEqual(["1 active"])
    await page.getByRole("button", { name: "Check out", exact: true }).dblclick()
    await reads(page, "Awaiting your payment")
    await expect.poll(holdsOf(app, id)).toEqual(["1 converted"])
  })

  test("has two tabs, which show the same hold and make no second one", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    const other = await buyer.newTab()
    await visit(page, id)
    await visit(other, id)
    let answer = (): void => undefined
    const bothHavePressed = new Promise<void>((resolve) => (answer = resolve))
    await buyer.context.route("**/api/holds", async (route) => {
      await bothHavePressed
      await route.continue()
    })
    await press(page, "Reserve")
    await press(other, "Reserve")
    answer()
    await Promise.all([reads(page, "1 unit reserved for you"), reads(other, "1 unit reserved for you")])
    await expect.poll(holdsOf(app, id)).toEqual(["1 active"])
    await giveBack(other, "reservation")
    await page.getByText("Reservation cancelled").first().waitFor()
    await expect.poll(holdsOf(app, id)).toEqual(["1 released"])
  })

  test("loses the network and finds it again", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page, context } = buyer
    await visit(page, id)
    await context.setOffline(true)
    await page.getByText("No connection").waitFor()
    await app.crowd.holds.create({ product_id: id, qty: 4 })
    await press(page, "Reserve")
    await reads(page, "No response yet, trying again")
    await context.setOffline(false)
    await reads(page, "1 unit reserved for you")
    await expect.poll(() => page.getByText("No connection").count()).toBe(0)
    await expect.poll(holdsOf(app, id)).toEqual(["4 active", "1 active"])
    await giveBack(page, "reservation")
    await page.getByText("6", { exact: true }).waitFor()
  })

  test("reloads before the answer has arrived, and the page repeats the same request", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    const keys = keysOf(page)
    await visit(page, id)
    // The server receives the request, and its answer is lost.
    await page.route("**/api/holds", async (route) => {
      await route.fetch()
      // The reload may have cancelled the request already.
      await route.abort("connectionreset").catch(() => undefined)
    })
    await press(page, "Reserve")
    await reads(page, "No response yet, trying again")
    await page.unroute("**/api/holds")
    await page.reload()
    await reads(page, "1 unit reserved for you")
    await expect.poll(holdsOf(app, id)).toEqual(["1 active"])
    expect(keys.length).toBeGreaterThan(1)
    expect(new Set(keys).size).toBe(1)
  })

  test("is refused with 503, waits for Retry-After, and gets a hold", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    const keys = keysOf(page)
    const askedAt: number[] = []
    await visit(page, id)
    await page.route("**/api/holds", async (route) => {
      askedAt.push(performance.now())
      if (askedAt.length > 2) return route.continue()
      await route.fulfill({
        status: 503,
        headers: { "content-type": "application/problem+json", "retry-after": "1" },
        body: JSON.stringify({ type: "", title: "", status: 503, detail: "", code: "overloaded" }),
      })
    })
    await press(page, "Reserve")
    await reads(page, "High demand, trying again")
    await reads(page, "1 unit reserved for you")
    expect(new Set(keys).size).toBe(1)
    const [first = 0, second = 0] = askedAt
    expect(second - first).toBeGreaterThanOrEqual(1_000)
  })

  test("sees how many units are left after requesting more", async () => {
    const id = await offerLamp(app, { stock: 3 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await press(page, "Increase quantity")
    await page.route("**/api/holds", async (route) => {
      await app.crowd.holds.create({ product_id: id, qty: 2 })
      await route.continue()
    })
    await press(page, "Reserve")
    await page.getByText("Only 1 left. Choose fewer.").first().waitFor()
    await page.unroute("**/api/holds")
    await holdUnits(page)
    await expect.poll(holdsOf(app, id)).toEqual(["2 active", "1 active"])
  })

  test("with a clock an hour ahead, sees the sale open at the server's time", async () => {
    const opensAt = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 4_000).toISOString()
    const id = await offerLamp(app, { opens_at: opensAt })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await page.addInitScript("{ const now = Date.now; Date.now = () => now() + 3_600_000 }")
    await visit(page, id)
    await reads(page, "Not open yet")
    expect(await page.getByRole("button", { name: "Reserve" }).count()).toBe(0)
    await reads(page, "On sale now")
    const lateMs = Date.now() - Date.parse(opensAt)
    expect(lateMs).toBeGreaterThan(-500)
    expect(lateMs).toBeLessThan(3_000)
    await holdUnits(page)
  })

  test("sees that the sale is paused and resumed", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await app.shop.products.pause(id)
    await reads(page, "Sale paused")
    await app.shop.products.resume(id)
    await reads(page, "On sale now")
    expect(await page.getByRole("button", { name: "Reserve" }).isEnabled()).toBe(true)
  })

  test("buys with the keyboard alone", async () => {
    const id = await offerLamp(app)
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    const focused = () => page.evaluate("document.activeElement?.textContent")
    const tabTo = async (text: string) => {
      for (let tabs = 0; tabs < 12; tabs += 1) {
        await page.keyboard.press("Tab")
        if (String(await focused()).startsWith(text)) return
      }
      throw new Error(`${text} cannot be reached, only ${String(await focused())}`)
    }
    await tabTo("+")
    await page.keyboard.press("Enter")
    await tabTo("Reserve")
    await page.keyboard.press("Enter")
    await reads(page, "2 units reserved for you")
    expect(await focused()).toBe("2 units reserved for you")
    await tabTo("Check out")
    await page.keyboard.press("Space")
    await reads(page, "Awaiting your payment")
    await tabTo(PAY)
    await page.getByRole("button", { name: PAY }).click({ trial: true })
    await page.keyboard.press("Enter")
    await page.waitForURL("**/simulator/pay/*")
    await tabTo("Pay")
    await page.keyboard.press("Enter")
    await reads(page, "Order paid")
  })

  test("hears important changes, but not every second of a countdown", async () => {
    const id = await offerLamp(app, { hold_ttl_seconds: 62 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.evaluate(
      `globalThis.said = []
       const live = document.querySelector("[role=status]")
       new MutationObserver(() => said.push(live.textContent))
         .observe(live, { childList: true, characterData: true, subtree: true })`,
    )
    await holdUnits(page)
    await page.getByText("One minute left.").waitFor({ state: "attached" })
    await giveBack(page, "reservation")
    await page.getByText("Reservation cancelled").first().waitFor()
    expect(await page.evaluate("said")).toEqual([
      "Reserving…",
      "1 unit reserved for you.",
      "One minute left.",
      "On sale now. Reservation cancelled. The units have been given back.",
    ])
  })
})
