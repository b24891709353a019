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
import { runSql } from "../support/rows.ts"
import { holdUnits, offerLamp, order, PAY, payBy, press, reads, visit } from "./storefront.ts"

/** The width of the smallest phones. */
const phone = { viewport: { width: 320, height: 640 } }

const collecting: Partial<NewProductBody> = {
  name: "Tour poster, signed",
  collect: { email: "required", name: "required", phone: "optional", shipping_address: "required" },
  shipping_countries: ["CH", "US", "GB"],
  questions: [
    { key: "paper", kind: "choice", label: "Paper", choices: ["Matt", "Glossy"], required: true },
    {
      key: "size",
      kind: "choice",
      label: { en: "Size", de: "Grösse" },
      choices: ["A0", "A1", "A2", "A3", "A4", { value: "A5", label: { en: "A5, small", de: "A5, klein" } }],
    },
    { key: "words", kind: "text", label: "Dedication", help: "Up to ten words." },
    {
      key: "terms",
      kind: "checkbox",
      label: "I accept the terms",
      link: "https://shop.example/terms",
      required: true,
    },
  ],
}

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 8"><rect width="6" height="8"/></svg>`

/** An element of the page, whose types this file does not have. */
interface ScrollTarget {
  scrollIntoView(options: { readonly block: "end" }): void
}

