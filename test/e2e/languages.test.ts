import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { languages, languageTags, type LanguageTag } from "../../client/src/languages.ts"
import { payWords } from "../../src/simulator/words.ts"
import { catalogues } from "../../web/storefront/words/catalogues.ts"
import {
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"

describe.skipIf(leavesOutBrowser())("a shop of six languages", () => {
  let browser: Browser
  let app: BrowserShop
  let productId: number

  beforeAll(async () => {
    browser = await launchBrowser()
    app = await startBrowserShop({ config: { languages: languageTags } })
    const { id } = await app.shop.products.create({
      name: "Court shoe",
      price_minor: 12_900,
      currency: "EUR",
      max_per_customer: null,
      variants: ["40", "41", "Donaudampfschifffahrtskapitän"].map((name) => ({
        name,
        stock: 10,
        options: { size: name },
      })),
      collect: { email: "required", name: "required", phone: "optional", shipping_address: "required" },
    })
    productId = id
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString()
    const other = { price_minor: 500, currency: "EUR", stock: 1 }
    await app.shop.products.create({ ...other, name: "Soon", opens_at: hours(20) })
    await app.shop.products.create({ ...other, name: "Later", opens_at: hours(200) })
    await app.shop.products.create({ ...other, name: "Over", opens_at: hours(-50), closes_at: hours(-40) })
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  // The way of a buyer, with the words of the catalogue. every-page.test.ts looks at the pages.
  test.each(languageTags)("a buyer orders and pays in %s", async (tag) => {
    await using buyer = await newBuyer(browser, app, { locale: tag, viewport: { width: 320, height: 700 } })
    const { page } = buyer
    const { words, press, reads } = buyerOf(page, tag)

    await page.goto("/find")
    await page.getByRole("heading", { level: 1, name: words.findOrder }).waitFor()
    await page.goto("/")
    await page.getByText(words.endedSales).click()
    await page
      .getByText(/\d+:\d\d:\d\d/)
      .nth(1)
      .waitFor()
    await page.getByRole("link", { name: "Court shoe" }).click()
    await page.locator(".clock", { hasText: /\d\d:\d\d:\d\d/ }).waitFor()
    expect(
      await page.evaluate("document.documentElement.lang + ' ' + getComputedStyle(document.body).direction"),
    ).toBe(`${tag} ${languages[tag].direction}`)
    await page.getByRole("radio", { name: "40" }).check()
    await press(words.reserve)
    await reads(words.reservedForYou(1))
    await page.getByLabel(words.form.email).waitFor()
    await press(words.checkOut)
    await page.getByText(words.form.missing.email).waitFor()
    await fillDetails(page, words)
    await press(words.checkOut)
    await reads(words.headlines.to_pay)
    await page.locator(".main-action .primary").click()
    await page.waitForURL("**/simulator/pay/*")
    await press(payWords[tag].buttons.pay)
    await page.waitForURL("**/o/*")
    await reads(words.headlines.paid)

    const orderId = Number(/\/o\/(\d+)/.exec(page.url())?.[1])
    expect(await app.shop.orders.get(orderId)).toMatchObject({ order: { language: tag } })
  })

  test("a buyer changes the language of a page, keeps the reservation, and is understood on the next page", async () => {
    await using buyer = await newBuyer(browser, app, { locale: "en" })
    const { page } = buyer
    await page.goto(`/p/${productId}`)
    const english = buyerOf(page, "en")
    await page.getByRole("radio", { name: "41" }).check()
    await english.press("Reserve")
    await english.reads(english.words.reservedForYou(1))
    await page.getByRole("navigation", { name: "Language" }).getByRole("link", { name: "Deutsch" }).click()
    const german = buyerOf(page, "de")
    await german.reads(german.words.reservedForYou(1))
    await page.goto("/")
    await page.getByRole("heading", { level: 1, name: german.words.onSale }).waitFor()
    expect(await buyer.context.cookies()).toMatchObject([{ name: "doorbuster_lang", value: "de" }])
  })
})

function buyerOf(page: Page, tag: LanguageTag) {
  return {
    words: catalogues[tag],
    press: (name: string) => page.getByRole("button", { name }).first().click(),
    reads: (headline: string) => page.getByRole("heading", { level: 2, name: headline }).waitFor(),
  }
}

async function fillDetails(page: Page, { form }: (typeof catalogues)["en"]): Promise<void> {
  await page.getByLabel(form.email).fill("ada@example.com")
  await page.getByLabel(form.name, { exact: true }).fill("Ada Lovelace")
  await page.getByLabel(form.country).selectOption("CH")
  await page.getByLabel(form.parts["Street and number"]).fill("Marktgasse 1")
  await page.getByLabel(form.parts["Postal code"]).fill("3011")
  await page.getByLabel(form.parts["City"]).first().fill("Bern")
}
