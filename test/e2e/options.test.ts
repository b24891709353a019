import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
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
import { press, reads, visit } from "./storefront.ts"

/** Of white there is no L, and of black one L alone, so that another buyer can reserve it. */
const STOCKS = { Black: { S: 12, M: 9, L: 1 }, White: { S: 4, M: 5 }, Red: { M: 2, L: 3 } }

const WORDS = {
  de: { colour: "Farbe", size: "Größe", Black: "Schwarz", White: "Weiß", Red: "Rot" },
  ar: { colour: "اللون", size: "المقاس", Black: "أسود", White: "أبيض", Red: "أحمر" },
}

const phone = { width: 320, height: 640 }
const desk = { width: 1280, height: 900 }
const host = "https://pictures.example"

describe.skipIf(leavesOutBrowser())("a buyer who chooses by option", { timeout: 120_000 }, () => {
  let browser: Browser
  let app: BrowserShop

  beforeAll(async () => {
    browser = await launchBrowser()
    app = await startBrowserShop({ config: { languages: ["en", "de", "ar"] } })
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  async function offerShirt(stocks: Readonly<Record<string, Readonly<Record<string, number>>>> = STOCKS) {
    const { id, variants = [] } = await app.shop.products.create({
      name: "Tour shirt",
      price_minor: 3_200,
      currency: "EUR",
      variants: Object.entries(stocks).flatMap(([colour, sizes]) =>
        Object.entries(sizes).map(([size, stock]) => ({
          name: `${colour} / ${size}`,
          stock,
          options: { colour, size },
          // White has a price of its own.
          price_minor: colour === "White" ? 3_500 : null,
        })),
      ),
    })
    const texts = { name: "Tour shirt", description: null, after_purchase: null }
    await app.shop.products.changeContent(id, {
      translations: { de: { ...texts, words: WORDS.de }, ar: { ...texts, words: WORDS.ar } },
    })
    return { id, of: (name: string) => variants.find((variant) => variant.name === name)?.id ?? 0 }
  }

  const group = (page: Page, name: string) => page.getByRole("group", { name, exact: true })
  const value = (page: Page, option: string, name: string) =>
    group(page, option).getByRole("radio", { name: new RegExp(String.raw`^${name}\s`, "u") })
  const states = (page: Page, option: string) => group(page, option).locator("label").allInnerTexts()
  const priceShown = (page: Page) => page.locator(".product-heading .price").innerText()
  const buyButton = (page: Page) => page.locator("form.hold-form button[type=submit]")

  /** What the page has moved by itself: a move within half a second after a tap counts, too. */
  async function watchShifts(page: Page): Promise<() => Promise<number>> {
    await page.addInitScript(
      `globalThis.shifts = []
       new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
         .observe({ type: "layout-shift", buffered: true })`,
    )
    return async () => {
      const shifts = await page.evaluate<number[]>("shifts")
      return shifts.reduce((sum, shift) => sum + shift, 0)
    }
  }

  async function buysBlackM(page: Page, tag: "de" | "ar", productId: number, variantId: number) {
    const words = catalogues[tag]
    expect(await buyButton(page).innerText()).toMatch(new RegExp(words.reserve, "u"))
    expect(await findFaults(page)).toEqual([])
    return async (go: (button: string) => Promise<void>) => {
      await go(words.reserve)
      await reads(page, words.reservedForYou(1))
      await go(words.checkOut)
      await reads(page, words.headlines.to_pay)
      const { colour, size, Black } = WORDS[tag]
      await page.getByText(`${colour}: ${Black} · ${size}: M`, { exact: true }).waitFor()
      expect(await findFaults(page)).toEqual([])
      const { data } = await app.shop.orders.list({ product_id: productId })
      expect(
        data.map(({ lines }) => lines?.map(({ variant_id, quantity }) => [variant_id, quantity])),
      ).toEqual([[[variantId, 1]]])
    }
  }

  test("buys black in M by tap, in German on a phone of 320 pixels, and nothing moves", async () => {
    const { id, of } = await offerShirt()
    await using buyer = await newBuyer(browser, app, { locale: "de", viewport: phone, hasTouch: true })
    const { page } = buyer
    const words = catalogues.de
    const moved = await watchShifts(page)
    await visit(page, id)
    // Colour comes first, although the server stores `size` before it.
    expect(await page.locator("form.hold-form legend").allInnerTexts()).toEqual(["Farbe", "Größe"])
    await page.getByRole("button", { name: words.chooseOption("Farbe") }).waitFor()
    expect(await priceShown(page)).toMatch(/^ab 32,00/)

    await value(page, "Farbe", "Weiß").tap()
    expect(await priceShown(page)).toMatch(/^35,00/)
    expect(await states(page, "Größe")).toEqual([
      expect.stringMatching(/^S\s+noch 4$/),
      expect.stringMatching(/^M\s+noch 5$/),
      expect.stringMatching(/^L\s+Nicht verfügbar$/),
    ])
    await page.getByRole("button", { name: words.chooseOption("Größe") }).waitFor()
    await value(page, "Größe", "M").tap()
    await value(page, "Farbe", "Schwarz").tap()
    expect(await value(page, "Größe", "M").isChecked()).toBe(true)
    expect(await priceShown(page)).toMatch(/^32,00/)
    expect(await moved()).toBeLessThan(0.02)

    const buy = await buysBlackM(page, "de", id, of("Black / M"))
    await buy((name) => page.getByRole("button", { name }).tap())
  })

  test("buys black in M by keyboard, in Arabic on a desk", async () => {
    const { id, of } = await offerShirt()
    await using buyer = await newBuyer(browser, app, { locale: "ar", viewport: desk })
    const { page } = buyer
    await visit(page, id)
    await page.getByRole("link", { name: "Doorbuster" }).focus()
    await page.keyboard.press("Tab")
    expect(await focusedValue(page)).toBe("أسود")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    expect(await focusedValue(page)).toBe("S")
    await page.keyboard.press("Space")
    for (const _ of ["M", "L"]) await page.keyboard.press("ArrowDown")
    expect(await value(page, "المقاس", "L").isChecked()).toBe(true)
    // Over white, of which there is no L, to red, and back.
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("ArrowDown")
    expect(await value(page, "اللون", "أبيض").isChecked()).toBe(true)
    expect(await value(page, "المقاس", "L").isChecked()).toBe(false)
    await page
      .getByRole("status")
      .getByText(`L: ${catalogues.ar.variantStates.missing}`)
      .waitFor({ state: "attached" })
    await page.keyboard.press("ArrowDown")
    expect(await value(page, "المقاس", "L").isChecked()).toBe(true)
    for (const _ of ["white", "black"]) await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Tab")
    expect(await focusedValue(page)).toBe("L")
    await page.keyboard.press("ArrowUp")

    const buy = await buysBlackM(page, "ar", id, of("Black / M"))
    await buy(async (name) => {
      await tabTo(page, name)
      await page.keyboard.press("Enter")
    })
  })

  test("waits for a colour that is all reserved in one size, and sees one that is sold out in it", async () => {
    const { id, of } = await offerShirt({ Black: { S: 5, L: 1 }, White: { S: 0, L: 2 } })
    const faster = await app.crowd.holds.create({ product_id: id, variant_id: of("Black / L"), qty: 1 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await value(page, "Size", "L").check()
    await value(page, "Colour", "Black").check()
    await page.getByText("All units of Black / L are reserved.").waitFor()
    await app.crowd.withToken(faster.token).holds.release(faster.hold_id)
    await page.getByRole("status").getByText("Black / L is available again.").waitFor({ state: "attached" })
    expect(await buyButton(page).getAttribute("aria-disabled")).toBe("false")

    await value(page, "Size", "S").check()
    expect(await states(page, "Colour")).toEqual([
      expect.stringMatching(/^Black\s+€32\.00\s+5 left$/),
      expect.stringMatching(/^White\s+€35\.00\s+Sold out$/),
    ])
    await value(page, "Colour", "White").check()
    await page.getByRole("status").getByText("White / S is sold out.").waitFor()
    expect(await buyButton(page).getAttribute("aria-disabled")).toBe("true")
    await value(page, "Size", "L").check()
    await press(page, "Reserve")
    await page.getByText("Colour: White · Size: L", { exact: true }).waitFor()
  })

  test("is led to the option that is missing, and keeps what was picked before the scripts ran", async () => {
    const { id } = await offerShirt()
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    let answer = (): void => undefined
    const hasPicked = new Promise<void>((resolve) => (answer = resolve))
    await page.route("**/assets/*.js", async (route) => {
      await hasPicked
      await route.continue()
    })
    await page.goto(`/p/${id}`, { waitUntil: "commit" })
    await value(page, "Colour", "Red").check()
    answer()
    await page.locator(".clock", { hasText: /\d\d:\d\d:\d\d/ }).waitFor()
    expect(await value(page, "Colour", "Red").isChecked()).toBe(true)
    // It says that it is disabled, and can be pressed.
    await page.getByRole("button", { name: "Choose a size" }).click({ force: true })
    await expect.poll(() => focusedValue(page)).toBe("S")
    await value(page, "Size", "L").check()
    await press(page, "Reserve")
    await page.getByText("Colour: Red · Size: L", { exact: true }).waitFor()
  })

  test("chooses several, and goes back to one", async () => {
    const { id } = await offerShirt()
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await value(page, "Colour", "Black").check()
    await value(page, "Size", "M").check()
    await page.getByLabel("Choose several").check()
    await press(page, "Increase quantity of Red / M")
    await press(page, "Decrease quantity of Black / M")
    await page.getByLabel("Choose several").uncheck()
    expect(await value(page, "Colour", "Red").isChecked()).toBe(true)
    expect(await value(page, "Size", "M").isChecked()).toBe(true)
  })

  test("sees the picture of the colour before a size is picked", async () => {
    const { id } = await app.shop.products.create({
      name: "Tour shirt",
      price_minor: 3_200,
      currency: "EUR",
      image_url: `${host}/shirt.svg`,
      variants: ["Black", "White"].flatMap((colour) =>
        ["M", "L"].map((size) => ({
          name: `${colour} / ${size}`,
          stock: 5,
          options: { colour, size },
          image_url: `${host}/${colour}.svg`,
        })),
      ),
    })
    const context = await browser.newContext({ baseURL: app.url, viewport: phone, locale: "en" })
    await context.route(`${host}/**`, (route) =>
      route.fulfill({
        contentType: "image/svg+xml",
        body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"></svg>`,
      }),
    )
    const page = await context.newPage()
    await visit(page, id)
    const shown = page.locator(".picture img")
    expect(await shown.getAttribute("src")).toBe(`${host}/shirt.svg`)
    await value(page, "Colour", "White").check()
    await expect.poll(() => shown.getAttribute("src")).toBe(`${host}/White.svg`)
    await context.close()
  })

  test("leaves every unit and every cent accounted for", async () => {
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })
})

/** The value of the focused radio button, or the text of the focused button. */
async function focusedValue(page: Page): Promise<string> {
  return page.evaluate<string>(
    `document.activeElement.type === "radio" ? document.activeElement.value : document.activeElement.innerText`,
  )
}

/** Presses Tab until the button of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 12; pressed += 1) {
    if ((await focusedValue(page)).startsWith(name)) return
    await page.keyboard.press("Tab")
  }
  throw new Error(`the focus does not reach ${name}`)
}
