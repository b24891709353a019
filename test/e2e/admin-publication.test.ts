import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { ADMIN_TOKEN, offer, startClosedApp } from "../support/shop.ts"
import { putOnSale, sees, signIn, watchedPage, type WatchedPage } from "./admin-browser.ts"

describe.skipIf(leavesOutBrowser())("a product's way to its buyers", { timeout: 60_000 }, () => {
  let app: TestApp
  let browser: Browser
  let watched: WatchedPage
  let page: Page

  beforeAll(async () => {
    app = await startClosedApp()
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

  /** Presses a button of the live screen and the button that confirms it. */
  async function confirm(button: string, action: string): Promise<void> {
    await page.getByRole("button", { name: button }).click()
    await page.getByRole("dialog").getByRole("button", { name: action }).click()
    await page.getByRole("dialog").waitFor({ state: "detached" })
  }

  async function seenByBuyers(id: number): Promise<unknown> {
    const { status, body } = await app.get(`/api/products/${id}`)
    return status === 200 ? (body.status ?? body.sale_state) : status
  }

  test("is saved as a draft by default, looked at, put on sale, archived and made a draft again", async () => {
    await page.goto(`${app.url}/admin/new`)
    await page.getByRole("textbox", { name: "Name" }).fill("Night lamp")
    await page.getByLabel("Price").fill("129,5")
    await page.getByLabel("Stock").fill("20")
    await page.getByRole("textbox", { name: "Name" }).press("Enter")
    await page.locator(".badge.draft").waitFor()
    const id = Number(page.url().split("/").at(-1))
    expect(await seenByBuyers(id)).toBe(404)
    expect(await findFaults(page)).toEqual([])

    await page.getByRole("link", { name: "Preview" }).click()
    await sees(page, "Preview. Only you see this page")
    await page.getByRole("heading", { name: "Night lamp" }).waitFor()
    await page.goBack()

    await page.getByRole("button", { name: "Put on sale…" }).click()
    await sees(page, "Price: €129.50 per unit. Stock: 20 units.")
    await sees(page, "The sale is open at once")
    await sees(page, "Buyers can order, but not pay here")
    expect(await seenByBuyers(id)).toBe(404)
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("dialog").getByRole("button", { name: "Put on sale" }).click()
    await page.locator(".badge.open").waitFor()
    expect(await seenByBuyers(id)).toBe("open")

    await confirm("Archive…", "Archive the product")
    await page.locator(".badge.archived").waitFor()
    expect(await seenByBuyers(id)).toBe(404)
    await confirm("Take out of the archive…", "Make it a draft")
    await page.locator(".badge.draft").waitFor()
    await confirm("Sell unlisted…", "Make it unlisted")
    await sees(page, "On sale, unlisted")
    expect(await seenByBuyers(id)).toBe("unlisted")
    expect(watched.complaints).toEqual([])
  })

  test("can begin with a sale that opens later, is opened now, closed, and reopened", async () => {
    await page.goto(`${app.url}/admin/new`)
    await page.getByRole("textbox", { name: "Name" }).fill("Later lamp")
    await page.getByLabel("Price").fill("5")
    await page.getByLabel("Stock").fill("1")
    await page.getByLabel("Opens").fill("2036-01-01T13:00:00")
    await putOnSale(page)
    await page.locator(".badge.scheduled").waitFor()
    const id = Number(page.url().split("/").at(-1))

    await confirm("Open now…", "Open the sale")
    await page.locator(".badge.open").waitFor()
    await confirm("Close now…", "Close the sale")
    await page.locator(".badge.closed").waitFor()
    await confirm("Reopen…", "Reopen the sale")
    await page.locator(".badge.open").waitFor()
    expect(await seenByBuyers(id)).toBe("open")
  })

  test("the list of products shows where they stand, and those of one status", async () => {
    const [draft, listed] = [
      await offer(app, { name: "A draft", status: "draft" }, ADMIN_TOKEN),
      await offer(app, { name: "A listed one" }, ADMIN_TOKEN),
    ]
    await page.goto(`${app.url}/admin`)
    await page.getByRole("link", { name: listed.name }).waitFor()
    await page.getByRole("link", { name: draft.name }).waitFor()
    await page.getByLabel("Show").selectOption("Drafts")
    await page.getByRole("link", { name: listed.name }).waitFor({ state: "detached" })
    await page.getByRole("link", { name: draft.name }).waitFor()
    expect(await findFaults(page)).toEqual([])
  })
})

test("the preview of a draft is for the shop alone, and no cache keeps it", async () => {
  await using app = await startClosedApp({ config: { languages: ["en", "de"] } })
  const { id } = await offer(app, { name: "Secret lamp", status: "draft" }, ADMIN_TOKEN)

  const stranger = await app.get(`/admin/p/${id}/preview`)
  expect(stranger).toMatchObject({ status: 302, headers: { location: `/admin/p/${id}` } })
  const shown = await app.get(`/admin/p/${id}/preview`, { token: ADMIN_TOKEN })
  expect(shown.body).toContain("Secret lamp")
  expect(shown.body).toContain(`/admin/p/${id}/preview?lang=de`)
  expect(shown.headers).toMatchObject({ "cache-control": "no-store", "x-robots-tag": "noindex" })
  expect((await app.get("/admin/p/4000000/preview", { token: ADMIN_TOKEN })).status).toBe(404)
})