describe.skipIf(leavesOutBrowser())("a buyer of a product that collects details", () => {
  let browser: Browser
  let app: BrowserShop

  beforeAll(async () => {
    browser = await launchBrowser()
    app = await startBrowserShop()
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  const field = (page: Page, label: string) => page.getByLabel(label, { exact: false }).first()
  const focused = (page: Page) => page.evaluate<string>("document.activeElement.id")

  async function hold(page: Page, more: Partial<NewProductBody> = {}): Promise<number> {
    const id = await offerLamp(app, { ...collecting, ...more })
    await visit(page, id)
    await holdUnits(page)
    await field(page, "E-mail").waitFor()
    return id
  }

  async function fillIn(page: Page): Promise<void> {
    await field(page, "E-mail").fill("anna@example.org")
    await field(page, "Name").fill("Anna Muster")
    await field(page, "Country").selectOption("CH")
    await field(page, "Street and number").fill("Bahnhofstrasse 1")
    await field(page, "Postal code").fill("8001")
    await field(page, "City").fill("Zürich")
    await page.getByRole("radio", { name: "Matt" }).check()
    await field(page, "Size").selectOption("A5")
    await page.getByRole("checkbox").check()
  }

  /** The ids of the fields of the address, in their order. */
  const addressFields = (page: Page) =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll(".address-fields :is(input, select)")].map(({ id }) => id.split("-").at(-1))`,
    )

  test("fills in the form on a small phone, pays, and reads the receipt", async () => {
    await using buyer = await newBuyer(browser, app, phone)
    const { page } = buyer
    await hold(page)
    await press(page, "Check out")
    await page.getByText("Enter your e-mail address.").waitFor()
    expect(await focused(page)).toBe("details-email")
    expect(await page.locator("[aria-invalid=true]").count()).toBeGreaterThan(3)
    await fillIn(page)
    expect(await page.locator("[aria-invalid=true]").count()).toBe(0)
    // The countdown is in sight at the end of the form as well.
    expect(await page.getByRole("timer").count()).toBe(1)
    const box = await page.getByRole("timer").boundingBox()
    expect(box?.y).toBeGreaterThanOrEqual(0)
    expect(box?.y).toBeLessThan(phone.viewport.height / 4)

    const orderId = await order(page)
    for (const line of ["anna@example.org", "Anna Muster", "CH-8001 Zürich", "Switzerland", "A5, small"])
      await page.getByText(line, { exact: true }).waitFor()
    expect((await app.crowd.orders.get(orderId)).details).toEqual({
      email: "anna@example.org",
      name: "Anna Muster",
      phone: null,
      shipping_address: {
        line1: "Bahnhofstrasse 1",
        line2: null,
        city: "Zürich",
        region: null,
        postal_code: "8001",
        country: "CH",
      },
      answers: { paper: "Matt", size: "A5", terms: true },
    })
    await payBy(page, "Pay")
    await reads(page, "Order paid")
    await page.getByText("The shop sends your order to the address below.").waitFor()
    await page.getByText("CH-8001 Zürich").waitFor()
    expect(await page.getByRole("button", { name: "Change details" }).count()).toBe(0)
  })

  test.each(["no-preference", "reduce"] as const)(
    "sees the first field after Reserve on a phone, with reduced motion: %s, and nothing moves when the page is opened again",
    async (reducedMotion) => {
      // Not a buyer of this file's, who asks no other server: the picture is at one.
      const viewport = { width: 320, height: 568 }
      const page = await browser.newPage({ baseURL: app.url, viewport, reducedMotion })
      await page.route("https://pictures.example/**", (route) =>
        route.fulfill({ contentType: "image/svg+xml", body: PICTURE }),
      )
      const id = await offerLamp(app, { ...collecting, image_url: "https://pictures.example/a.svg" })
      await visit(page, id)
      // As a thumb finds it: a picture fills the window, and the button is at its lower edge.
      const reserve = page.getByRole("button", { name: "Reserve" })
      await reserve.evaluate<void, ScrollTarget>((button) => button.scrollIntoView({ block: "end" }))
      await reserve.click()
      const bottom = async () => {
        const box = await field(page, "E-mail").boundingBox()
        return (box?.y ?? 1_000) + (box?.height ?? 0)
      }
      await expect.poll(bottom, { timeout: 8_000 }).toBeLessThanOrEqual(568)
      await page.goto(`/p/${id}`)
      await field(page, "E-mail").waitFor()
      expect(await page.evaluate("scrollY")).toBe(0)
      await page.close()
    },
  )

  test("sees the fields of the chosen country, and keeps what was typed in another one", async () => {
    await using buyer = await newBuyer(browser, app, { ...phone, locale: "en-GB" })
    const { page } = buyer
    await hold(page)
    // The browser's own country is chosen in advance.
    await field(page, "Postcode").waitFor()
    expect(await field(page, "Country").inputValue()).toBe("GB")
    expect(await field(page, "Country").locator("option").allInnerTexts()).toEqual([
      "Choose a country",
      "Switzerland",
      "United Kingdom",
      "United States",
    ])
    await expect.poll(() => addressFields(page)).toEqual(["country", "line1", "line2", "city", "postal_code"])
    await field(page, "Street and number").fill("1 Main St")
    await field(page, "Country").selectOption("US")
    await field(page, "ZIP code").waitFor()
    expect(await addressFields(page)).toEqual(["country", "line1", "line2", "city", "region", "postal_code"])
    expect(await field(page, "Street and number").inputValue()).toBe("1 Main St")
    await field(page, "Country").selectOption("CH")
    await field(page, "Postal code").waitFor()
    await expect.poll(() => addressFields(page)).toEqual(["country", "line1", "line2", "postal_code", "city"])
    const attributes = await page.evaluate(
      `["email", "name", "phone", "shipping_address-line1", "shipping_address-postal_code", "shipping_address-country"]
        .map((id) => document.getElementById("details-" + id))
        .map((element) => [element.type, element.autocomplete, element.inputMode, element.enterKeyHint].join(" ").trim())`,
    )
    expect(attributes).toEqual([
      "email email email next",
      "text name  next",
      "tel tel tel next",
      "text shipping address-line1  next",
      "text shipping postal-code  next",
      "select-one shipping country",
    ])
  })

  test("reads the server's refusal at its field, which has the focus", async () => {
    await using buyer = await newBuyer(browser, app, phone)
    const { page } = buyer
    const id = await hold(page)
    await fillIn(page)
    await field(page, "E-mail").fill("anna at example")
    await press(page, "Check out")
    await page.getByText("Enter an e-mail address, such as").waitFor()
    expect(await focused(page)).toBe("details-email")
    // The shop stops shipping to a country while its buyers fill in the form.
    await app.shop.products.change(id, { shipping_countries: ["US", "GB"] })
    await field(page, "E-mail").fill("anna@example.org")
    await page.route("**/api/products/*", (route) => route.abort())
    await press(page, "Check out")
    await page.getByText(/^Country must be/).waitFor()
    expect(await focused(page)).toBe("details-shipping_address-country")
  })

  test("finds what was typed after a reload and after the hold has expired", async () => {
    await using buyer = await newBuyer(browser, app, phone)
    const { page } = buyer
    const id = await hold(page, { hold_ttl_seconds: 12 })
    await fillIn(page)
    await page.reload()
    await field(page, "Postal code").waitFor()
    expect(await field(page, "Postal code").inputValue()).toBe("8001")
    expect(await page.getByRole("checkbox").isChecked()).toBe(true)
    await page.getByText("What you have entered is kept in this tab.").first().waitFor({ timeout: 20_000 })
    await app.shop.products.change(id, { hold_ttl_seconds: 120 })
    await holdUnits(page)
    await field(page, "Postal code").waitFor()
    expect(await field(page, "E-mail").inputValue()).toBe("anna@example.org")
    await order(page)
    // Another tab is another session: it is asked again. Consent is asked for again in the same tab, too.
    await visit(page, id)
    await holdUnits(page)
    await field(page, "Postal code").waitFor()
    expect(await field(page, "Postal code").inputValue()).toBe("8001")
    expect(await page.getByRole("checkbox").isChecked()).toBe(false)
    const tab = await buyer.newTab()
    await visit(tab, id)
    await field(tab, "E-mail").waitFor()
    expect(await field(tab, "E-mail").inputValue()).toBe("")
  })

  test("is asked on the order's page for details that an order lacks, and changes them until it is paid", async () => {
    await using buyer = await newBuyer(browser, app, phone)
    const { page } = buyer
    const placed = await app.crowd.holds.create({ product_id: await offerLamp(app, collecting), qty: 1 })
    const { order_id: id } = await app.crowd.orders.create(placed)
    await page.goto(`/o/${id}#${placed.token}`)
    await reads(page, "Details are missing")
    expect(await page.getByRole("button", { name: PAY }).count()).toBe(0)
    await field(page, "E-mail").waitFor()
    await fillIn(page)
    await press(page, "Save details")
    await reads(page, "Awaiting your payment")
    await press(page, "Change details")
    await field(page, "City").fill("Winterthur")
    await page.reload()
    await press(page, "Change details")
    expect(await field(page, "City").inputValue()).toBe("Winterthur")
    await press(page, "Save")
    await page.getByText("CH-8001 Winterthur").waitFor()
    await payBy(page, "Pay")
    await reads(page, "Order paid")
    expect((await app.crowd.orders.get(id)).details?.shipping_address?.city).toBe("Winterthur")
  })

  test("is not asked again for details that the shop has erased and no longer takes", async () => {
    await using buyer = await newBuyer(browser, app, phone)
    const { page } = buyer
    const placed = await app.crowd.holds.create({ product_id: await offerLamp(app, collecting), qty: 1 })
    const { order_id: id } = await app.crowd.orders.create(placed)
    await page.goto(`/o/${id}#${placed.token}`)
    await field(page, "E-mail").waitFor()
    await fillIn(page)
    await runSql(
      app.databaseUrl,
      `update order_details set erased_at = now(), awaited = false where order_id = ${id}`,
    )
    await press(page, "Save details")
    const notice = page.getByText("The shop has erased the details of this order")
    await notice.first().waitFor()
    await page.reload()
    await notice.first().waitFor()
    expect(await page.locator("form").count()).toBe(0)
  })

  test("orders with the keyboard alone", async () => {
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await hold(page, { questions: null, collect: { email: "required", shipping_address: "required" } })
    await page.getByRole("heading", { level: 2 }).focus()
    const keys = ["Tab", "anna@example.org", "Tab", "Sw", "Tab"]
    const address = ["Bahnhofstrasse 1", "Tab", "Tab", "8001", "Tab", "Zürich"]
    for (const key of keys) await (key === "Tab" ? page.keyboard.press(key) : page.keyboard.type(key))
    await field(page, "Postal code").waitFor()
    for (const key of address) await (key === "Tab" ? page.keyboard.press(key) : page.keyboard.type(key))
    await page.keyboard.press("Enter")
    await reads(page, "Awaiting your payment")
    await page.getByText("CH-8001 Zürich").waitFor()
    expect(await page.getByText("Bahnhofstrasse 1").count()).toBe(1)
  })

  test("of a product that collects nothing loads no form and is asked nothing", async () => {
    await using buyer = await newBuyer(browser, app)
    const { page, context } = buyer
    const asked: string[] = []
    context.on("request", (request) => asked.push(request.url()))
    await visit(page, await offerLamp(app))
    await holdUnits(page)
    expect(await page.locator("form, fieldset").count()).toBe(0)
    await order(page)
    expect(await page.locator("form, dl").count()).toBe(0)
    expect(asked.filter((url) => /details|addresses/.test(url))).toEqual([])
  })

  test.each<[string, (page: Page) => Promise<unknown>]>([
    ["the form", (page) => hold(page)],
    [
      "the form with errors",
      async (page) => (
        await hold(page),
        await press(page, "Check out"),
        await page.locator(".field-error").first().waitFor()
      ),
    ],
    [
      "the receipt",
      async (page) => (
        await hold(page),
        await fillIn(page),
        await order(page),
        await page.getByText("CH-8001 Zürich").waitFor()
      ),
    ],
    [
      "the form of an order",
      async (page) => {
        await hold(page)
        await fillIn(page)
        await order(page)
        await press(page, "Change details")
        await field(page, "City").waitFor()
      },
    ],
  ])("%s: axe finds nothing, nothing is too wide at 320 pixels, targets are large", async (_, come) => {
    await using buyer = await newBuyer(browser, app, phone)
    const { page } = buyer
    await come(page)
    const faults = await findFaults(page)
    for (const target of await page
      .locator("button:visible, input.field:visible, select:visible, label.option:visible")
      .all()) {
      const box = await target.boundingBox()
      if (box !== null && Math.min(box.height, box.width) < 44)
        faults.push(`${await target.innerText()} is small`)
    }
    expect(faults).toEqual([])
  })

  test("leaves every unit and every cent accounted for", async () => {
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })
})
