import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import {
  ADMIN_TOKEN,
  hold,
  offer,
  order,
  pay,
  productNow,
  signature,
  startClosedApp,
} from "../support/shop.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { goBack, putOnSale, sees, signIn, watchedPage, type WatchedPage } from "./admin-browser.ts"

describe.skipIf(leavesOutBrowser())("prices and money in the control room", { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Browser
  let watched: WatchedPage
  let page: Page

  beforeAll(async () => {
    app = await startClosedApp({ worker: true })
    browser = await launchBrowser()
    const size = { width: 1280, height: 900 }
    const context = await browser.newContext({ viewport: size, timezoneId: "Europe/Berlin", locale: "en" })
    watched = await watchedPage(context)
    page = watched.page
    await page.goto(`${app.url}/admin`)
    await signIn(page, ADMIN_TOKEN)
    await page.getByRole("heading", { name: "Products" }).waitFor()
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  /** The browser's validation message about a field. */
  function saidOf(label: string): Promise<string> {
    const field = page.getByLabel(label, { exact: true })
    return field.evaluate(
      ({ validationMessage }: { readonly validationMessage: string }) => validationMessage,
    )
  }

  async function paidOrder(productId: number, quantity: number): Promise<number> {
    const { hold_id, token } = await hold(app, productId, quantity)
    const { order_id } = await order(app, hold_id, token)
    const raw = JSON.stringify({ idempotency_key: `k-${order_id}`, order_id, status: "success" })
    expect((await pay(app, {}, { raw, headers: signature(raw) })).body.outcome).toBe("paid")
    return order_id
  }

  test("accepts a price as usually written, and shows how it was understood", async () => {
    await page.goto(`${app.url}/admin/new`)
    await sees(page, "Empty: as soon as it is put on sale")
    await page.getByRole("textbox", { name: "Name" }).fill("Brass lamp")
    await page.getByLabel("Stock").fill("3")
    await page.getByLabel("Price").fill("129.5")
    await sees(page, "= €129.50")
    await page.getByLabel("Price").fill("1.299,5")
    await sees(page, "= €1,299.50")
    await page.getByLabel("Price").fill("1,299")
    await sees(page, "Enter a price such as 129 or 129.00, with at most 2 decimals.")
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Put on sale…" }).click()
    expect(await page.getByRole("dialog").count()).toBe(0)
    expect(page.url()).toBe(`${app.url}/admin/new`)
    expect(await saidOf("Price")).toContain("Enter a price such as 129")

    await page.getByLabel("Price").fill("129.00")
    await page.getByLabel("Currency").fill("euro")
    await sees(page, "“euro” is not a currency in use. Enter three letters, such as EUR, USD or JPY.")
    expect(await saidOf("Currency")).toContain("is not a currency in use")
    await page.getByLabel("Currency").fill("jpy")
    await sees(page, "Enter a price such as 129: JPY has no decimals.")
    await page.getByLabel("Currency").fill("eur")
    await sees(page, "= €129.00")
    await putOnSale(page)
    await page.getByRole("heading", { name: "Brass lamp" }).waitFor()
    const id = Number(page.url().split("/").at(-1))
    expect(await productNow(app, id)).toMatchObject({ price_minor: 12_900, currency: "EUR" })

    await page.goto(`${app.url}/admin/p/${id}/edit`)
    await sees(page, "= €129.00")
    expect(await page.getByLabel("Price").inputValue()).toBe("129.00")
  })

  test("asks for confirmation before settings end a running sale or change its price", async () => {
    const { id } = await offer(app, { name: "Running lamp" }, ADMIN_TOKEN)
    await page.goto(`${app.url}/admin/p/${id}/edit`)
    await page.getByLabel("Price").fill("0.01")
    await page.getByRole("button", { name: "Save" }).click()
    await sees(page, "Change the price of Running lamp to €0.01?")
    expect(await findFaults(page)).toEqual([])
    await goBack(page)
    expect(await productNow(app, id)).toMatchObject({ price_minor: 9_999 })

    await page.getByLabel("Price").fill("99.99")
    await page.getByLabel("Closes").fill("2026-01-01T13:00:00")
    await page.getByRole("button", { name: "Save" }).click()
    await sees(page, "End the sale of Running lamp?")
    expect(await productNow(app, id)).toMatchObject({ sale_state: "open" })
    await page.getByRole("button", { name: "End the sale" }).click()
    await page.locator(".badge.closed").waitFor()
    expect(await productNow(app, id)).toMatchObject({ sale_state: "closed", price_minor: 9_999 })

    // The sale is closed, so a change of the price needs no confirmation.
    await page.goto(`${app.url}/admin/p/${id}/edit`)
    await page.getByLabel("Price").fill("5")
    await page.getByRole("button", { name: "Save" }).click()
    await page.locator(".badge.closed").waitFor()
    expect(await productNow(app, id)).toMatchObject({ price_minor: 500 })
  })

  test("refunds an amount as usually written", async () => {
    const { id } = await offer(app, { name: "Half back" }, ADMIN_TOKEN)
    const orderId = await paidOrder(id, 1)
    await page.goto(`${app.url}/admin/search?id=${orderId}`)
    await page.getByRole("button", { name: "Refund…" }).click()
    await page.getByLabel("Amount").fill("5.001")
    await sees(page, "Enter a price such as 129")
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    expect(await page.getByRole("dialog").count()).toBe(1)
    await page.getByLabel("Amount").fill("5")
    await sees(page, "= €5.00")
    await sees(page, "€5.00 will be refunded to the buyer")
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await page.getByRole("dialog").waitFor({ state: "detached" })

    const refunds = await app.get(`/api/admin/orders/${orderId}/refunds`, { token: ADMIN_TOKEN })
    expect(refunds.body.data).toMatchObject([{ amount_minor: 500 }])
  })

  test("shows the requested refund, earlier refunds and the rest of the payment", async () => {
    const { id } = await offer(app, { name: "Two parts" }, ADMIN_TOKEN)
    const orderId = await paidOrder(id, 1)
    await page.goto(`${app.url}/admin/search?id=${orderId}`)
    await page.getByRole("button", { name: "Refund…" }).click()
    await sees(page, "Empty: all that is left, €99.99 of €99.99")
    await page.getByLabel("Amount").fill("5")
    await page.getByLabel("Units to restock").fill("1")
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await sees(page, `Refund ${orderId}-1 of order ${orderId}: €5.00 to refund, 1 unit restocked.`)
    expect(await page.getByRole("link", { name: "money inbox", exact: true }).getAttribute("href")).toBe(
      "/admin/money",
    )
    expect(await findFaults(page)).toEqual([])

    await page.getByRole("button", { name: "Refund…" }).click()
    await sees(page, "Empty: all that is left, €94.99 of €99.99")
    await sees(page, `Refund ${orderId}-1: €5.00, waiting to be sent`)
    await sees(page, "€94.99 will be refunded to the buyer.")
    expect(await findFaults(page)).toEqual([])
    await page.getByLabel("Amount").fill("95")
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await sees(page, "At most €94.99 can be refunded.")
    await page.getByLabel("Amount").fill("")
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await sees(page, `Refund ${orderId}-2 of order ${orderId}: €94.99 to refund.`)
  })

  test("refuses an invalid id at its field, and sends no request for it", async () => {
    const asked: string[] = []
    page.on("request", (request) => void asked.push(request.url()))
    await page.goto(`${app.url}/admin/search`)
    await page.getByLabel("Customer id (exact)").waitFor()
    await page.getByLabel("Id", { exact: true }).fill("anna")
    await sees(page, "Enter a number, such as 17.")
    await page.getByRole("button", { name: "Search" }).click()
    expect(page.url()).toBe(`${app.url}/admin/search`)

    for (const query of ["id=anna", "product_id=1e99"]) {
      await page.goto(`${app.url}/admin/search?${query}`)
      await sees(page, "Enter a number, such as 17.")
      await sees(page, "No results.")
    }
    expect(asked.filter((url) => /\/api\/.*(?:NaN|anna|1e)/.test(url))).toEqual([])
  })

  test("says that there were no events", async () => {
    const { id } = await offer(app, { name: "Quiet lamp" }, ADMIN_TOKEN)
    await page.route("**/api/admin/actions*", (route) =>
      route.fulfill({ json: { data: [], next_cursor: null } }),
    )
    await page.goto(`${app.url}/admin/p/${id}`)
    await sees(page, "No events yet.")
    expect(await page.locator(".feed li").count()).toBe(0)
    await page.unroute("**/api/admin/actions*")
  })

  test("uses the singular for one unit", async () => {
    const { id } = await offer(app, { name: "Last lamp", stock: 2 }, ADMIN_TOKEN)
    await hold(app, id, 1)
    await page.goto(`${app.url}/admin/p/${id}`)
    await page.locator(".unit.held dd", { hasText: /^1/ }).waitFor()
    await page.getByRole("button", { name: "Set stock…" }).click()
    await sees(page, "1 unit is held or sold.")
    await page.getByLabel("Total units").fill("0")
    await page.getByRole("button", { name: "Set the stock to 0" }).click()
    await sees(page, "1 unit is held or sold; the stock cannot be lower.")
    await page.getByLabel("Total units").fill("1")
    await page.getByRole("button", { name: "Set the stock to 1", exact: true }).click()
    await page.getByRole("dialog").waitFor({ state: "detached" })
    expect(await productNow(app, id)).toMatchObject({ stock: 1 })
  })

  test("says in open mode that no sign-in is required", async () => {
    await using open = await startTestApp()
    await page.goto(`${open.url}/admin`)
    await sees(page, "Open mode: no sign-in required")
    expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(0)
    await page.goto(`${app.url}/admin`)
  })

  test("logs no browser error", () => {
    expect(watched.complaints).toEqual([])
  })
})
