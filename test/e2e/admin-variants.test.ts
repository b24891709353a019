import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { offer, order, pay, productNow } from "../support/shop.ts"
import { startTestApp } from "../support/app.ts"
import { sees, watchedPage, type WatchedPage } from "./admin-browser.ts"

const desk = { width: 1280, height: 900 }
const narrow = { width: 320, height: 800 }

describe.skipIf(leavesOutBrowser())("variants in the control room", { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Browser
  let context: BrowserContext
  let watched: WatchedPage
  let page: Page

  beforeAll(async () => {
    app = await startTestApp({ worker: true })
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: desk, timezoneId: "Europe/Berlin", locale: "en" })
    context.setDefaultTimeout(20_000)
    watched = await watchedPage(context)
    page = watched.page
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  /** A shoe with two units of 41, three of 42, and five of 43 at a price of its own. */
  async function offerShoe(): Promise<{ id: number; ids: number[] }> {
    const variants = [
      { name: "41", sku: "R-41", options: { size: "41" }, stock: 2 },
      { name: "42", sku: "R-42", options: { size: "42" }, stock: 3 },
      { name: "43", stock: 5, price_minor: 13_900 },
    ]
    const product = await offer(app, { name: "Runner", price_minor: 12_900, stock: undefined, variants })
    return { id: product.id, ids: product.variants.map((one: { id: number }) => one.id) }
  }
  const row = (name: string) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) })
  const cells = (name: string) => row(name).getByRole("cell").allInnerTexts()
  /** Waits until the row of the variant shows this state and these units: available, held, sold, refused. */
  async function shows(name: string, state: string, ...units: number[]): Promise<void> {
    const read = async () => (await cells(name)).slice(0, 5)
    await expect.poll(read, { timeout: 15_000 }).toEqual([state, ...units.map(String)])
  }
  const ask = (productId: number, lines: object[]) => app.post("/api/holds", { product_id: productId, lines })
  const upload = (text: string) =>
    page
      .getByLabel("CSV file", { exact: true })
      .setInputFiles({ name: "sizes.csv", mimeType: "text/csv", buffer: Buffer.from(text) })
  const variantsNow = async (id: number) => (await productNow(app, id)).variants

  test("the live screen has the units and the refusals of each variant, and follows the sale", async () => {
    const { id, ids } = await offerShoe()
    const [small, middle] = ids
    await page.goto(`${app.url}/admin/p/${id}`)
    await shows("41", "On sale", 2, 0, 0, 0)
    await sees(page, "€129.00 to €139.00 per unit")
    expect(await page.getByRole("button", { name: "Add stock…", exact: true }).count()).toBe(0)

    await ask(id, [
      { variant_id: small, qty: 2 },
      { variant_id: middle, qty: 1 },
    ])
    await ask(id, [{ variant_id: small, qty: 1 }])
    await ask(id, [
      { variant_id: small, qty: 1 },
      { variant_id: middle, qty: 3 },
    ])

    await shows("41", "All held", 0, 2, 0, 2)
    await shows("42", "On sale", 2, 1, 0, 1)
    expect((await cells("43"))[5]).toBe("€139.00\nown")
    expect(await findFaults(page)).toEqual([])
  })

  test("the operator adds stock to one size and disables another, by keyboard, and sees both live", async () => {
    const { id, ids } = await offerShoe()
    await page.goto(`${app.url}/admin/p/${id}`)
    await shows("41", "On sale", 2, 0, 0, 0)

    await row("41").getByRole("button", { name: "Add stock… 41" }).press("Enter")
    await page.getByLabel("Units to add").fill("7")
    await sees(page, "The stock becomes 9 instead of 2, provided it is still 2.")
    expect(await findFaults(page)).toEqual([])
    await page.getByLabel("Units to add").press("Enter")
    await shows("41", "On sale", 9, 0, 0, 0)
    // The focus is back where it was.
    expect(await page.evaluate("document.activeElement.innerText")).toMatch(/^Add stock…\s*41$/)

    await row("42").getByRole("button", { name: "Disable… 42" }).press("Enter")
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Disable the variant" }).press("Enter")
    await shows("42", "Disabled", 3, 0, 0, 0)
    expect(await ask(id, [{ variant_id: ids[1], qty: 1 }])).toMatchObject({ status: 409 })
    await shows("42", "Disabled", 3, 0, 0, 1)
    await sees(page, "Disabled variant “42” (open mode)")
    await sees(page, "Set the stock of variant “41”: stock 9, expected stock 2 (open mode)")
    await page.goto(`${app.url}/admin/actions`)
    await sees(page, "Set the stock of variant “41”: stock 9, expected stock 2 (open mode)")
    expect(await findFaults(page)).toEqual([])
    await page.goto(`${app.url}/admin/p/${id}`)

    await row("42").getByRole("button", { name: "Enable… 42" }).click()
    await page.getByRole("button", { name: "Enable the variant" }).click()
    await shows("42", "On sale", 3, 0, 0, 1)
    expect(await variantsNow(id)).toMatchObject([{ stock: 9 }, { enabled: true }, { stock: 5 }])
  })

  test("stock that another operator has changed meanwhile is not overwritten", async () => {
    const { id, ids } = await offerShoe()
    await page.goto(`${app.url}/admin/p/${id}`)
    await row("41").getByRole("button", { name: "Set stock… 41" }).click()
    const path = `/api/admin/products/${id}/variants/${ids[0]}/stock`
    await app.post(path, { stock: 4, expected: 2 })
    await page.getByLabel("Total units").fill("6")
    await page.getByRole("button", { name: "Set the stock to 6" }).click()
    await sees(page, "The stock was changed to 4 in the meantime.")
    expect(await variantsNow(id)).toMatchObject([{ stock: 4 }, {}, {}])
    await page.getByRole("button", { name: "Set the stock to 6" }).click()
    await shows("41", "On sale", 6, 0, 0, 0)
  })

  test("renames a variant, changes its price and moves it to the end", async () => {
    const { id } = await offerShoe()
    await page.goto(`${app.url}/admin/p/${id}`)
    await row("41").getByRole("button", { name: "Edit… 41" }).click()
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("variant-name")
    await page.getByLabel("Name").fill("41 EU")
    await page.getByLabel("Price").fill("119.00")
    await page.getByLabel("Place in the list").selectOption({ label: "After 43" })
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByRole("rowheader", { name: "41 EU" }).waitFor()

    expect((await variantsNow(id)).map((one: { name: string }) => one.name)).toEqual(["42", "43", "41 EU"])
    expect((await cells("41 EU"))[5]).toBe("€119.00\nown")
    await sees(page, "Changed settings of variant “41 EU”: name 41 EU, price €119.00 (open mode)")

    // Nothing but the price goes back to the product's.
    await row("43").getByRole("button", { name: "Edit… 43" }).click()
    await page.getByLabel("Price").fill("")
    await page.getByRole("button", { name: "Save" }).click()
    await expect.poll(async () => (await cells("43"))[5], { timeout: 15_000 }).toBe("€129.00")

    // A price of its own that equals the product's is one, and the form shows it.
    await row("43").getByRole("button", { name: "Edit… 43" }).click()
    await page.getByLabel("Price").fill("129")
    await page.getByRole("button", { name: "Save" }).click()
    await expect.poll(async () => (await cells("43"))[5], { timeout: 15_000 }).toBe("€129.00\nown")
    await row("43").getByRole("button", { name: "Edit… 43" }).click()
    expect(await page.getByLabel("Price").inputValue()).toBe("129.00")
    await page.getByRole("button", { name: "Go back" }).click()
  })

  test("previews a CSV file with a new, a changed and a faulty line, and applies it only after the confirmation", async () => {
    const { id } = await offerShoe()
    await page.goto(`${app.url}/admin/p/${id}/variants`)
    await upload(
      "\uFEFFname;sku;options;price;stock\r\n44;R-44;size=44;139.00;8\r\n41;R-41;;;10\r\n42;;;129 francs;\r\n43;;;;5\r\n",
    )
    await page
      .getByRole("heading", { name: "Preview: 1 new, 1 changed, 1 unchanged, 1 with an error" })
      .waitFor()
    await sees(page, "New: stock 8, price €139.00, SKU R-44, size=44")
    await sees(page, "Changed: stock 2 → 10")
    await sees(page, "Error, skipped: price: “129 francs” is not understood.")
    expect(await findFaults(page)).toEqual([])
    expect(await variantsNow(id)).toHaveLength(3)

    await page.getByRole("button", { name: "Add 1 variant, change 1 variant, skip 1 line" }).click()
    await page.getByRole("heading", { name: "Applied 2 of 2 lines; 1 skipped because of an error" }).waitFor()
    expect(await findFaults(page)).toEqual([])
    expect(await variantsNow(id)).toMatchObject([
      { name: "41", stock: 10 },
      { name: "42", stock: 3, price_minor: 12_900 },
      { name: "43", stock: 5 },
      { name: "44", stock: 8, price_minor: 13_900, sku: "R-44", options: { size: "44" } },
    ])
    await page.getByRole("link", { name: "Back to the sale" }).first().click()
    await shows("44", "On sale", 8, 0, 0, 0)
    await sees(page, "Added 1 variant: 44 (stock 8, price €139.00) (open mode)")
  })

  test("a line that is refused between preview and confirmation changes nothing, and the next lines are applied", async () => {
    const { id, ids } = await offerShoe()
    await page.goto(`${app.url}/admin/p/${id}/variants`)
    await upload("name,stock\n41,20\n42,30\n")
    await page.getByRole("button", { name: "Change 2 variants" }).waitFor()
    await app.post(`/api/admin/products/${id}/variants/${ids[0]}/stock`, { stock: 7, expected: 2 })
    await page.getByRole("button", { name: "Change 2 variants" }).click()

    await page.getByRole("heading", { name: "Applied 1 of 2 lines" }).waitFor()
    await sees(page, "Refused: The stock was changed to 7 in the meantime.")
    expect(await variantsNow(id)).toMatchObject([{ stock: 7 }, { stock: 30 }, { stock: 5 }])
    expect(await findFaults(page)).toEqual([])
  })

  test("the first variants replace the stock of a product only after the confirmation", async () => {
    const byHand = await offer(app, { name: "Plain" })
    await page.goto(`${app.url}/admin/p/${byHand.id}/variants`)
    await page.getByLabel("Name").fill("Red")
    await page.getByRole("spinbutton", { name: "Stock" }).fill("5")
    await page.getByRole("button", { name: "Add the variant" }).click()
    await page.getByRole("button", { name: "Replace the stock and add the variant" }).click()
    await shows("Red", "On sale", 5, 0, 0, 0)
    const byFile = await offer(app, { name: "Plain" })
    await page.goto(`${app.url}/admin/p/${byFile.id}/variants`)
    await upload("name,stock\nRed,6\nBlue,7\n")
    await page.getByRole("button", { name: "Add 2 variants", exact: true }).click()
    await page.getByRole("button", { name: "Replace the stock and add 2 variants" }).click()
    await page.getByRole("heading", { name: "Applied 2 of 2 lines" }).waitFor()
    expect(await productNow(app, byFile.id)).toMatchObject({ stock: 13 })
  })

  test("warns of a name or a SKU that another variant has", async () => {
    const { id } = await offerShoe()
    await page.goto(`${app.url}/admin/p/${id}/variants`)
    await upload("name,sku,stock\n42,R-14,5\n41,R-41-B,5\n")
    await sees(page, "Warning: Another variant is named “41” too; its SKU is R-41.")
    const draft = page.getByRole("group", { name: "Variant 1" })
    await draft.getByLabel("Name").fill("43")
    await sees(page, "Another variant is named “43” too.")
    expect(await findFaults(page)).toEqual([])
    await page.goto(`${app.url}/admin/p/${id}`)
    await row("43").getByRole("button", { name: "Edit… 43" }).click()
    expect(await page.getByText("Another variant").count()).toBe(0)
    await page.getByLabel("SKU").fill("R-41")
    await sees(page, "Another variant, “41”, has the SKU R-41 too.")
    await page.getByRole("button", { name: "Go back" }).click()
  })

  test("files that cannot be used are refused as a whole", async () => {
    const { id } = await offerShoe()
    await page.goto(`${app.url}/admin/p/${id}/variants`)
    await upload("name,colour\n41,red\n")
    await sees(page, "“colour” is none of them.")
    const latin1 = Buffer.from("name,stock\nGr\u00F6\u00DFe,5\n", "latin1")
    await page
      .getByLabel("CSV file", { exact: true })
      .setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: latin1 })
    await sees(page, "The file is not in UTF-8.")
    expect(await page.getByRole("table").count()).toBe(0)
    expect(await findFaults(page)).toEqual([])
  })

  test("creates a product with its variants, by keyboard", async () => {
    await page.goto(`${app.url}/admin/new`)
    await page.getByRole("textbox", { name: "Name" }).fill("Boot")
    await page.getByLabel("Price").fill("99.00")
    await page.getByLabel("Sell it in variants").press("Space")
    const first = page.getByRole("group", { name: "Variant 1" })
    await first.getByLabel("Name").fill("38")
    await first.getByLabel("Stock").fill("4")
    await page.getByRole("button", { name: "Another variant" }).press("Enter")
    const second = page.getByRole("group", { name: "Variant 2" })
    // The focus is in the first field of the new one.
    await expect.poll(() => page.evaluate("document.activeElement.id")).toMatch(/^variant-\d+-name$/)
    await page.keyboard.type("39")
    await second.getByLabel("Options").fill("size=39; colour=black")
    await second.getByLabel("Stock").fill("6")
    await second.getByLabel("Price").fill("109.00")
    expect(await findFaults(page)).toEqual([])
    await second.getByLabel("Price").press("Enter")

    await shows("38", "Draft", 4, 0, 0, 0)
    const id = Number(page.url().split("/").at(-1))
    expect(await variantsNow(id)).toMatchObject([
      { name: "38", stock: 4, price_minor: 9_900, options: {} },
      { name: "39", stock: 6, price_minor: 10_900, options: { size: "39", colour: "black" } },
    ])
    await sees(page, /Created the product: .*2 variants: 38 \(stock 4\), 39 \(stock 6, price €109.00\)/)
  })

  test("a product that was sold without variants cannot get any, and the screen says why", async () => {
    const { id } = await offer(app, { name: "Plain" })
    await page.goto(`${app.url}/admin/p/${id}`)
    await page.getByRole("link", { name: "Add variants" }).click()
    await sees(page, "The first ones replace its stock of 100 units")
    const draft = page.getByRole("group", { name: "Variant 1" })
    await draft.getByLabel("Name").fill("Red")
    await draft.getByLabel("Stock").fill("5")
    await page.getByRole("button", { name: "Add the variant" }).click()
    await page.getByRole("heading", { name: "Replace the stock of Plain?" }).waitFor()
    await sees(page, "Its stock is then the sum of its variants: 5 units.")
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Go back" }).click()
    await upload("name,stock\nRed,6\n")
    await page.getByRole("button", { name: "Add 1 variant", exact: true }).click()
    await sees(page, "Its stock is then the sum of its variants: 6 units.")
    await page.getByRole("button", { name: "Go back" }).click()
    expect(await productNow(app, id)).toMatchObject({ stock: 100 })
    await app.post("/api/holds", { product_id: id, qty: 1 })
    await page.reload()
    await sees(page, "1 unit of this product is held or sold without a variant, so it cannot get variants.")
    expect(await page.getByLabel("CSV file", { exact: true }).count()).toBe(0)
    expect(await findFaults(page)).toEqual([])
  })

  test("orders and holds show their lines, and a refund restocks by line", async () => {
    const { id, ids } = await offerShoe()
    const held = await ask(id, [
      { variant_id: ids[0], qty: 1 },
      { variant_id: ids[1], qty: 2 },
    ])
    const { order_id } = await order(app, held.body.hold_id)
    await pay(app, { order_id })
    await page.goto(`${app.url}/admin/search?product_id=${id}&kind=holds`)
    await sees(page, "1 × 41, 2 × 42")
    await page.goto(`${app.url}/admin/search?id=${order_id}`)
    await sees(page, "1 × 41, 2 × 42")

    await page.getByRole("button", { name: "Refund…" }).click()
    await page.getByLabel("Amount").fill("129.00")
    const units = page.getByRole("group", { name: "Units to restock" })
    await units.getByLabel("42").fill("3")
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await sees(page, "At most 2 units of 42 can be restocked.")
    await units.getByLabel("42").fill("1")
    await page.getByRole("button", { name: "Refund", exact: true }).click()
    await sees(page, "€129.00 to refund, 1 unit restocked.")
    expect(await variantsNow(id)).toMatchObject([
      { sold_stock: 1, available_stock: 1 },
      { sold_stock: 1, available_stock: 2 },
      { sold_stock: 0 },
    ])
    await page.goto(`${app.url}/admin/actions`)
    await sees(page, `units to restock 1 × variant ${ids[1]} (open mode)`)
  })

  test("is accessible and not wider than a window of 320 pixels", async () => {
    const { id } = await offerShoe()
    await page.setViewportSize(narrow)
    await page.goto(`${app.url}/admin/p/${id}`)
    await shows("41", "On sale", 2, 0, 0, 0)
    expect(await findFaults(page)).toEqual([])
    await row("41").getByRole("button", { name: "Edit… 41" }).click()
    expect(await findFaults(page)).toEqual([])
    await page.goto(`${app.url}/admin/p/${id}/variants`)
    await upload("name,price,stock\n44,139.00,8\n43,1,x\n")
    await page.getByRole("heading", { name: "Preview: 1 new" }).waitFor()
    expect(await findFaults(page)).toEqual([])
    await page.goto(`${app.url}/admin/new`)
    await page.getByLabel("Sell it in variants").check()
    expect(await findFaults(page)).toEqual([])
    await page.setViewportSize(desk)
  })

  test("logs no browser error and no violation of its content security policy", () => {
    expect(watched.complaints).toEqual([])
  })
})
