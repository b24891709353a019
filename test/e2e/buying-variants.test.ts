import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  findFaults,
  launchBrowser,
  leavesOutBrowser,
  newBuyer,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { differencesIn } from "../support/database.ts"
import {
  giveBack,
  holdsOf,
  lineReads,
  offerShoe,
  order,
  payBy,
  press,
  reads,
  sizeReads,
  visit,
} from "./storefront.ts"

describe.skipIf(leavesOutBrowser())("a buyer of a product with variants", () => {
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

  const buyButton = (page: Page) => page.locator("form.hold-form button[type=submit]")

  /** Another buyer, by the API: `sell` takes units for good, `hold` until `release`. */
  async function hold(productId: number, variantId: number, qty = 1) {
    return app.crowd.holds.create({ product_id: productId, variant_id: variantId, qty })
  }

  async function sell(productId: number, variantId: number, qty = 1): Promise<void> {
    const placed = await app.crowd.orders.create(await hold(productId, variantId, qty))
    await app.post("/api/payments/webhook", {
      idempotency_key: `sold-${placed.order_id}`,
      order_id: placed.order_id,
      status: "success",
    })
  }

  test("buys two sizes in one basket, with one hold, one countdown and one total", async () => {
    const { id, size } = await offerShoe(app, { "41": 3, "42": 3, "43": 3 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByLabel("Choose several").check()
    // Listed in the product's order, not in that of the presses.
    await press(page, "Increase quantity of 43")
    await press(page, "Increase quantity of 41")
    await press(page, "Increase quantity of 43")
    expect(await buyButton(page).innerText()).toMatch(/Reserve\s+€387\.00/)
    await press(page, "Reserve")
    await reads(page, "3 units reserved for you")
    await page.reload()
    await reads(page, "3 units reserved for you")
    expect(await page.getByRole("timer").count()).toBe(1)
    expect(await page.locator(".ticket-lines li").allInnerTexts()).toEqual([
      expect.stringMatching(/1 × 41\s+€129\.00/),
      expect.stringMatching(/2 × 43\s+€258\.00/),
    ])
    await expect.poll(holdsOf(app, id)).toEqual(["3 active"])
    const orderId = await order(page)
    await page.getByText("€387.00").first().waitFor()
    await payBy(page, "Pay")
    await reads(page, "Order paid")
    await page.getByText("2 × 43").waitFor()
    const bought = await app.crowd.orders.get(orderId)
    expect(bought.lines?.map(({ variant_id, quantity }) => [variant_id, quantity])).toEqual([
      [size("41"), 1],
      [size("43"), 2],
    ])
  })

  test("sees a size sell out, waits for one that is all reserved, and gets a unit that comes back", async () => {
    const { id, size } = await offerShoe(app, { "41": 1, "42": 1, "43": 1 }, { max_per_hold: 1 })
    const faster = await hold(id, size("42"))
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await sizeReads(page, "41", "1 left")
    await sizeReads(page, "42", "All reserved")
    await sell(id, size("41"))
    await sizeReads(page, "41", "Sold out")
    expect(await page.getByRole("radio", { name: "41 Sold out" }).isDisabled()).toBe(true)
    await page.getByRole("radio", { name: "42" }).check()
    await page.getByText("All units of 42 are reserved.").waitFor()
    expect(await buyButton(page).getAttribute("aria-disabled")).toBe("true")
    // While all sizes are reserved the headline says so, and nothing is available again.
    const last = await hold(id, size("43"))
    await reads(page, "All reserved")
    expect(await page.getByText("available again").count()).toBe(0)
    await app.crowd.withToken(last.token).holds.release(last.hold_id)
    await page.getByText("All units of 42 are reserved.").waitFor()
    await app.crowd.withToken(faster.token).holds.release(faster.hold_id)
    await sizeReads(page, "42", "1 left")
    await page.getByRole("status").getByText("42 is available again.").waitFor({ state: "attached" })
    await press(page, "Reserve")
    await reads(page, "1 unit reserved for you")
    await page.getByText("1 × Court shoe, 42").waitFor()
    await expect.poll(holdsOf(app, id)).toEqual(["1 released", "1 converted", "1 released", "1 active"])
  })

  test("keeps the basket while a line of it sells out, and cannot reserve it until it is changed", async () => {
    const { id, size } = await offerShoe(app, { "41": 2, "42": 2 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByLabel("Choose several").check()
    await press(page, "Increase quantity of 41")
    await press(page, "Increase quantity of 42")
    await sell(id, size("42"), 2)
    await lineReads(page, "42", "Sold out")
    await page.getByRole("status").getByText("42 is sold out.").waitFor()
    expect(await buyButton(page).getAttribute("aria-disabled")).toBe("true")
    await press(page, "Decrease quantity of 42")
    expect(await buyButton(page).innerText()).toMatch(/Reserve\s+€129\.00/)
    await press(page, "Reserve")
    await page.getByText("1 × Court shoe, 41").waitFor()
  })

  test("loses a unit of a basket to another buyer, and reads which one", async () => {
    const { id, size } = await offerShoe(app, { "41": 3, "42": 1 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByLabel("Choose several").check()
    await press(page, "Increase quantity of 41")
    await press(page, "Increase quantity of 42")
    const others: { readonly token: string; readonly hold_id: number }[] = []
    await page.route("**/api/holds", async (route) => {
      others.push(await hold(id, size("42")))
      await route.continue()
    })
    await press(page, "Reserve")
    await page.getByText("Nothing was reserved, because no unit of 42 is available.").first().waitFor()
    expect(await holdsOf(app, id)()).toEqual(["1 active"])
    const [other] = others
    await app.crowd.withToken(other?.token ?? "").holds.release(other?.hold_id ?? 0)
    await page.locator("p.notice.lacking").waitFor({ state: "detached" })
  })

  test("reads that a size is no longer for sale, and does not see it after a reload", async () => {
    const { id, size } = await offerShoe(app, { "41": 3, "42": 3 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByText("of 6 left").waitFor()
    await page.getByRole("radio", { name: "42" }).check()
    await app.shop.products.changeVariant(id, size("42"), { enabled: false })
    await sizeReads(page, "42", "Not for sale")
    await page.getByRole("status").getByText("42 is no longer for sale.").waitFor()
    await page.getByText("of 3 left").waitFor()
    // A page may be a second older than the stream.
    const sizesAfterReload = async () => {
      await page.reload()
      await sizeReads(page, "41", "3 left")
      return page.getByRole("radio").count()
    }
    await expect.poll(sizesAfterReload, { timeout: 10_000 }).toBe(1)
  })

  test("asks for a size in the moment in which the shop takes it off sale", async () => {
    const { id, size } = await offerShoe(app, { "41": 3, "42": 3 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByRole("radio", { name: "42" }).check()
    await page.route("**/api/holds", async (route) => {
      await app.shop.products.changeVariant(id, size("42"), { enabled: false })
      await route.continue()
    })
    await press(page, "Reserve")
    await page.getByText("Nothing was reserved: 42 is no longer for sale.").first().waitFor()
    expect(await holdsOf(app, id)()).toEqual([])
  })

  test("keeps the basket and the customer id after cancelling a reservation", async () => {
    const { id } = await offerShoe(app, { "41": 3, "42": 3 }, { max_per_customer: 2 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByRole("radio", { name: "42" }).check()
    await page.getByLabel("Your customer id").fill("c-17")
    await page.getByText("There is a limit per customer.").waitFor()
    expect(await findFaults(page)).toEqual([])
    await press(page, "Reserve")
    await reads(page, "1 unit reserved for you")
    await giveBack(page, "reservation")
    await page.getByLabel("Your customer id").waitFor()
    expect(await page.getByLabel("Your customer id").inputValue()).toBe("c-17")
    await press(page, "Reserve")
    await reads(page, "1 unit reserved for you")
    expect(await holdsOf(app, id)()).toEqual(["1 released", "1 active"])
  })

  test("has a page from before the product got its variants, and is asked to choose", async () => {
    const { id } = await app.shop.products.create({
      name: "Court shoe",
      price_minor: 12_900,
      currency: "EUR",
      stock: 5,
    })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.route("**/api/holds", async (route) => {
      const variants = ["41", "42"].map((name) => ({ name, stock: 3, options: { size: name } }))
      await app.shop.products.addVariants(id, { variants })
      await route.continue()
    })
    await press(page, "Reserve")
    await page.getByText("This product is now sold by variant. Choose one.").first().waitFor()
    await page.unroute("**/api/holds")
    await page.getByRole("radio", { name: "42" }).check()
    await press(page, "Reserve")
    await page.getByText("1 × Court shoe, 42").waitFor()
    expect(await holdsOf(app, id)()).toEqual(["1 active"])
  })

  test("chooses before the sale opens, and pays the price of the moment of the hold", async () => {
    const opensAt = new Date(Date.now() + 3_600_000).toISOString()
    const { id, size } = await offerShoe(app, { "41": 3, "42": 3 }, { opens_at: opensAt })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByRole("radio", { name: "42" }).check()
    expect(await buyButton(page).getAttribute("aria-disabled")).toBe("true")
    await app.shop.products.change(id, { opens_at: null })
    await reads(page, "On sale now")
    expect(await page.getByRole("radio", { name: "42" }).isChecked()).toBe(true)
    await press(page, "Reserve")
    await reads(page, "1 unit reserved for you")
    await app.shop.products.changeVariant(id, size("42"), { price_minor: 99_900 })
    await page.getByText("From €129.00").waitFor()
    expect(await page.locator(".ticket-total").innerText()).toBe("€129.00")
    await order(page)
    expect(await page.locator(".ticket-total").innerText()).toBe("€129.00")
  })

  test("reads that the price has changed while the request was under way", async () => {
    const { id, size } = await offerShoe(app, { "41": 3, "42": 3 }, { max_per_hold: 1 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByRole("radio", { name: "42" }).check()
    await page.route("**/api/holds", async (route) => {
      await app.shop.products.changeVariant(id, size("42"), { price_minor: 13_900 })
      await route.continue()
    })
    await press(page, "Reserve")
    await page.locator("p.notice.price_changed").waitFor()
    expect(await page.locator(".ticket-total").innerText()).toBe("€139.00")
  })

  test("chooses one variant before the scripts run, and keeps it", async () => {
    const { id } = await offerShoe(app, { "41": 3, "42": 3 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    let answer = (): void => undefined
    const hasChosen = new Promise<void>((resolve) => (answer = resolve))
    await page.route("**/assets/*.js", async (route) => {
      await hasChosen
      await route.continue()
    })
    await page.goto(`/p/${id}`, { waitUntil: "commit" })
    await page.getByRole("radio", { name: "42" }).check()
    answer()
    await page.locator(".clock", { hasText: /\d\d:\d\d:\d\d/ }).waitFor()
    await press(page, "Reserve")
    await page.getByText("1 × Court shoe, 42").waitFor()
    expect(await holdsOf(app, id)()).toEqual(["1 active"])
  })

  test("asks again for the same basket after no answer came, also when the page is reloaded", async () => {
    const { id } = await offerShoe(app, { "41": 3, "42": 3 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByLabel("Choose several").check()
    await press(page, "Increase quantity of 41")
    await press(page, "Increase quantity of 42")
    await page.route("**/api/holds", async (route) => {
      await route.fetch()
      // A repetition of the request may be under way when the page is reloaded.
      await route.abort().catch(() => undefined)
    })
    await press(page, "Reserve")
    await reads(page, "No response yet")
    const more = page.getByRole("button", { name: "Increase quantity of 41" })
    expect(await more.getAttribute("aria-disabled")).toBe("true")
    await page.unroute("**/api/holds")
    await page.reload()
    await reads(page, "2 units reserved for you")
    await expect.poll(holdsOf(app, id)).toEqual(["2 active"])
  })

  test("is led to the sizes by the button on a phone, and sees the picture of the reserved one after a reload", async () => {
    const host = "https://pictures.example"
    const { id } = await app.shop.products.create({
      name: "Court shoe",
      price_minor: 12_900,
      currency: "EUR",
      image_url: `${host}/red.svg`,
      description: "Leather, rubber sole. ".repeat(80),
      variants: ["41", "42", "43"].map((name) => ({
        name,
        stock: 3,
        options: { size: name },
        image_url: `${host}/${name}.svg`,
        image_alt: name === "43" ? "The long one" : null,
      })),
    })
    await using context = await browser.newContext({
      baseURL: app.url,
      viewport: { width: 390, height: 640 },
      locale: "en",
    })
    const page = await context.newPage()
    await context.route(`${host}/**`, (route) =>
      route.fulfill({
        contentType: "image/svg+xml",
        body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"></svg>`,
      }),
    )
    await visit(page, id)
    for (const isBasket of [false, true]) {
      if (isBasket) await page.getByLabel("Choose several").check()
      await page.evaluate("scrollTo(0, 0)")
      // It says that it is disabled, and can be pressed.
      await buyButton(page).click({ force: true })
      await expect
        .poll(() =>
          page.evaluate(`(() => {
            const field = document.activeElement
            const { top, bottom } = field.getBoundingClientRect()
            return top >= 0 && bottom <= innerHeight && field.closest("fieldset") !== null
          })()`),
        )
        .toBe(true)
    }
    await page.getByLabel("Choose several").uncheck()
    await page.getByRole("radio", { name: /^43/ }).check()
    const shown = page.locator(".picture img")
    await expect.poll(() => shown.getAttribute("src")).toBe(`${host}/43.svg`)
    expect(await shown.getAttribute("alt")).toBe("The long one")
    await press(page, "Reserve")
    await reads(page, "1 unit reserved for you")
    await page.reload()
    await reads(page, "1 unit reserved for you")
    await expect.poll(() => shown.getAttribute("src")).toBe(`${host}/43.svg`)
  })

  test("buys with the keyboard alone", async () => {
    const { id } = await offerShoe(app, { "41": 3, "42": 3 })
    await using buyer = await newBuyer(browser, app)
    const { page } = buyer
    await visit(page, id)
    await page.getByRole("link", { name: "Doorbuster" }).focus()
    await page.keyboard.press("Tab")
    expect(await focusedName(page)).toBe("41")
    await page.keyboard.press("ArrowRight")
    expect(await page.getByRole("radio", { name: "42" }).isChecked()).toBe(true)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.getByRole("button", { name: "Increase quantity of 41" }).waitFor()
    for (const name of ["Choose several", "Increase quantity of 41"]) await tabTo(page, name, "Shift+Tab")
    await page.keyboard.press("Enter")
    await tabTo(page, "Reserve")
    await page.keyboard.press("Enter")
    await reads(page, "2 units reserved for you")
    await tabTo(page, "Check out")
    await page.keyboard.press("Enter")
    await reads(page, "Awaiting your payment")
  })

  test("without scripts the page shows every size with its stock", async () => {
    const { id, size } = await offerShoe(app, { "41": 3, "42": 1, "43": 0 })
    await hold(id, size("42"))
    await using buyer = await newBuyer(browser, app, { javaScriptEnabled: false })
    const { page } = buyer
    await page.goto(`/p/${id}`)
    await sizeReads(page, "41", "3 left")
    await sizeReads(page, "42", "All reserved")
    await sizeReads(page, "43", "Sold out")
    await page.getByRole("radio", { name: "41" }).check()
    expect(await buyButton(page).isDisabled()).toBe(true)
    expect(await page.content()).toContain("Reserving units needs JavaScript.")
  })

  const differing = {
    max_per_hold: 4,
    variants: [
      { name: "Shirt, M", options: { size: "M" }, stock: 40 },
      { name: "Shirt, L", options: { size: "L" }, stock: 0 },
      { name: "Poster, signed by the whole band", stock: 15, price_minor: 4_000 },
    ],
  }

  test.each<[string, (page: Page) => Promise<void>]>([
    [
      "sizes",
      async (page) => {
        const { id, size } = await offerShoe(app, { "41": 3, "42": 1, "43": 0, "44": 1_000 })
        await hold(id, size("42"))
        await visit(page, id)
        await page.getByRole("radio", { name: "41" }).check()
      },
    ],
    [
      "a size that cannot be reserved",
      async (page) => {
        const { id, size } = await offerShoe(app, { "41": 3, "42": 1 })
        await hold(id, size("42"))
        await visit(page, id)
        await page.getByRole("radio", { name: "42" }).check()
      },
    ],
    [
      "a basket",
      async (page) => {
        await visit(page, (await offerShoe(app, {}, differing)).id)
        await press(page, "Increase quantity of Shirt, M")
      },
    ],
    [
      "a basket that is reserved",
      async (page) => {
        await visit(page, (await offerShoe(app, {}, differing)).id)
        await press(page, "Increase quantity of Shirt, M")
        await press(page, "Increase quantity of Poster, signed by the whole band")
        await press(page, "Reserve")
        await reads(page, "2 units reserved for you")
      },
    ],
  ])("%s: axe finds nothing, nothing is too wide at 320 pixels, targets are large", async (_, come) => {
    await using buyer = await newBuyer(browser, app, { viewport: { width: 320, height: 640 } })
    const { page } = buyer
    await come(page)
    const faults = await findFaults(page)
    for (const target of await page.locator("button:visible, label:visible, a:not(p a)").all()) {
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

/** The name of the focused radio button, checkbox or button. */
async function focusedName(page: Page): Promise<string> {
  const text = await page.evaluate<string>(
    `(document.activeElement.closest("label")?.querySelector(".name") ?? document.activeElement.closest("label"))?.innerText
     ?? document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText`,
  )
  return text.trim()
}

/** Presses the key until the control of this name has the focus. */
async function tabTo(page: Page, name: string, key = "Tab"): Promise<void> {
  for (let pressed = 0; pressed < 12; pressed += 1) {
    if ((await focusedName(page)).startsWith(name)) return
    await page.keyboard.press(key)
  }
  throw new Error(`the focus does not reach ${name}`)
}
