import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { startReceiver } from "../support/receiver.ts"
import { otherIntl } from "../support/other-intl.ts"
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
import { discard, goBack, sees, signIn, watchedPage, type WatchedPage } from "./admin-browser.ts"

describe.skipIf(leavesOutBrowser())("the forms of the control room", { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Browser
  let context: BrowserContext
  let watched: WatchedPage
  let page: Page
  /** The requests for changes that the page has sent. */
  const changes: string[] = []

  beforeAll(async () => {
    app = await startClosedApp({ worker: true })
    browser = await launchBrowser()
    const size = { width: 1280, height: 900 }
    context = await browser.newContext({ viewport: size, timezoneId: "Europe/Berlin", locale: "en" })
    // Gives the browser's Intl wrong decimals for every currency, as Firefox has them for some.
    await context.addInitScript(otherIntl)
    watched = await watchedPage(context)
    page = watched.page
    page.on("request", (request) => {
      const isChange = request.method() !== "GET" && request.url().includes("/api/")
      if (isChange) changes.push(`${request.method()} ${new URL(request.url()).pathname}`)
    })
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  const borderOf = (id: string) =>
    page.evaluate(`getComputedStyle(document.getElementById("${id}")).borderColor`)

  test("the sign-in field is marked invalid only after a wrong token", async () => {
    await page.goto(`${app.url}/admin`)
    const untouched = await borderOf("token")
    await signIn(page, "a wrong token")
    await sees(page, "Wrong token.")
    const refused = await borderOf("token")
    await signIn(page, ADMIN_TOKEN)
    await page.getByRole("heading", { name: "Products" }).waitFor()
    await page.goto(`${app.url}/admin/new`)
    await page.getByRole("heading", { name: "New product" }).waitFor()

    expect(untouched).toMatch(/^rgb/)
    expect(untouched).toBe(await borderOf("name"))
    expect(refused).not.toBe(untouched)
  })

  test("a required field that was left empty says so in words until it is filled in", async () => {
    await page.goto(`${app.url}/admin/new`)
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Lamp without stock")
    await page.getByLabel("Price", { exact: true }).fill("10")
    expect(await page.getByText("Fill in this field.").count()).toBe(0)
    await page.getByRole("button", { name: "Save as draft" }).click()
    await sees(page, "Fill in this field.")
    const stock = page.getByLabel("Stock", { exact: true })
    expect(await stock.getAttribute("aria-invalid")).toBe("true")
    await stock.fill("3")
    await expect.poll(() => page.getByText("Fill in this field.").count()).toBe(0)
    await page.getByRole("button", { name: "Save as draft" }).click()
    await page.getByRole("heading", { name: "Lamp without stock" }).waitFor()
  })

  test("the form says what the chosen customers need, and nothing where they need nothing", async () => {
    await context.clearCookies()
    await page.goto(`${app.url}/admin/new`)
    await signIn(page, ADMIN_TOKEN)
    const choice = page.getByLabel("Sold to")
    const hint = page.locator("#sold-to-hint")
    const hints: string[] = []
    for (const kind of ["signed", "email"]) {
      await choice.selectOption(kind)
      hints.push((await hint.textContent()) ?? "")
    }
    expect(hints).toEqual([expect.stringContaining("CUSTOMER_SECRETS"), expect.stringContaining("SMTP_URL")])
    await choice.selectOption("any")
    await hint.waitFor({ state: "detached" })
  })

  test("4,990 forints stay 4,990 in a browser whose Intl has other decimals", async () => {
    const { id } = await offer(app, { name: "Forint lamp", currency: "HUF", price_minor: 4_990 }, ADMIN_TOKEN)
    await page.goto(`${app.url}/p/${id}`)
    await page.getByText("HUF 4,990", { exact: true }).first().waitFor()

    await page.goto(`${app.url}/admin/p/${id}/edit`)
    expect(await page.getByLabel("Price").inputValue()).toBe("4990")
    await page.getByLabel("Price").fill("5990")
    await sees(page, "= HUF 5,990")
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByRole("button", { name: "Change the price" }).click()
    await page.getByRole("heading", { name: "Forint lamp", exact: true }).waitFor()
    expect(await productNow(app, id)).toMatchObject({ price_minor: 5_990, price: "5990" })
  })

  test("an opening time with a five-digit year is refused at its field and not sent", async () => {
    const opensAt = new Date(Date.now() + 86_400_000).toISOString()
    const closesAt = new Date(Date.now() + 172_800_000).toISOString()
    const times = { opens_at: opensAt, closes_at: closesAt }
    const { id } = await offer(app, { name: "Scheduled lamp", ...times }, ADMIN_TOKEN)
    await page.goto(`${app.url}/admin/p/${id}/edit`)
    changes.length = 0

    for (const label of ["Opens", "Closes"]) {
      const field = page.getByLabel(label)
      const before = await field.inputValue()
      await field.fill("20266-11-27T13:00")
      await sees(page, "Enter a date from 1970 to 9998 and a time.")
      await page.getByRole("button", { name: "Save" }).click()
      expect(await field.inputValue()).toBe("20266-11-27T13:00")
      expect(page.url()).toBe(`${app.url}/admin/p/${id}/edit`)
      await field.fill(before)
    }
    expect(await findFaults(page)).toEqual([])
    expect(changes).toEqual([])
    expect(await productNow(app, id)).toMatchObject({ sale_state: "scheduled", ...times })
  })

  test("an incomplete date is refused at its field and not taken for an empty one", async () => {
    const { id } = await offer(app, { name: "Half a date" }, ADMIN_TOKEN)
    await page.goto(`${app.url}/admin/p/${id}/edit`)
    changes.length = 0
    await page.getByLabel("Closes").focus()
    await page.keyboard.type("1127")
    await page.getByRole("button", { name: "Save" }).click()

    await sees(page, "Complete the date and the time, or clear the field.")
    expect(changes).toEqual([])
    expect(page.url()).toBe(`${app.url}/admin/p/${id}/edit`)
  })

  test("clearing the opening time of a scheduled sale needs confirmation", async () => {
    const opensAt = new Date(Date.now() + 86_400_000).toISOString()
    const { id } = await offer(app, { name: "Early lamp", opens_at: opensAt }, ADMIN_TOKEN)
    await page.goto(`${app.url}/admin/p/${id}/edit`)
    changes.length = 0
    await page.getByLabel("Opens").fill("")
    await page.getByRole("button", { name: "Save" }).click()

    await sees(page, "Open the sale of Early lamp now?")
    expect(await findFaults(page)).toEqual([])
    await goBack(page)
    expect(changes).toEqual([])
    expect(await productNow(app, id)).toMatchObject({ sale_state: "scheduled", opens_at: opensAt })

    await page.getByRole("button", { name: "Save" }).click()
    await page.getByRole("button", { name: "Open the sale" }).click()
    await page.locator(".badge.open").waitFor()
    expect(await productNow(app, id)).toMatchObject({ sale_state: "open", opens_at: null })
  })

  test("unreadable numbers are refused: limits, stock, units to restock", async () => {
    const { id } = await offer(app, { name: "Counted lamp", max_per_hold: 2 }, ADMIN_TOKEN)
    const held = await hold(app, id, 1)
    const { order_id } = await order(app, held.hold_id, held.token)
    const raw = JSON.stringify({ idempotency_key: "forms", order_id, status: "success" })
    await pay(app, {}, { raw, headers: signature(raw) })
    changes.length = 0

    async function refuses(label: string, written: string, button: string, text: string): Promise<void> {
      await page.getByLabel(label).fill("")
      await page.getByLabel(label).focus()
      await page.keyboard.type(written)
      await page.getByRole("button", { name: button, exact: true }).click()
      await sees(page, text)
    }
    await page.goto(`${app.url}/admin/p/${id}/edit`)
    await refuses("Limit per order", "1e", "Save", "Enter a whole number.")
    await page.getByLabel("Limit per order").fill("2")
    await refuses("Limit per customer", "1e3", "Save", "Enter a whole number, 1 or more.")

    await page.goto(`${app.url}/admin/p/${id}`)
    await page.getByRole("button", { name: "Set stock…" }).click()
    await refuses("Total units", "-", "Set the stock", "Enter a whole number.")

    await page.goto(`${app.url}/admin/search?id=${order_id}`)
    await page.getByRole("button", { name: "Refund…" }).click()
    await refuses("Units to restock", "+", "Refund", "Enter a whole number.")

    expect(changes).toEqual([])
    expect(await productNow(app, id)).toMatchObject({ max_per_hold: 2, max_per_customer: null, stock: 100 })
  })

  test("an invalid endpoint URL and resend time are refused at their fields", async () => {
    await app.post("/api/admin/webhooks", { url: "https://hook.invalid/forms" }, { token: ADMIN_TOKEN })
    await page.goto(`${app.url}/admin/webhooks`)
    changes.length = 0
    await page.getByRole("button", { name: "New endpoint…" }).click()
    await page.getByLabel("URL").fill("ftp://hook.invalid")
    await page.getByRole("button", { name: "Add the endpoint" }).click()
    await sees(page, "Enter an address that begins with https://, or an e-mail address.")
    await discard(page)

    await page.getByRole("button", { name: "Resend events…" }).click()
    await page.getByLabel("Since").fill("20266-11-27T13:00")
    await page.getByRole("button", { name: "Resend", exact: true }).click()
    await sees(page, "Enter a date from 1970 to 9998 and a time.")
    expect(changes).toEqual([])
  })

  test("an endpoint is sent a test event, and gets another address and other events", async () => {
    await using receiver = await startReceiver()
    // In open mode nobody signs in.
    await using shop = await startTestApp({ config: { webhookAllowPrivate: true } })
    const endpoint = await shop.post("/api/admin/webhooks", { url: receiver.url })
    await page.goto(`${shop.url}/admin/webhooks`)
    const testIt = page.getByRole("button", { name: "Send a test event" })
    await testIt.click()
    await sees(page, "Delivered: the endpoint answered 204.")
    expect(await findFaults(page)).toEqual([])
    receiver.answer((response) => void response.writeHead(500).end())
    await testIt.click()
    await sees(page, "Not delivered: the endpoint answered 500.")
    expect(receiver.received.map(({ event }) => event.type)).toEqual(["endpoint.test", "endpoint.test"])

    await page.getByRole("button", { name: "Change…" }).click()
    expect(await page.getByLabel("URL").inputValue()).toBe(receiver.url)
    await page.getByLabel("URL").fill("https://hook.invalid/other")
    await page.getByLabel("Order paid").check()
    await page.getByRole("button", { name: "Save the changes" }).click()
    await sees(page, "Enabled, for order.paid")
    const { body } = await shop.get(`/api/admin/webhooks/${endpoint.body.endpoint_id}`)
    expect(body).toMatchObject({ url: "https://hook.invalid/other", types: ["order.paid"], enabled: true })
  })

  test("a search for another kind than orders and holds finds nothing and explains it", async () => {
    await page.goto(`${app.url}/admin/search?kind=refunds`)
    await sees(page, "Search for orders or holds, not for “refunds”.")
    expect(await page.getByRole("table").count()).toBe(0)
  })

  test("logs no browser error", () => {
    expect(watched.complaints).toEqual([])
  })
})
