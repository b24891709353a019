import { readFile } from "node:fs/promises"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { ar as arabicMail } from "../../src/mail/words/ar.ts"
import { de as germanMail } from "../../src/mail/words/de.ts"
import { payWords } from "../../src/simulator/words.ts"
import { catalogues } from "../../web/storefront/words/catalogues.ts"
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
import { putOnSale, sees, watchedPage } from "./admin-browser.ts"
import { press, reads, visit } from "./storefront.ts"

const phone = { viewport: { width: 320, height: 640 } }
const desk = { width: 1280, height: 900 }

/** What the buyer tells, and no other row and line of this test contains. */
const told = {
  email: "Rosa.Wanderer@buyer.example",
  name: "Rosa Wandererin",
  phone: "+41 44 668 18 00",
  street: "Seilergraben 49b",
}

/** The product and the shop's question, in the buyers' languages. */
const NAME = { de: "Hallenschuh", ar: "حذاء رياضي" }
const ACCEPT = { de: "Ich akzeptiere die Bedingungen", ar: "أوافق على الشروط" }

interface Purchase {
  readonly tag: keyof typeof NAME
  readonly size: string
  readonly qty: number
}

describe.skipIf(leavesOutBrowser())("an order from the purchase to its erasure", { timeout: 300_000 }, () => {
  let browser: Browser
  let receiver: Receiver
  let app: BrowserShop

  beforeAll(async () => {
    browser = await launchBrowser()
    receiver = await startReceiver()
    app = await startBrowserShop({ config: { webhookAllowPrivate: true, languages: ["en", "de", "ar"] } })
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
  })

  /** Makes a draft of a shoe in two sizes with texts in three languages, looks at it and puts it on sale. Returns its id. */
  async function offerShoe(page: Page): Promise<number> {
    await page.goto(`${app.url}/admin/new`)
    await page.getByRole("textbox", { name: "Name" }).fill("Court shoe")
    await page.getByLabel("Price").fill("129,00")
    await page.getByLabel("Sell it in variants").check()
    await page.getByRole("button", { name: "Another variant" }).click()
    for (const [number, size] of [
      [1, "41"],
      [2, "42"],
    ]) {
      const variant = page.getByRole("group", { name: `Variant ${number}` })
      await variant.getByLabel("Name").fill(`${size}`)
      await variant.getByLabel("Stock").fill("5")
    }
    await page.getByLabel("E-mail address").selectOption("required")
    await page.getByLabel("Name", { exact: true }).last().selectOption("required")
    await page.getByLabel("Phone number").selectOption("optional")
    await page.getByLabel("Shipping address").selectOption("required")
    await page.getByLabel("Find a country").fill("switz")
    await page.getByLabel("Switzerland").check()
    await page.getByRole("button", { name: "Add a question" }).click()
    const question = page.getByRole("group", { name: "Question 1" })
    await question
      .getByLabel("Question", { exact: true })
      .fill(`en: I accept; de: ${ACCEPT.de}; ar: ${ACCEPT.ar}`)
    await question.getByLabel("Answer", { exact: true }).selectOption("checkbox")
    await question.getByLabel("Buyers have to").check()
    await page.getByRole("button", { name: "Save as draft" }).click()
    await page.locator(".badge.draft").first().waitFor()

    await page.getByRole("link", { name: "Pictures and texts" }).click()
    for (const [language, tag] of [
      ["Deutsch", "de"],
      ["العربية", "ar"],
    ] as const)
      await page
        .getByRole("region", { name: `In ${language}` })
        .getByLabel("Name")
        .fill(NAME[tag])
    await page.getByRole("button", { name: "Save" }).click()
    await sees(page, "Saved. Buyers see it within a few seconds.")
    await page.goBack()
    await putOnSale(page)
    await page.locator(".badge.open").first().waitFor()
    return Number(page.url().split("/").at(-1))
  }

  /** Chooses units of a size, tells everything, and pays, in the language of the page. Returns the order's id. */
  async function buy(page: Page, productId: number, { tag, size, qty }: Purchase): Promise<number> {
    const words = catalogues[tag]
    const { form } = words
    await visit(page, productId)
    await page.getByRole("heading", { level: 1, name: NAME[tag] }).waitFor()
    await page.getByRole("radio", { name: size }).check()
    for (let chosen = 1; chosen < qty; chosen += 1) await press(page, words.increase)
    await page.getByRole("button", { name: words.reserve }).click()
    await reads(page, words.reservedForYou(qty))
    await page.getByLabel(form.email).fill(told.email)
    await page.getByLabel(form.name, { exact: true }).fill(told.name)
    await page.getByLabel(form.phone).fill(told.phone)
    await page.getByLabel(form.country).selectOption("CH")
    await page.getByLabel(form.parts["Street and number"]).fill(told.street)
    await page.getByLabel(form.parts["Postal code"]).fill("8001")
    await page.getByLabel(form.parts.City).first().fill("Zürich")
    await page.getByLabel(ACCEPT[tag]).check()
    expect(await findFaults(page)).toEqual([])
    await press(page, words.checkOut)
    await reads(page, words.headlines.to_pay)
    await page.locator(".main-action .primary").click()
    await page.waitForURL("**/simulator/pay/*")
    await press(page, payWords[tag].buttons.pay)
    await page.waitForURL("**/o/*")
    await reads(page, words.headlines.paid)
    expect(await findFaults(page)).toEqual([])
    return Number(/\/o\/(\d+)/.exec(page.url())?.[1])
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
    await page.getByRole("cell", { name: told.name }).first().waitFor()
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
    await sees(page, "The details of this buyer were erased from 2 orders.")
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

  test("is offered, bought in German on a phone and in Arabic on a desk, mailed, refunded, exported, and erased", async () => {
    await app.shop.webhooks.create({ url: receiver.url, include_details: true })
    const { page, complaints } = await watchedPage(await browser.newContext({ viewport: desk, locale: "en" }))
    const productId = await offerShoe(page)
    await using buyer = await newBuyer(browser, app, { ...phone, locale: "de-CH" })
    const orderId = await buy(buyer.page, productId, { tag: "de", size: "42", qty: 2 })
    const receipt = await readMail(buyer.page, germanMail.receiptSubject(orderId))
    for (const line of [`2 × ${NAME.de}, 42`, "258,00", told.street, "8001 Zürich"])
      expect(receipt).toContain(line)
    const [link = "", proof = ""] = new RegExp(`${app.url}/o/${orderId}#(\\S+)`).exec(receipt) ?? []

    await using arab = await newBuyer(browser, app, { viewport: desk, locale: "ar" })
    const otherId = await buy(arab.page, productId, { tag: "ar", size: "41", qty: 1 })
    expect(await arab.page.evaluate("getComputedStyle(document.body).direction")).toBe("rtl")
    expect(await readMail(arab.page, arabicMail.receiptSubject(otherId))).toContain(NAME.ar)

    await using other = await newBuyer(browser, app, { viewport: desk, locale: "de" })
    await other.page.goto(link)
    await reads(other.page, catalogues.de.headlines.paid)
    await other.page.getByText(told.street).waitFor()
    expect(other.page.url()).toBe(`${app.url}/o/${orderId}`)

    await findByEmail(page, orderId)
    await refundHalf(page, orderId)
    const back = await readMail(buyer.page, "Erstattung von")
    expect(back).toContain(germanMail.refundReasons.part)
    const csv = (await downloadOrders(page)).split("\r\n")
    for (const id of [orderId, otherId])
      expect(csv.find((line) => line.startsWith(`${id},`))).toContain(
        `,${told.email},${told.name},'${told.phone},${told.street},,Zürich,,8001,CH,true`,
      )

    await expect.poll(events, { timeout: 15_000 }).toEqual([
      ["order.created", 4],
      ["order.paid", 4],
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
    await reads(other.page, catalogues.de.headlines.paid)
    expect(wordsIn(await other.page.content())).toEqual([])
    await buyer.page.goto(`${app.url}/simulator/mail`)
    expect(wordsIn(await buyer.page.content())).toEqual([])
    expect(complaints).toEqual([])
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })
})
