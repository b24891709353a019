import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Product } from "../../client/src/index.ts"
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
import { closed } from "../support/shop.ts"
import { sees, watchedPage } from "./admin-browser.ts"
import { press, reads, visit } from "./storefront.ts"

const phone = { width: 390, height: 760 }
const desk = { width: 1280, height: 900 }

/** The words of the product, and what the shop gives for them. */
const OWN = { name: "Court shoe", size: "Size", red: "Red", blue: "Midnight blue", kit: "Signed edition" }
const GIVEN = {
  de: { name: "Hallenschuh", size: "Farbe", red: "Rot", blue: "Mitternachtsblau", kit: "Signierte Ausgabe" },
  ar: { name: "حذاء رياضي", size: "اللون", red: "أحمر", blue: "أزرق ليلي", kit: "إصدار موقّع" },
}
const titles = { de: "Deutsch", ar: "العربية" }
type Tag = keyof typeof GIVEN

describe.skipIf(leavesOutBrowser())("the words of options and variants", { timeout: 180_000 }, () => {
  let browser: Browser
  let app: BrowserShop
  let productId: number
  let variants: readonly number[]

  beforeAll(async () => {
    browser = await launchBrowser()
    app = await startBrowserShop({ config: { languages: ["en", "de", "ar"] } })
    const product = await offerShoe()
    productId = product.id
    variants = (product.variants ?? []).map(({ id }) => id)
    await app.shop.products.changeContent(productId, {
      translations: { de: translation("de"), ar: translation("ar") },
    })
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  function offerShoe({ shop }: BrowserShop = app): Promise<Product> {
    return shop.products.create({
      name: OWN.name,
      price_minor: 12_900,
      currency: "USD",
      collect: { email: "required" },
      variants: [OWN.red, `${OWN.blue} / 42`, OWN.kit].map((name) => ({
        name,
        stock: 5,
        options: { [OWN.size]: name === OWN.red ? OWN.red : OWN.blue },
      })),
    })
  }

  /** The product's texts in a language, as the server has them. */
  function translation(tag: Tag) {
    const { name, size, red, blue, kit } = GIVEN[tag]
    const words = { [OWN.blue]: blue, [OWN.red]: red, [OWN.kit]: kit, [OWN.size]: size }
    return { name, description: null, after_purchase: null, words }
  }

  test.each([phone, desk])("are filled in by the shop, at %j", async (viewport) => {
    const { id } = await offerShoe()
    const context = await browser.newContext({ baseURL: app.url, viewport, reducedMotion: "reduce" })
    const { page, complaints } = await watchedPage(context)
    await page.goto(`/admin/p/${id}/content`)
    for (const tag of ["de", "ar"] as const) {
      const region = page.getByRole("region", { name: `In ${titles[tag]}` })
      await region.getByLabel("Name").fill(GIVEN[tag].name)
      const words = region.getByRole("group", { name: /^Options, variants and descriptions/ })
      // A number has no word.
      expect(await words.locator("label").allInnerTexts()).toEqual([OWN.size, OWN.red, OWN.blue, OWN.kit])
      for (const word of ["size", "red", "blue", "kit"] as const)
        await words.getByLabel(OWN[word], { exact: true }).fill(GIVEN[tag][word])
    }
    await page.getByRole("button", { name: "Save" }).click()
    await sees(page, "Saved. Buyers see it within a few seconds.")
    expect(await findFaults(page)).toEqual([])

    expect((await app.shop.products.content(id)).translations).toEqual({
      de: translation("de"),
      ar: translation("ar"),
    })
    await page.reload()
    const arabic = page.getByRole("region", { name: `In ${titles.ar}` }).getByLabel(OWN.blue)
    expect([await arabic.inputValue(), await arabic.getAttribute("lang")]).toEqual([GIVEN.ar.blue, "ar"])
    expect(complaints).toEqual([])
    await context.close()
  })

  test("that no variant uses are shown as such, and can be removed", async () => {
    const { id } = await offerShoe()
    const de = translation("de")
    await app.shop.products.changeContent(id, {
      translations: { de: { ...de, words: { ...de.words, Sise: "Größe" } } },
    })
    const context = await browser.newContext({ baseURL: app.url, viewport: phone, reducedMotion: "reduce" })
    const { page } = await watchedPage(context)
    await page.goto(`/admin/p/${id}/content`)
    const unused = page.getByLabel("Sise")
    expect(await unused.inputValue()).toBe("Größe")
    await sees(page, "The product does not use this text any more.")
    await unused.fill("")
    await page.getByRole("button", { name: "Save" }).click()
    await sees(page, "Saved. Buyers see it within a few seconds.")
    expect((await app.shop.products.content(id)).translations).toEqual({ de })
    await context.close()
  })

  /** The words of the product itself and of the other language, of which the page shows none. */
  async function strangers(page: Page, tag: Tag): Promise<readonly string[]> {
    const shown = String(await page.evaluate("document.body.innerText"))
    const others = [OWN, GIVEN[tag === "de" ? "ar" : "de"]].flatMap((words) => Object.values(words))
    return others.filter((word) => shown.includes(word))
  }

  test.each([
    ["de", phone, germanMail],
    ["ar", desk, arabicMail],
  ] as const)("are read in %s from the page to the mail", async (tag, viewport, mail) => {
    const words = catalogues[tag]
    const given = GIVEN[tag]
    await using buyer = await newBuyer(browser, app, { locale: tag, viewport })
    const { page } = buyer
    await visit(page, productId)
    await page.getByRole("group", { name: given.size }).waitFor()
    await page.getByRole("button", { name: words.chooseOption(given.size) }).waitFor()
    const blue = `${given.blue} / 42`
    for (const name of [given.red, blue, given.kit]) await page.getByRole("radio", { name }).waitFor()
    expect(await strangers(page, tag)).toEqual([])

    // A live update has the product's own words, and the page goes on in its own.
    await page.getByRole("radio", { name: given.red }).check()
    const rival = await app.crowd.holds.create({
      product_id: productId,
      variant_id: variants[0] ?? 0,
      qty: 5,
    })
    await page.getByText(words.lackHeld(given.red)).first().waitFor()
    expect(await strangers(page, tag)).toEqual([])
    await app.crowd.withToken(rival.token).holds.release(rival.hold_id)
    await page.getByText(words.lackHeld(given.red)).first().waitFor({ state: "detached" })

    // A refusal names the variant in the page's language.
    await page.route("**/api/holds", (route) =>
      route.fulfill({
        status: 409,
        contentType: "application/problem+json",
        json: { code: "variant_disabled", status: 409, title: "x", variant_id: variants[0] },
      }),
    )
    await page.getByRole("button", { name: words.reserve }).click()
    await page.getByText(words.variantDisabled(given.red)).first().waitFor()
    await page.unroute("**/api/holds")

    await page.getByRole("radio", { name: blue }).check()
    await page.getByRole("button", { name: words.reserve }).click()
    await reads(page, words.reservedForYou(1))
    const bought = `${given.name}, ${blue}`
    await page.getByText(bought).waitFor()
    expect(await findFaults(page)).toEqual([])
    await page.reload()
    await page.getByText(bought).waitFor()
    await page.getByLabel(words.form.email).fill(`${tag}@buyer.example`)
    await press(page, words.checkOut)

    await reads(page, words.headlines.to_pay)
    await page.getByText(bought).waitFor()
    expect(await strangers(page, tag)).toEqual([])
    expect(await findFaults(page)).toEqual([])
    await page.goto("/orders")
    await page.getByText(bought).waitFor()
    await page.getByRole("main").getByRole("link", { name: bought }).click()
    await reads(page, words.headlines.to_pay)
    await page.getByText(bought).waitFor()
    await page.locator(".main-action .primary").click()
    await page.waitForURL("**/simulator/pay/*")
    await page.getByText(bought).waitFor()
    expect(await strangers(page, tag)).toEqual([])
    await press(page, payWords[tag].buttons.pay)
    await page.waitForURL("**/o/*")
    await reads(page, words.headlines.paid)
    await page.getByText(bought).waitFor()
    const orderId = Number(/\/o\/(\d+)/.exec(page.url())?.[1])

    const newest = page.getByRole("listitem").first().getByRole("link")
    const subject = async () => {
      await page.goto("/simulator/mail")
      return (await newest.count()) === 0 ? "" : newest.innerText()
    }
    await expect.poll(subject, { timeout: 15_000 }).toContain(mail.receiptSubject(orderId))
    await newest.click()
    expect(await page.locator("pre").innerText()).toContain(`1 × ${bought}`)
    expect(await strangers(page, tag)).toEqual([])

    // The shop reads its own words, whatever the buyer has read.
    expect((await app.shop.orders.get(orderId)).order.lines).toMatchObject([{ name: `${OWN.blue} / 42` }])
    expect((await app.get("/api/admin/orders.csv")).body).toContain(`${OWN.blue} / 42`)
  })

  test("stay on the page of an order when the shop has archived the product", async () => {
    // In open mode everybody reads what only the owner of an order may.
    await using own = await startBrowserShop({ config: { ...closed, languages: ["en", "de", "ar"] } })
    const product = await offerShoe(own)
    await own.shop.products.changeContent(product.id, { translations: { de: translation("de") } })
    const { hold_id, token } = await own.crowd.holds.create({
      product_id: product.id,
      variant_id: product.variants?.[0]?.id ?? 0,
      qty: 1,
    })
    const details = { email: "ada@buyer.example" }
    const { order_id } = await own.crowd.orders.create({ hold_id, token, details, language: "de" })
    await own.shop.products.change(product.id, { status: "archived" })
    await using buyer = await newBuyer(browser, own, { locale: "de" })
    await buyer.page.goto(`/o/${order_id}#${token}`)
    await buyer.page.getByText(`${GIVEN.de.name}, ${GIVEN.de.red}`).waitFor()
    expect(await strangers(buyer.page, "de")).toEqual([])
  })
})
