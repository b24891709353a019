import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
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
import { type WatchedPage, goBack, putOnSale, sees, signIn, watchedPage } from "./admin-browser.ts"

const phone = { width: 390, height: 844 }
const desk = { width: 1280, height: 900 }

describe.skipIf(leavesOutBrowser())("the control room", { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Browser
  let context: BrowserContext
  let watched: WatchedPage
  let page: Page
  let productId = 0

  beforeAll(async () => {
    app = await startClosedApp({ worker: true })
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: desk, timezoneId: "Europe/Berlin", locale: "en" })
    watched = await watchedPage(context)
    page = watched.page
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  test("shows only the sign-in form without a session, and refuses a wrong token", async () => {
    await page.goto(`${app.url}/admin/money`)
    expect(await page.getByRole("navigation").count()).toBe(0)
    expect(await findFaults(page)).toEqual([])

    await signIn(page, "a wrong token")

    await sees(page, "Wrong token.")
    expect(page.url()).not.toContain("wrong")
    expect(await page.content()).not.toContain("a wrong token")
    expect(await findFaults(page)).toEqual([])
  })

  test("opens the requested page after the operator has signed in", async () => {
    await signIn(page, ADMIN_TOKEN)

    await page.getByRole("heading", { name: "Money inbox" }).waitFor()
    expect(page.url()).toBe(`${app.url}/admin/money`)
    expect(await page.evaluate("document.cookie")).toBe("")
  })

  test("creates a product, with its times in local time and in UTC", async () => {
    await page.goto(`${app.url}/admin`)
    await page.getByRole("link", { name: "New product" }).click()
    await page.getByRole("textbox", { name: "Name" }).fill("Night lamp")
    await page.getByLabel("Price").fill("49.00")
    await page.getByLabel("Stock").fill("20")
    await page.getByLabel("Opens").fill("2026-01-01T13:00:00")
    await sees(page, "= 2026-01-01 12:00:00 UTC")
    expect(await findFaults(page)).toEqual([])
    await putOnSale(page)

    await page.getByRole("heading", { name: "Night lamp" }).waitFor()
    productId = Number(page.url().split("/").at(-1))
    expect(await productNow(app, productId)).toMatchObject({
      stock: 20,
      price_minor: 4_900,
      opens_at: "2026-01-01T12:00:00.000Z",
      sale_state: "open",
    })
  })

  test("keeps the line breaks of a description", async () => {
    const description = "Brass.\nWith a shade."
    const { id } = await offer(app, { name: "Desk lamp", description }, ADMIN_TOKEN)
    await page.goto(`${app.url}/admin/p/${id}/edit`)
    await page.getByLabel("Description").press("End")
    await page.getByLabel("Description").pressSequentially(" Heavy.")
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByRole("heading", { name: "Desk lamp", exact: true }).waitFor()

    const { description: kept } = await productNow(app, id)
    expect(String(kept).split("\n")).toHaveLength(2)
    expect(kept).toContain("Heavy.")
    await page.goto(`${app.url}/admin/p/${productId}`)
  })

  test("names the unknown product of an address", async () => {
    await page.goto(`${app.url}/admin/p/999999`)
    await page.getByRole("heading", { name: "Product 999999" }).waitFor()
    await sees(page, "No such product")
    expect(await findFaults(page)).toEqual([])
    await page.goto(`${app.url}/admin/p/${productId}`)
    await page.getByRole("heading", { name: "Night lamp" }).waitFor()
  })

  test("shows the sale live", async () => {
    await hold(app, productId, 3)

    await page.locator(".unit.held dd", { hasText: /^3/ }).waitFor()
    await sees(page, "On sale")
    await sees(page, "€49.00 per unit")
    await sees(page, "In your time: opens 2026-01-01 13:00:00, closes never.")
    await sees(page, /Server time: \d{4}(-\d\d){2} \d\d(:\d\d){2} \(\d{4}(-\d\d){2} [\d:]{8} UTC\)/)
    await sees(page, "Connected")
    await page.getByText("Show the last minutes as a table").click()
    await page.locator(".chart tbody tr").first().waitFor()
    expect(await page.locator(".chart tbody tr").first().innerText()).toMatch(/17\s+3\s+0$/)
    await page.locator(".uplot canvas").waitFor()
  })

  test("shows what the sale has brought, and after a reload what happened before it", async () => {
    const { id } = await offer(app, { name: "Reload lamp", price_minor: 4_900 }, ADMIN_TOKEN)
    await page.goto(`${app.url}/admin/p/${id}`)
    await page.locator(".figures dd", { hasText: "€0.00 paid" }).waitFor()
    await hold(app, id, 1)
    const held = await hold(app, id, 3)
    const { order_id } = await order(app, held.hold_id, held.token)
    const raw = JSON.stringify({ idempotency_key: "reload", order_id, status: "success" })
    await pay(app, {}, { raw, headers: signature(raw) })

    await sees(page, "3 sold this minute")
    await page.reload()
    await sees(page, "3 sold this minute")
    await page.locator(".figures dd", { hasText: "50.0 % of holds" }).first().waitFor()
    expect(await page.locator(".figures").innerText()).toMatch(
      /Revenue\s+€147.00\s+€147.00 paid\s+Holds made\s+2\s+4 units\s+Orders made\s+1\s+3 units\s+50.0 % of holds\s+Orders paid\s+1\s+3 units\s+100.0 % of orders\s+50.0 % of holds/,
    )
    expect(await findFaults(page)).toEqual([])
    await page.goto(`${app.url}/admin/p/${productId}`)
    await page.locator(".unit.held dd", { hasText: /^3/ }).waitFor()
  })

  test("pauses and resumes a sale, each after confirmation", async () => {
    await page.getByRole("button", { name: "Pause…" }).click()
    await sees(page, "No new holds are possible")
    expect(await findFaults(page)).toEqual([])
    await goBack(page)
    expect(await productNow(app, productId)).toMatchObject({ sale_state: "open" })

    await page.getByRole("button", { name: "Pause…" }).click()
    await page.getByRole("button", { name: "Pause the sale" }).click()
    await page.locator(".badge.paused").waitFor()
    await page.getByRole("button", { name: "Resume…" }).click()
    await page.getByRole("button", { name: "Resume the sale" }).click()
    await page.locator(".badge.open").waitFor()
    await sees(page, "Paused the sale (control room)")
  })

  test("offers either to pause or to resume, before the opening as well", async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const { id } = await offer(app, { name: "Later sale", opens_at: soon }, ADMIN_TOKEN)
    const offered = () => page.locator(".actions > .button").allInnerTexts()
    const standing = ["Open now…", "Make unlisted…", "Archive…"]
    await page.goto(`${app.url}/admin/p/${id}`)
    await page.locator(".badge", { hasText: /^Scheduled$/ }).waitFor()
    expect(await offered()).toEqual(["Pause…", "Add stock…", "Set stock…", ...standing])

    await page.getByRole("button", { name: "Pause…" }).click()
    await sees(page, "When the sale opens, no units can be held")
    await page.getByRole("button", { name: "Pause the sale" }).click()
    await page.locator(".badge", { hasText: /^Scheduled, paused$/ }).waitFor()
    expect(await offered()).toEqual(["Resume…", "Add stock…", "Set stock…", ...standing])
    await page.goto(`${app.url}/admin/p/${productId}`)
    await page.locator(".badge.open").waitFor()
  })

  test("adds stock, and explains if the stock was changed in the meantime", async () => {
    await page.getByRole("button", { name: "Add stock…" }).click()
    await page.getByLabel("Units to add").fill("5")
    const change = { stock: 30, expected: 20 }
    await app.post(`/api/admin/products/${productId}/stock`, change, { token: ADMIN_TOKEN })
    await page.getByRole("button", { name: /^Set the stock to/ }).click()

    await sees(page, "The stock was changed to 30 in the meantime. Nothing was saved")
    expect(await productNow(app, productId)).toMatchObject({ stock: 30 })
    await page.getByRole("button", { name: "Set the stock to 35" }).click()
    await page.getByRole("dialog").waitFor({ state: "detached" })
    expect(await productNow(app, productId)).toMatchObject({ stock: 35 })
  })

  test("refunds a paid order, and confirms the refund in the money inbox", async () => {
    const { hold_id, token } = await hold(app, productId, 2, { customer_id: "anna" })
    const { order_id } = await order(app, hold_id, token)
    const raw = JSON.stringify({ idempotency_key: "e2e", order_id, status: "success", payment_id: "p-1" })
    expect((await pay(app, {}, { raw, headers: signature(raw) })).body.outcome).toBe("paid")

    await page.goto(`${app.url}/admin/search`)
    await page.getByLabel("Customer").fill("anna")
    await page.getByRole("button", { name: "Search" }).click()
    await page.getByRole("button", { name: "Refund…" }).click()
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await page.getByRole("dialog").waitFor({ state: "detached" })

    await page.getByRole("link", { name: "Money inbox" }).first().click()
    await sees(page, `Refund ${order_id}-1`)
    await page.getByRole("button", { name: "Mark as refunded…" }).click()
    await sees(page, "The refund counts as completed")
    await page.getByRole("button", { name: "Mark as refunded", exact: true }).click()
    await page.getByRole("heading", { name: `Refund ${order_id}-1` }).waitFor({ state: "detached" })
    const refunds = await app.get(`/api/admin/orders/${order_id}/refunds`, { token: ADMIN_TOKEN })
    expect(refunds.body.data).toMatchObject([{ status: "confirmed", amount_minor: 9_800 }])
  })

  test("cancels an order and releases a hold, each after confirmation", async () => {
    const { id } = await offer(app, { name: "Left behind" }, ADMIN_TOKEN)
    const first = await hold(app, id, 2)
    const { order_id } = await order(app, first.hold_id, first.token)
    await hold(app, id, 3)

    await page.goto(`${app.url}/admin/search?product_id=${id}`)
    await page.getByRole("button", { name: "Cancel…" }).click()
    await sees(page, `Cancel order ${order_id}?`)
    await sees(page, "Its 2 units become available to others at once")
    expect(await findFaults(page)).toEqual([])
    await goBack(page)
    expect(await productNow(app, id)).toMatchObject({ reserved_stock: 5 })
    await page.getByRole("button", { name: "Cancel…" }).click()
    await page.getByRole("button", { name: "Cancel the order" }).click()
    await page.getByRole("cell", { name: "Cancelled" }).waitFor()
    expect(await page.getByRole("button", { name: "Cancel…" }).count()).toBe(0)

    await page.goto(`${app.url}/admin/search?product_id=${id}&kind=holds`)
    await page.getByRole("button", { name: "Release…" }).click()
    await page.getByRole("button", { name: "Release the hold" }).click()
    await page.getByRole("cell", { name: "Released" }).waitFor()
    expect(await productNow(app, id)).toMatchObject({ available_stock: 100, reserved_stock: 0 })

    await page.goto(`${app.url}/admin/actions`)
    await sees(page, /Released hold \d+ \(control room\)/)
    await sees(page, `Cancelled order ${order_id} (control room)`)
  })

  test("adds an endpoint, and shows its secret once", async () => {
    await page.goto(`${app.url}/admin/webhooks`)
    await sees(page, "No endpoints yet.")
    await page.getByRole("button", { name: "New endpoint…" }).click()
    await page.getByLabel("URL").fill("https://hook.invalid/made-here")
    await page.getByLabel("Order paid").check()
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Add the endpoint" }).click()

    const secret = await page.locator(".secret").innerText()
    expect(secret).toMatch(/^whsec_[\w+/=]{40,}$/)
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "I have stored it" }).click()
    await page.locator(".secret").waitFor({ state: "detached" })
    await page.reload()
    await page.getByRole("heading", { name: "https://hook.invalid/made-here" }).waitFor()
    expect(await page.content()).not.toContain(secret)
    const list = await app.get("/api/admin/webhooks", { token: ADMIN_TOKEN })
    expect(list.body.data).toMatchObject([{ types: ["order.paid"] }])
  })

  test("disables an endpoint, enables it, rotates its secret, and deletes it", async () => {
    const heading = page.getByRole("heading", { name: "https://hook.invalid/made-here", exact: true })
    const endpoints = async () => (await app.get("/api/admin/webhooks", { token: ADMIN_TOKEN })).body.data
    await page.goto(`${app.url}/admin/webhooks`)
    await page.getByRole("button", { name: "Disable…" }).click()
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Disable the endpoint" }).click()
    await sees(page, "Disabled: by request, for order.paid")
    expect(await endpoints()).toMatchObject([{ enabled: false }])
    await page.getByRole("button", { name: "Enable…" }).click()
    await page.getByRole("button", { name: "Enable the endpoint" }).click()
    await sees(page, "Enabled, for order.paid")

    await page.getByRole("button", { name: "Rotate secret…" }).click()
    await page.getByRole("button", { name: "Rotate the secret" }).click()
    expect(await page.locator(".secret").innerText()).toMatch(/^whsec_[\w+/=]{40,}$/)

    await page.getByRole("button", { name: "Delete…" }).click()
    await goBack(page)
    expect(await endpoints()).toMatchObject([{ enabled: true }])
    await page.getByRole("button", { name: "Delete…" }).click()
    await page.getByRole("button", { name: "Delete the endpoint" }).click()
    await heading.waitFor({ state: "detached" })
    await page.locator(".secret").waitFor({ state: "detached", timeout: 1_000 })
    await sees(page, "No endpoints yet.")
    expect(await endpoints()).toEqual([])
  })

  test("resends outgoing events", async () => {
    const token = ADMIN_TOKEN
    const long = `https://hook.invalid/${"a-part-of-an-address/".repeat(8)}`
    await app.post("/api/admin/webhooks", { url: long }, { token })
    await hold(app, productId).then((held) => order(app, held.hold_id, held.token))

    await page.goto(`${app.url}/admin/webhooks`)
    await page.getByRole("button", { name: "Resend…" }).first().click()
    await page.getByRole("button", { name: "Resend", exact: true }).click()
    await page.getByRole("dialog").waitFor({ state: "detached" })

    const newest = async () => (await app.get("/api/admin/actions", { token })).body.data[0]
    // An action is recorded shortly after its answer.
    await expect.poll(newest).toMatchObject({ route: expect.stringMatching(/replay$/), way: "session" })
  })

  test("closes the sale at once", async () => {
    const { id } = await offer(app, { name: "Short sale" }, ADMIN_TOKEN)
    await page.goto(`${app.url}/admin/p/${id}`)
    await page.getByRole("button", { name: "Close now…" }).click()
    await page.getByRole("button", { name: "Close the sale" }).click()

    await page.locator(".badge.closed").waitFor()
    expect(await productNow(app, id)).toMatchObject({ sale_state: "closed" })
  })

  test.each([
    ["desk", desk],
    ["phone", phone],
  ])("is accessible in both themes on a %s", async (_, size) => {
    await page.setViewportSize(size)
    for (const path of [
      "",
      "/new",
      `/p/${productId}`,
      `/p/${productId}/edit`,
      "/money",
      "/search",
      "/webhooks",
      "/actions",
    ]) {
      await page.goto(`${app.url}/admin${path}`)
      await page.getByRole("heading", { level: 1 }).waitFor()
      await page.getByText("Loading…").first().waitFor({ state: "detached" })
      expect([path, await findFaults(page)]).toEqual([path, []])
    }
    await page.setViewportSize(desk)
  })

  test("refuses a form of a page of another origin", async () => {
    const action = `${app.url}/api/admin/products/${productId}/pause`
    const form = `<!doctype html><form method="post" enctype="text/plain" action="${action}"><button>Win</button></form>`
    const foreign = createServer((_request, response) => {
      response.setHeader("content-type", "text/html")
      response.end(form)
    })
    await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve))
    const { port } = foreign.address() as AddressInfo
    const tab = await context.newPage()
    try {
      // Another port of the same host is the same site, so the browser sends the cookie.
      await tab.goto(`http://127.0.0.1:${port}/`)
      await tab.getByRole("button", { name: "Win" }).click()

      // This refusal shows that the cookie was sent: without it the answer would be 401.
      await tab.waitForURL(action)
      expect(await tab.locator("body").innerText()).toContain(
        "A session is accepted only from the control room",
      )
      expect(await productNow(app, productId)).toMatchObject({ sale_state: "open" })
    } finally {
      await tab.close()
      foreign.close()
    }
  })

  test("signs the operator out", async () => {
    await page.goto(`${app.url}/admin`)
    await page.getByRole("button", { name: "Sign out" }).click()

    await page.getByLabel("Token").waitFor()
    expect(await context.cookies()).toEqual([])
  })

  test("logs no browser error and no violation of its content security policy", () => {
    expect(watched.complaints).toEqual([])
  })
})
