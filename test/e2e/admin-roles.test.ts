import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Role } from "../../client/src/admin.ts"
import type { TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { addOperator } from "../support/operators.ts"
import { ADMIN_TOKEN, hold, offer, order, pay, signature, startClosedApp } from "../support/shop.ts"
import { sees, signIn, watchedPage, type WatchedPage } from "./admin-browser.ts"

describe.skipIf(leavesOutBrowser())("a day's work of each role", { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Browser
  const open: { context: BrowserContext; watched: WatchedPage }[] = []

  beforeAll(async () => {
    app = await startClosedApp({ worker: true })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  /** Signs a new operator in to a browser of its own. */
  async function comes(name: string, role: Role): Promise<{ page: Page; token: string; id: number }> {
    const { token, operator_id: id } = await addOperator(app, { name, role })
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en" })
    const watched = await watchedPage(context)
    open.push({ context, watched })
    await watched.page.goto(`${app.url}/admin`)
    await signIn(watched.page, token)
    await watched.page.getByRole("heading", { name: "Products" }).waitFor()
    return { page: watched.page, token, id }
  }

  const screensOf = (page: Page) => page.getByRole("navigation").getByRole("link").allTextContents()
  /** The status of a request that the page sends with its session, as a curious operator may in the console. */
  const asksAnyway = (page: Page, method: string, path: string) =>
    page.evaluate<number, string[]>(
      async ([how = "", where = ""]) => (await fetch(where, { method: how })).status,
      [method, path],
    )
  const confirm = async (page: Page, name: string) => {
    await page.getByRole("dialog").getByRole("button", { name }).click()
    await page.getByRole("dialog").waitFor({ state: "detached" })
  }

  test("a viewer looks at sales and actions, and nothing that changes anything is offered", async () => {
    const { id } = await offer(app, { name: "Lamp", stock: 5 }, ADMIN_TOKEN)
    const { hold_id, token } = await hold(app, id)
    const { order_id } = await order(app, hold_id, token)
    const { page } = await comes("Vera", "viewer")

    expect(await screensOf(page)).toEqual(["Products", "Activity"])
    expect(await page.getByRole("link", { name: "New product" }).count()).toBe(0)
    await page.getByRole("link", { name: "Lamp" }).click()
    await page.getByRole("heading", { name: "Lamp" }).waitFor()
    await page.getByRole("link", { name: "View in storefront" }).waitFor()
    const bar = page.getByRole("main")
    expect(await bar.getByRole("button").allTextContents()).toEqual([])
    expect(await page.getByRole("link", { name: /CSV|Settings|Pictures|Orders|Empty/ }).count()).toBe(0)
    expect(await findFaults(page)).toEqual([])
    await page.goto(`${app.url}/admin/orders/${order_id}`)
    await sees(page, "This page needs the role support.")
    await page.goto(`${app.url}/admin/shop`)
    await sees(page, "This page needs the role owner.")
    await page.goto(`${app.url}/admin/actions`)
    await sees(page, "Created the product: name Lamp")

    expect(await asksAnyway(page, "POST", `/api/admin/products/${id}/pause`)).toBe(403)
    expect(await asksAnyway(page, "POST", `/api/admin/orders/${order_id}/cancel`)).toBe(403)
    expect(await asksAnyway(page, "GET", "/api/admin/orders.csv")).toBe(403)
    expect(await asksAnyway(page, "GET", `/api/orders/${order_id}`)).toBe(404)
  })

  test("the support finds an order, cancels it and refunds another, and changes no product", async () => {
    const { id } = await offer(app, { name: "Chair", stock: 5 }, ADMIN_TOKEN)
    const first = await hold(app, id)
    const waiting = await order(app, first.hold_id, first.token)
    const second = await hold(app, id)
    const paid = await order(app, second.hold_id, second.token)
    const raw = JSON.stringify({
      idempotency_key: "roles",
      order_id: paid.order_id,
      status: "success",
      amount_minor: paid.total_minor,
    })
    expect((await pay(app, {}, { raw, headers: signature(raw) })).status).toBe(200)
    const { page } = await comes("Sam", "support")

    expect(await screensOf(page)).toEqual(["Products", "Money inbox", "Orders and holds", "Activity"])
    await page.goto(`${app.url}/admin/search?id=${waiting.order_id}`)
    expect(await page.getByRole("button", { name: "Erase" }).count()).toBe(0)
    await page.getByRole("link", { name: String(waiting.order_id), exact: true }).click()
    await page.getByRole("button", { name: "Cancel…" }).click()
    await confirm(page, "Cancel the order")
    await sees(page, "Cancelled")
    await page.goto(`${app.url}/admin/orders/${paid.order_id}`)
    await page.getByRole("button", { name: "Refund…" }).click()
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await sees(page, /Sam, control room/)
    await page.goto(`${app.url}/admin/p/${id}`)
    await page.getByRole("link", { name: "Export all orders (CSV)" }).waitFor()
    expect(await page.getByRole("button", { name: /Pause|stock|Close|Archive/ }).count()).toBe(0)

    expect(await asksAnyway(page, "POST", `/api/admin/products/${id}/pause`)).toBe(403)
    expect(await asksAnyway(page, "POST", "/api/admin/erase")).toBe(403)
  })

  test("a manager pauses and resumes a sale, and changes neither the shop nor the webhooks", async () => {
    const { id } = await offer(app, { name: "Table", stock: 5 }, ADMIN_TOKEN)
    const { page } = await comes("Mia", "manager")

    await page.getByRole("link", { name: "New product" }).waitFor()
    await page.goto(`${app.url}/admin/p/${id}`)
    await page.getByRole("button", { name: "Pause…" }).click()
    await confirm(page, "Pause the sale")
    await page.getByRole("button", { name: "Resume…" }).click()
    await confirm(page, "Resume the sale")
    await sees(page, /Resumed the sale \(Mia, control room\)/)
    await page.goto(`${app.url}/admin/p/${id}/edit`)
    await page.getByRole("button", { name: "Save" }).waitFor()
    expect(await screensOf(page)).not.toContain("Webhooks")
    await page.goto(`${app.url}/admin/operators`)
    await sees(page, "This page needs the role owner.")

    expect(await asksAnyway(page, "PATCH", "/api/admin/shop")).toBe(403)
    expect(await asksAnyway(page, "GET", "/api/admin/webhooks")).toBe(403)
    expect(await asksAnyway(page, "GET", "/api/admin/operators")).toBe(403)
  })

  test("an owner adds an operator, rotates the token, ends its sessions and disables it", async () => {
    const { page } = await comes("Olga", "owner")
    const added = await comes("Leaving", "support")
    await page.getByRole("link", { name: "Operators" }).click()
    await page.getByRole("heading", { name: "Operators" }).waitFor()

    await page.getByRole("button", { name: "New operator…" }).click()
    await page.getByLabel("Name").fill("Shop server")
    await page.getByLabel("For").selectOption("key")
    await page.getByLabel("May do").selectOption("holds:write orders:write")
    await confirm(page, "Add the operator")
    const token = (await page.locator("code.secret").textContent()) ?? ""
    expect(token).toMatch(/^dbo1_/)
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "I have stored it" }).click()
    await sees(page, "Key: holds:write, orders:write")

    await page.getByRole("button", { name: "Rotate token… Shop server" }).click()
    await confirm(page, "Rotate the token")
    expect(await page.locator("code.secret").textContent()).not.toBe(token)
    await page.getByRole("button", { name: "Disable… Leaving" }).click()
    await confirm(page, "Disable the operator")
    await sees(page, "Disabled")
    // The other browser asks again by itself, and then shows the sign-in form.
    await added.page.getByLabel("Token").waitFor({ timeout: 15_000 })
    await signIn(added.page, added.token)
    await sees(added.page, "Wrong token.")
  })

  test("an owner renames an operator, takes a role away and gives it again, and enables a disabled one", async () => {
    const { page } = await comes("Oskar", "owner")
    const changed = await comes("Mary", "manager")
    await page.getByRole("link", { name: "Operators" }).click()

    await page.getByRole("button", { name: "Change… Mary" }).click()
    await page.getByLabel("Name").fill("Marie")
    await page.getByLabel("May do").selectOption("viewer")
    expect(await findFaults(page)).toEqual([])
    await confirm(page, "Save")
    await page.getByRole("row", { name: /^Marie viewer/ }).waitFor()
    // The other page was opened with more; it notices when it asks for more, and offers less then.
    await changed.page.getByRole("link", { name: "Money inbox" }).click()
    await sees(changed.page, "This page needs the role support.")
    expect(await screensOf(changed.page)).toEqual(["Products", "Activity"])
    expect(await asksAnyway(changed.page, "POST", "/api/admin/products/1/pause")).toBe(403)

    await page.getByRole("button", { name: "Disable… Marie" }).click()
    await confirm(page, "Disable the operator")
    await page.getByRole("button", { name: "Enable… Marie" }).click()
    await confirm(page, "Enable the operator")
    const token = (await page.locator("code.secret").textContent()) ?? ""
    await changed.page.reload()
    await signIn(changed.page, token)
    await sees(changed.page, "Marie")
    await page.goto(`${app.url}/admin/actions`)
    await sees(page, `Changed operator ${changed.id}: name Marie, role viewer (Oskar, control room)`)
    await sees(page, `Enabled operator ${changed.id} (Oskar, control room)`)
  })

  test("signing out everywhere ends the sessions of both browsers", async () => {
    const { page, token } = await comes("Two Browsers", "viewer")
    const context = await browser.newContext({ locale: "en" })
    const { page: other } = await watchedPage(context)
    await other.goto(`${app.url}/admin`)
    await signIn(other, token)
    await sees(other, "Two Browsers")

    await page.getByRole("button", { name: "Sign out everywhere" }).click()

    await page.getByLabel("Token").waitFor()
    await other.getByLabel("Token").waitFor({ timeout: 15_000 })
    expect((await context.cookies()).map(({ value }) => value)).toEqual([expect.stringMatching(/^dbs2\./)])
    await other.reload()
    expect(await other.getByLabel("Token").count()).toBe(1)
  })

  test("no browser logged an error", () => {
    expect(open.flatMap(({ watched }) => watched.complaints)).toEqual([])
  })
})
