import { readFile } from "node:fs/promises"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { NewProductBody } from "../../client/src/admin.ts"
import {
  findFaults,
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { differencesIn } from "../support/database.ts"
import { startReceiver, type Receiver } from "../support/receiver.ts"
import { openScopedDatabase } from "../support/rows.ts"
import { sees, watchedPage } from "./admin-browser.ts"
import { offerShoe, order, payBy, press, reads, visit } from "./storefront.ts"

const phone = { viewport: { width: 320, height: 640 } }
const desk = { width: 1280, height: 900 }

const collecting: Partial<NewProductBody> = {
  collect: { email: "required", name: "required", phone: "optional", shipping_address: "required" },
  shipping_countries: ["CH", "DE"],
  questions: [{ key: "terms", kind: "checkbox", label: "I accept the terms", required: true }],
}

/** What the buyer tells, and no other row and line of this test contains. */
const told = {
  email: "Rosa.Wanderer@buyer.example",
  name: "Rosa Wandererin",
  phone: "+41 44 668 18 00",
  street: "Seilergraben 49b",
}

describe.skipIf(leavesOutBrowser())("an order from the purchase to its erasure", { timeout: 300_000 }, () => {
  let browser: Browser
  let receiver: Receiver
  let app: BrowserShop

  beforeAll(async () => {
    browser = await launchBrowser()
    receiver = await startReceiver()
    app = await startBrowserShop({ config: { webhookAllowPrivate: true } })
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
  })

  /** Chooses two units of size 42, tells everything, and pays. Returns the order's id. */
  async function buy(page: Page, productId: number): Promise<number> {
    await visit(page, productId)
    await page.getByRole("radio", { name: "42" }).check()
    await press(page, "Increase quantity")
    await press(page, "Reserve")
    await reads(page, "2 units reserved for you")
    await page.getByLabel("E-mail").fill(told.email)
    await page.getByLabel("Name").fill(told.name)
    await page.getByLabel("Phone").fill(told.phone)
    await page.getByLabel("Country").selectOption("CH")
    await page.getByLabel("Street and number").fill(told.street)
    await page.getByLabel("Postal code").fill("8001")
    await page.getByLabel("City").fill("Zürich")
    await page.getByLabel("I accept the terms").check()
    expect(await findFaults(page)).toEqual([])
    const orderId = await order(page)
    await payBy(page, "Pay")
    await reads(page, "Order paid")
    expect(await findFaults(page)).toEqual([])
    return orderId
  }

  /** Opens the newest mail once its subject begins like this. Returns its text. */
  async function readMail(page: Page, subject: string): Promise<string> {
    const link = page.getByRole("listitem").first().getByRole("link")
    const newest = async () => {
      await page.goto(`${app.url}/simulator/mail`)
      return (await link.count()) === 0 ? "" : link.innerText()
    }
    await expect.poll(newest, { timeout: 15_000 }).toContain(subject)
    await link.click()
    await page.getByText(`To: ${told.email}`).waitFor()
    expect(await findFaults(page)).toEqual([])
    return page.locator("pre").innerText()
  }

  /** Searches for the buyer's address by the form, and opens the order. */
  async function findByEmail(page: Page, orderId: number): Promise<void> {
    await page.goto(`${app.url}/admin/search`)
    await page.getByLabel("Buyer's e-mail").fill(told.email)
    await page.getByRole("button", { name: "Search", exact: true }).click()
    await page.getByRole("cell", { name: told.name }).waitFor()
    await page
      .getByRole("rowheader")
      .getByRole("link", { name: String(orderId) })
      .click()
    for (const line of [told.email, told.name, told.phone, told.street]) await sees(page, line)
  }

  async function refundHalf(page: Page, orderId: number): Promise<void> {
    await page.getByRole("button", { name: "Refund…" }).click()
    await page.getByLabel("Amount").fill("129.00")
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await page.getByRole("rowheader", { name: `${orderId}-1` }).waitFor()
    await page.getByRole("cell", { name: "completed" }).waitFor()
    await page.getByText("Until it is completed").waitFor({ state: "detached" })
  }

  async function downloadOrders(page: Page): Promise<string> {
    await page.goto(`${app.url}/admin/search`)
    const link = page.getByRole("link", { name: "Download all orders as CSV" })
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()])
    return readFile(await download.path(), "utf8")
  }

  async function erase(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Erase a buyer's details…" }).click()
    await page.getByLabel("E-mail address").fill(told.email)
    await page.getByRole("button", { name: "Erase the details" }).click()
    await sees(page, "The details of this buyer were erased from 1 order.")
  }

  /** The words of the buyer that each table has in a row. Tables without any are left out. */
  async function tablesWithDetails(): Promise<Record<string, string[]>> {
    await using database = openScopedDatabase(app.databaseUrl)
    const tables = await database.views.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name
         from information_schema.tables
        where table_type = 'BASE TABLE'
          and table_schema not in ('pg_catalog', 'information_schema')`,
    )
    const found: Record<string, string[]> = {}
    for (const { name } of tables.rows) {
      const { rows } = await database.views.query<{ text: string }>(
        `select t::text as text from ${name} as t`,
      )
      const words = wordsIn(rows.map(({ text }) => text).join("\n"))
      if (words.length > 0) found[name] = words
    }
    return found
  }

  function wordsIn(text: string): string[] {
    return Object.entries(told).flatMap(([word, value]) =>
      text.toLowerCase().includes(value.toLowerCase()) ? [word] : [],
    )
  }

  const events = () => receiver.received.map(({ event, body }) => [event.type, wordsIn(body).length])

  test("is bought on a phone, mailed, opened elsewhere, refunded in part, exported, and erased everywhere", async () => {
    await app.shop.webhooks.create({ url: receiver.url, include_details: true })
    const { id: productId } = await offerShoe(app, { "41": 5, "42": 5 }, collecting)
    await using buyer = await newBuyer(browser, app, phone)
    const orderId = await buy(buyer.page, productId)

    const receipt = await readMail(buyer.page, `Receipt for order ${orderId}`)
    for (const line of ["2 × Court shoe, 42", "EUR 258.00", told.street, "8001 Zürich"])
      expect(receipt).toContain(line)
    const [link = "", proof = ""] = new RegExp(`${app.url}/o/${orderId}#(\\S+)`).exec(receipt) ?? []

    await using other = await newBuyer(browser, app, { viewport: desk })
    await other.page.goto(link)
    await reads(other.page, "Order paid")
    await other.page.getByText(told.street).waitFor()
    expect(other.page.url()).toBe(`${app.url}/o/${orderId}`)

    const { page, complaints } = await watchedPage(await browser.newContext({ viewport: desk }))
    await findByEmail(page, orderId)
    await refundHalf(page, orderId)
    const back = await readMail(buyer.page, `Refund of EUR 129.00 for order ${orderId}`)
    expect(back).toContain("the shop has refunded a part of the price")
    const csv = await downloadOrders(page)
    expect(csv.split("\r\n").find((line) => line.startsWith(`${orderId},`))).toContain(
      `,${told.email},${told.name},'${told.phone},${told.street},,Zürich,,8001,CH,true`,
    )

    await expect.poll(events, { timeout: 15_000 }).toEqual([
      ["order.created", 4],
      ["order.paid", 4],
      ["payment.refund_due", 0],
    ])
    const before = await tablesWithDetails()
    expect(before).toEqual({ "public.order_details": ["email", "name", "phone", "street"] })

    await erase(page)
    expect(await tablesWithDetails()).toEqual({})
    const log = app.log.map((line) => JSON.stringify(line)).join("\n")
    expect(log).toContain(`"order_id":${orderId}`)
    expect(wordsIn(log)).toEqual([])
    expect([proof.length > 20, log.includes(proof)]).toEqual([true, false])
    await other.page.reload()
    await reads(other.page, "Order paid")
    expect(wordsIn(await other.page.content())).toEqual([])
    await buyer.page.goto(`${app.url}/simulator/mail`)
    expect(wordsIn(await buyer.page.content())).toEqual([])
    expect(complaints).toEqual([])
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })
})
