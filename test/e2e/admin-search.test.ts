import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { hold, offer, pay } from "../support/shop.ts"
import { sees, watchedPage, type WatchedPage } from "./admin-browser.ts"

const desk = { width: 1280, height: 900 }
const narrow = { width: 320, height: 800 }

describe.skipIf(leavesOutBrowser())("the search for orders", { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Browser
  let context: BrowserContext
  let watched: WatchedPage
  let page: Page
  const orderIds: number[] = []

  // Two orders of Anna and one of Ben, the last one paid.
  beforeAll(async () => {
    app = await startTestApp({ worker: true })
    const { id } = await offer(app, { name: "Jacket", collect: { email: "required", name: "required" } })
    for (const [name, reference] of [
      ["Anna Muster", "A-1"],
      ["Ben Beispiel", "B-1"],
      ["Anna Muster", "A-2"],
    ] as const) {
      const { hold_id } = await hold(app, id, 1, { customer_id: name.slice(0, 4).trim() })
      const details = { name, email: `${name.slice(0, 3)}@buyer.example` }
      const made = await app.post("/api/orders", { hold_id, details, reference })
      orderIds.push(made.body.order_id)
    }
    await pay(app, { order_id: orderIds[1], payment_id: "pi_ben" })
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: desk, timezoneId: "Europe/Berlin", locale: "en" })
    context.setDefaultTimeout(20_000)
    watched = await watchedPage(context)
    page = watched.page
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  const ids = () => page.getByRole("rowheader").allInnerTexts()
  async function finds(expected: readonly (number | undefined)[]): Promise<void> {
    await expect.poll(ids, { timeout: 15_000 }).toEqual(expected.map(String))
  }

  test("lists the newest orders first", async () => {
    await page.goto(`${app.url}/admin/search`)
    await finds(orderIds.toReversed())
    await sees(page, "Ben@buyer.example")
    const names = page.getByRole("cell").getByRole("link")
    expect(await names.allInnerTexts()).toEqual(["Jacket", "Jacket", "Jacket"])
    expect(await findFaults(page)).toEqual([])
  })

  test.each([
    ["Buyer's e-mail", "anna", []],
    ["Buyer's e-mail", "ANN@buyer.example", [2, 0]],
    ["Buyer's name", "muster", [2, 0]],
    ["Your reference", "B-1", [1]],
    ["Payment id", "pi_ben", [1]],
    ["Ordered from", "2000-01-01T00:00:00", [2, 1, 0]],
    ["Ordered before", "2000-01-01T00:00:00", []],
  ])("by %s: %s finds the orders %j", async (field, text, expected) => {
    await page.goto(`${app.url}/admin/search`)
    await page.getByLabel(field).fill(text)
    await page.getByRole("button", { name: "Search", exact: true }).click()
    await page.waitForURL(/search\?kind=orders/)
    await finds(expected.map((index) => orderIds[index]))
    if (expected.length === 0) await sees(page, "No results.")
    // The page still says what was searched for.
    expect(await page.getByLabel(field).inputValue()).toMatch(text.slice(0, 16))
  })

  test("keeps the buyer out of every address, and finds the same after a reload and on the way back", async () => {
    const asked: string[] = []
    page.on("request", (request) => asked.push(request.url()))
    await page.goto(`${app.url}/admin/search`)
    await page.getByLabel("Buyer's e-mail").fill("ben@buyer.example")
    await page.getByRole("button", { name: "Search", exact: true }).click()
    await finds([orderIds[1]])
    await page.reload()
    await finds([orderIds[1]])
    await page.getByLabel("Buyer's e-mail").fill("")
    await page.getByLabel("Buyer's name").fill("muster")
    await page.getByRole("button", { name: "Search", exact: true }).click()
    await finds([orderIds[2], orderIds[0]])
    await page.goBack()
    await finds([orderIds[1]])
    expect(await page.getByLabel("Buyer's e-mail").inputValue()).toBe("ben@buyer.example")
    await page.getByRole("rowheader").getByRole("link").click()
    await sees(page, "Ben Beispiel")
    await page.goBack()
    await finds([orderIds[1]])
    expect(page.url()).toBe(`${app.url}/admin/search?kind=orders`)
    expect(asked.some((url) => url.includes("/api/admin/orders/search"))).toBe(true)
    expect(asked.filter((url) => /ben|muster/i.test(url))).toEqual([])
  })

  test("does not offer what only orders have in a search for holds", async () => {
    await page.goto(`${app.url}/admin/search?kind=holds&reference=A-1`)
    expect(await page.getByLabel("Buyer's e-mail").count()).toBe(0)
    expect(await page.getByLabel("Your reference").inputValue()).toBe("A-1")
  })

  test("leads to a CSV file over all products", async () => {
    await page.goto(`${app.url}/admin/search`)
    const link = page.getByRole("link", { name: "Download all orders as CSV" })
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()])
    expect(download.suggestedFilename()).toBe("orders.csv")
  })

  test("erases the details of the buyer that was searched for, and of no other", async () => {
    await page.goto(`${app.url}/admin/search`)
    await page.getByLabel("Buyer's e-mail").fill("ann@buyer.example")
    await page.getByRole("button", { name: "Search", exact: true }).click()
    await finds([orderIds[2], orderIds[0]])
    await page.getByRole("button", { name: "Erase a buyer's details…" }).click()
    const dialog = page.getByRole("dialog")
    expect(await dialog.getByLabel("E-mail address").inputValue()).toBe("ann@buyer.example")
    expect(await findFaults(page)).toEqual([])
    await dialog.getByRole("button", { name: "Erase the details" }).click()

    await sees(page, "The details of this buyer were erased from 2 orders.")
    await finds([])
    await page.goto(`${app.url}/admin/search`)
    await finds(orderIds.toReversed())
    await sees(page, "Ben@buyer.example")
    expect(await page.getByText("Ann@buyer.example").count()).toBe(0)
    await page.goto(`${app.url}/admin/orders/${orderIds[0]}`)
    await sees(page, "No details: none were given, or they were erased.")
    await page.goto(`${app.url}/admin/actions`)
    await sees(page, "Erased a buyer's details (open mode)")
    expect(await page.content()).not.toMatch(/ann@buyer/i)
  })

  test("is not wider than a window of 320 pixels", async () => {
    await page.setViewportSize(narrow)
    await page.goto(`${app.url}/admin/search`)
    await finds(orderIds.toReversed())
    expect(await findFaults(page)).toEqual([])
    const widths = await page.evaluate<number[]>(
      `[...document.querySelectorAll(".search .field")].map((field) => Math.round(field.getBoundingClientRect().width))`,
    )
    expect(new Set(widths).size).toBe(1)
  })

  test("logs no browser error and no violation of its content security policy", () => {
    expect(watched.complaints).toEqual([])
  })
})
