import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  findFaults,
  launchBrowser,
  leavesOutBrowser,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { offerLamp, offerShoe, payBy, press, reads } from "./storefront.ts"

/** The site of a shop, on another origin than its Doorbuster: every path is the page that was set last. */
async function startSite() {
  let html = ""
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8")
    response.setHeader("content-security-policy", policy)
    response.end(html)
  })
  let policy = ""
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    /** Sets the page. Its own script notes the element's events, in `noted`. */
    show(app: { readonly url: string }, element: string, { lang = "en", css = "", script = "" } = {}) {
      policy = `default-src 'none'; script-src 'self' ${app.url} 'nonce-page'; connect-src ${app.url}; style-src 'nonce-page'`
      html = `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Aurora</title>
<meta name="viewport" content="width=device-width">
<style nonce="page">body { font: 1rem/1.5 sans-serif; margin: 1rem } ${css}</style>
<script nonce="page">
  window.noted = []
  try { noted = JSON.parse(sessionStorage.noted ?? "[]") } catch {}
  for (const type of ["held", "checkout", "ordered", "paid", "refused", "ended"])
    addEventListener(type, (event) => { noted.push([type, event.detail]); try { sessionStorage.noted = JSON.stringify(noted) } catch {} })
  ${script}
</script>
<script type="module" src="${app.url}/embed.js"></script></head>
<body><main><h1>Aurora Supply</h1>${element}</main></body></html>`
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

type Noted = readonly (readonly [string, Record<string, unknown>])[]
const noted = (page: Page) => page.evaluate("noted") as Promise<Noted>
const typesNoted = async (page: Page) => (await noted(page)).map(([type]) => type)

describe.skipIf(leavesOutBrowser())("<doorbuster-buy> on a page of another origin", () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof startSite>>
  let app: BrowserShop
  beforeAll(async () => {
    ;[browser, site] = await Promise.all([launchBrowser(), startSite()])
    app = await startBrowserShop({ config: { corsOrigins: [site.url] } })
  })
  afterAll(() => Promise.all([browser.close(), site[Symbol.asyncDispose](), app[Symbol.asyncDispose]()]))

  /** Opens a profile. Its disposal fails the test if a script failed, a policy was broken or a token went to a server. */
  async function newVisitor(options: BrowserContextOptions = {}) {
    const context: BrowserContext = await browser.newContext({
      viewport: { width: 390, height: 760 },
      ...options,
    })
    context.setDefaultTimeout(10_000)
    const wrong: string[] = []
    const said: string[] = []
    context.on("weberror", (error) => wrong.push(String(error.error())))
    context.on("console", (message) => {
      if (message.type() === "error") said.push(message.text())
      if (/Content.Security.Policy/i.test(message.text())) wrong.push(message.text())
    })
    context.on("request", (request) => {
      // A browser sends no fragment, and no other part of an address may have a token.
      if (request.url().split("#", 1)[0]?.includes("dbt1.")) wrong.push(`a token in ${request.url()}`)
    })
    return {
      page: await context.newPage(),
      said,
      async [Symbol.asyncDispose]() {
        await context.close()
        expect(wrong).toEqual([])
      },
    }
  }

  test("sells: reserved, kept over a reload, ordered, paid on the order's page, and found paid", async () => {
    const id = await offerLamp(app)
    site.show(app, `<doorbuster-buy product="${id}"></doorbuster-buy>`)
    await using visitor = await newVisitor()
    const { page } = visitor
    await page.goto(`${site.url}/?campaign=spring`)
    await page.getByText("10", { exact: true }).waitFor()
    // One column, however wide the window: the page around the element says how wide it is.
    const places = await Promise.all(
      [".product-name", ".price", ".primary"].map((part) =>
        page.locator(`doorbuster-buy ${part}`).boundingBox(),
      ),
    )
    const tops = places.map((box) => box?.y ?? Number.NaN)
    expect(tops).toEqual(tops.toSorted((one, other) => one - other))
    expect(new Set(places.map((box) => box?.x)).size).toBe(1)

    await press(page, "Reserve")
    await reads(page, "1 unit reserved for you")
    expect(await findFaults(page)).toEqual([])
    await page.reload()
    await reads(page, "1 unit reserved for you")
    expect((await app.crowd.products.get(id)).available_stock).toBe(9)

    await press(page, "Check out")
    await page.waitForURL(`${app.url}/o/*`)
    await reads(page, "Awaiting your payment")
    expect(page.url()).not.toContain("dbt1.")
    await payBy(page, "Pay")
    await reads(page, "Order paid")
    await page.getByRole("link", { name: `Back to ${new URL(site.url).host}` }).click()
    await page.waitForURL(`${site.url}/?campaign=spring`)
    await page.getByText("Order paid").waitFor()
    // It says so once.
    const notices = page.locator("doorbuster-buy .notice:visible")
    await expect
      .poll(() => notices.allInnerTexts())
      .toEqual([expect.stringMatching(/^Order paid · Go to order \d+$/)])
    await page.reload()
    await page.getByText("Order paid").waitFor()

    const all = await noted(page)
    expect(all.map(([type]) => type)).toEqual(["held", "held", "checkout", "ordered", "paid"])
    const [[, held], [, again], , [, ordered], [, paid]] = all as [
      Noted[0],
      Noted[0],
      Noted[0],
      Noted[0],
      Noted[0],
    ]
    expect(held).toMatchObject({ product_id: id, qty: 1, lines: null, restored: false })
    expect(again).toEqual({ ...held, restored: true })
    expect(ordered).toMatchObject({ product_id: id, hold_id: held["hold_id"], token: held["token"] })
    expect(ordered["url"]).toBe(
      `${app.url}/o/${String(ordered["order_id"])}?lang=en&from=${encodeURIComponent(site.url)}#${String(held["token"])}&from=%2F%3Fcampaign%3Dspring`,
    )
    expect(paid).toEqual({
      product_id: id,
      order_id: ordered["order_id"],
      qty: 1,
      total_price: "129.00",
      currency: "EUR",
    })
  })

  test("has a buyer confirm a mailbox where the product is sold to confirmed ones", async () => {
    const id = await offerLamp(app, { customer: "email" })
    site.show(app, `<doorbuster-buy product="${id}"></doorbuster-buy>`)
    await using visitor = await newVisitor()
    const { page } = visitor
    await page.goto(site.url)
    await page.getByRole("textbox", { name: "E-mail" }).fill("ada@example.com")
    await press(page, "Send me a code")
    const field = page.getByLabel("Code with six digits")
    await field.waitFor()
    const codeOfAda = async () => {
      const read = await (await fetch(`${app.url}/simulator/mail`)).text()
      return /<strong>(\d{6})<\/strong> is the code of ada@example.com/.exec(read)?.[1] ?? null
    }
    await expect.poll(codeOfAda).not.toBeNull()
    await field.fill((await codeOfAda()) ?? "")
    await press(page, "Confirm")
    await page.getByText("You are confirmed as a…@example.com.").waitFor()
    expect(await findFaults(page)).toEqual([])
    await press(page, "Reserve")
    await reads(page, "1 unit reserved for you")
  })

  test("sells by option, in German at 320 pixels", async () => {
    const { id, variants = [] } = await app.shop.products.create({
      name: "Tour shirt",
      price_minor: 3_200,
      currency: "EUR",
      variants: ["Black / M", "Black / L", "White / M"].map((name) => {
        const [colour = "", size = ""] = name.split(" / ")
        return { name, stock: 3, options: { colour, size } }
      }),
    })
    await app.shop.shop.change({ languages: ["en", "de"] })
    const words = { colour: "Farbe", size: "Größe", Black: "Schwarz", White: "Weiß" }
    await app.shop.products.changeContent(id, { translations: { de: { name: "Tourneehemd", words } } })
    site.show(app, `<doorbuster-buy product="${id}"></doorbuster-buy>`, { lang: "de" })
    await using visitor = await newVisitor({ viewport: { width: 320, height: 640 } })
    const { page } = visitor
    await page.goto(site.url)
    const colour = page.getByRole("group", { name: "Farbe" })
    await colour.getByRole("radio", { name: "Weiß" }).check()
    await page.getByRole("radio", { name: "L Nicht verfügbar" }).waitFor()
    await colour.getByRole("radio", { name: "Schwarz" }).check()
    await page.getByRole("group", { name: "Größe" }).getByRole("radio", { name: "M" }).check()
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Reservieren" }).click()
    await reads(page, "1 Stück für Sie reserviert")
    expect((await noted(page)).map(([, { lines }]) => lines)).toEqual([
      [{ variant_id: variants[0]?.id, qty: 1 }],
    ])
  })

  test("has the shop's colour, unless the page gives it one", async () => {
    const id = await offerLamp(app)
    await app.shop.shop.change({ accent: "#14213d" })
    const colours = async (css: string) => {
      site.show(app, `<doorbuster-buy product="${id}"></doorbuster-buy>`, { css })
      await using visitor = await newVisitor()
      const { page } = visitor
      await page.goto(site.url)
      await page.getByRole("button", { name: "Reserve" }).waitFor()
      return await page.evaluate(`(() => {
        const button = document.querySelector("doorbuster-buy").shadowRoot.querySelector(".primary")
        const { backgroundColor, color } = getComputedStyle(button)
        return [backgroundColor, color]
      })()`)
    }
    // The text on it can be read.
    expect(await colours("")).toEqual(["rgb(20, 33, 61)", "rgb(255, 255, 255)"])
    expect(await colours("doorbuster-buy { --doorbuster-accent: rgb(252, 163, 17) }")).toEqual([
      "rgb(252, 163, 17)",
      "rgb(30, 28, 23)",
    ])
    await app.shop.shop.change({ accent: null })
    expect(await colours("")).toEqual(["rgb(255, 198, 43)", "rgb(30, 28, 23)"])
  })

  test("sells a variant to a known customer in Arabic, in the shop's own look, and leaves checking out to the page", async () => {
    const { id, size } = await offerShoe(app, { "41": 3, "42": 0, "43": 1 }, { max_per_customer: 1 })
    await app.shop.shop.change({ languages: ["en", "ar"] })
    await app.shop.products.changeContent(id, {
      translations: { ar: { name: "حذاء رياضي", words: { size: "المقاس", "42": "٤٢", "43": "٤٣" } } },
    })
    const element = `<doorbuster-buy product="${id}" variant="${size("43")}" customer="ann"></doorbuster-buy>`
    const css = `body { background: #14213d; color: #fff } doorbuster-buy { --doorbuster-accent: rgb(252, 163, 17); --doorbuster-accent-ink: #000 }
doorbuster-buy::part(name) { font-style: italic } doorbuster-buy::part(primary) { text-transform: uppercase }`
    site.show(app, element, {
      lang: "ar",
      css,
      script: `addEventListener("checkout", (event) => event.preventDefault())`,
    })
    const elsewhere = await app.crowd.holds.create({
      product_id: id,
      lines: [{ variant_id: size("41"), qty: 1 }],
      customer_id: "ann",
    })
    await using visitor = await newVisitor()
    const { page } = visitor
    await page.goto(site.url)
    const reserve = page.getByRole("button", { name: "احجز" })
    await reserve.waitFor()
    await page.getByText("حذاء رياضي").waitFor()
    const chosen = page
      .getByRole("group", { name: "المقاس" })
      .getByRole("radio", { name: "٤٣", checked: true })
    expect(await chosen.getAttribute("value")).toBe(String(size("43")))
    expect(await page.locator("doorbuster-buy .root").getAttribute("dir")).toBe("rtl")
    const styleOf = (part: string, property: string) =>
      page.evaluate(
        `getComputedStyle(document.querySelector("doorbuster-buy").shadowRoot.querySelector("${part}")).${property}`,
      )
    expect(await styleOf(".primary", "backgroundColor")).toBe("rgb(252, 163, 17)")
    expect(await styleOf(".primary", "textTransform")).toBe("uppercase")
    expect(await styleOf(".product-name", "fontStyle")).toBe("italic")
    expect(await findFaults(page)).toEqual([])

    await reserve.click()
    await expect.poll(() => typesNoted(page)).toEqual(["refused"])
    await app.crowd.holds.release(elsewhere.hold_id, { token: elsewhere.token })
    await reserve.click()
    await page.locator("doorbuster-buy[stage=held]").waitFor()
    await page.getByText("حذاء رياضي, ٤٣").waitFor()
    await page.locator("doorbuster-buy .primary").click()
    await expect.poll(() => typesNoted(page)).toEqual(["refused", "held", "checkout"])

    const [[, refused], [, held], [, checkout]] = (await noted(page)) as [Noted[0], Noted[0], Noted[0]]
    expect(refused).toMatchObject({ product_id: id, code: "customer_limit" })
    expect(refused["message"]).toMatch(/\p{Script=Arabic}/u)
    expect(held["lines"]).toEqual([{ variant_id: size("43"), qty: 1 }])
    expect(checkout).toEqual({ product_id: id, hold_id: held["hold_id"], qty: 1, token: held["token"] })
    expect(page.url()).toBe(`${site.url}/`)
  })

  test("draws the box of several sizes in the colours of a dark page", async () => {
    const { id } = await offerShoe(app, { "41": 3, "43": 3 })
    site.show(app, `<doorbuster-buy product="${id}"></doorbuster-buy>`, {
      css: "body { background: #14213d; color: #fff }",
    })
    await using visitor = await newVisitor()
    const { page } = visitor
    await page.goto(site.url)
    const box = page.getByRole("checkbox")
    await box.waitFor()
    const look = () =>
      page.evaluate(`(() => {
        const element = document.querySelector("doorbuster-buy").shadowRoot.querySelector(".several input")
        const { backgroundColor, borderTopColor } = getComputedStyle(element)
        const mark = getComputedStyle(element, "::before")
        return [backgroundColor, borderTopColor, mark.content === "none" ? null : mark.backgroundColor]
      })()`)
    expect(await look()).toEqual(["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)", null])
    await page.getByText("Choose several").click()
    await expect.poll(look).toEqual(["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)", "rgb(255, 255, 255)"])
  })

  test("sends the access code of its attribute with the hold, and says when there is no unit left with it", async () => {
    const phases = [{ needs: { codes: "press" } }]
    const id = await offerLamp(app, { phases })
    const { codes: [code = ""] = [] } = await app.shop.accessCodes.add(id, {
      set: "press",
      count: 1,
      units: 1,
    })
    site.show(app, `<doorbuster-buy product="${id}" access-code="${code}"></doorbuster-buy>`)
    await using visitor = await newVisitor({ locale: "en" })
    const { page } = visitor
    await page.goto(site.url)
    await page.getByText("Code accepted").waitFor()
    await press(page, "Reserve")
    await page.locator("doorbuster-buy[stage=held]").waitFor()
    expect(await app.shop.accessCodes.find(id, { access_code: code })).toMatchObject({ units_used: 1 })
    // Another buyer with the same link has nothing left.
    await using other = await newVisitor({ locale: "en" })
    await other.page.goto(site.url)
    await other.page.getByText("All units of your code are reserved or bought").first().waitFor()
    expect(await other.page.getByRole("button", { name: "Reserve" }).count()).toBe(0)
  })

  test("sends the buyer to the product's page where a code is mailed only after a challenge", async () => {
    await using guarded = await startBrowserShop({
      config: { corsOrigins: [site.url], challenge: { kind: "altcha" } },
    })
    const id = await offerLamp(guarded, { customer: "email" })
    site.show(guarded, `<doorbuster-buy product="${id}"></doorbuster-buy>`)
    await using visitor = await newVisitor({ locale: "en" })
    const { page } = visitor
    await page.goto(site.url)
    await page.getByRole("textbox", { name: "E-mail" }).fill("ada@example.com")
    await page.getByRole("button", { name: "Send me a code" }).click()
    await page.getByText("is shown only on its own page").waitFor()
    await page.getByRole("link", { name: "Go to the shop’s page" }).click()
    await page.locator("altcha-widget").waitFor()
    expect(page.url()).toBe(`${guarded.url}/p/${id}`)
  })

  test("leads to the shop's own page of the order, with the key where no server sees it", async () => {
    const id = await offerLamp(app)
    site.show(
      app,
      `<doorbuster-buy product="${id}" order-page="/orders/{order_id}?lang={lang}#{token}"></doorbuster-buy>`,
    )
    await using visitor = await newVisitor()
    const { page } = visitor
    await page.goto(site.url)
    await press(page, "Reserve")
    await press(page, "Check out")
    await page.waitForURL(`${site.url}/orders/*`)

    const links = page.locator("doorbuster-buy").getByRole("link", { name: "Go to order" })
    await expect.poll(() => links.count()).toBe(1)
    const ordered = new Map(await noted(page)).get("ordered")
    const own = `${site.url}/orders/${String(ordered?.["order_id"])}?lang=en#${String(ordered?.["token"])}`
    expect(ordered?.["url"]).toBe(own)
    expect(page.url()).toBe(own)
    for (const link of await links.all()) expect(await link.getAttribute("href")).toBe(own)

    await page.evaluate(
      'document.querySelector("doorbuster-buy").setAttribute("order-page", "javascript:alert({order_id})")',
    )
    await page.locator("doorbuster-buy[stage=error]").waitFor()
    expect(await page.locator("doorbuster-buy a").count()).toBe(0)
  })

  test("leads back to pages of allowed sites only, and keeps the way over the payment", async () => {
    const id = await offerLamp(app)
    const { hold_id, token } = await app.crowd.holds.create({ product_id: id, qty: 1 })
    const { order_id } = await app.crowd.orders.create({ hold_id })
    await using visitor = await newVisitor()
    const { page } = visitor
    const wayBack = page.getByRole("link", { name: "Back to" })
    const open = async (search: string, from: string) => {
      await page.goto("about:blank")
      await page.goto(`${app.url}/o/${order_id}?${search}#${token}&from=${encodeURIComponent(from)}`)
      await reads(page, "Awaiting your payment")
    }

    for (const foreign of [
      "from=https://other.example",
      "from=null",
      "from=javascript:alert(1)",
      "from=a&from=b",
    ]) {
      await open(foreign, "/lamp")
      expect(await wayBack.count()).toBe(0)
    }
    for (const [from, back] of [
      ["//other.example/lamp", "/"],
      ["https://other.example/lamp", "/"],
      ["javascript:alert(1)", "/"],
      [`blob:${site.url}/8f14e45f`, "/"],
      ["/lamp?a=b&from=c", "/lamp?a=b&from=c"],
    ] as const) {
      await open(`from=${site.url}`, from)
      expect(await wayBack.getAttribute("href")).toBe(`${site.url}${back}`)
    }
    // As a payment page leads back: without what the element has given along.
    await page.goto(`${app.url}/o/${order_id}`)
    await reads(page, "Awaiting your payment")
    expect(await wayBack.getAttribute("href")).toBe(`${site.url}/lamp?a=b&from=c`)
    expect(await findFaults(page)).toEqual([])
  })

  test("says on the element and in the console what its page has to mend, and starts when that is done", async () => {
    const id = await offerLamp(app)
    await using visitor = await newVisitor()
    const { page, said } = visitor
    const errorOf = (text: string | RegExp) =>
      page.locator("doorbuster-buy").getByRole("alert").filter({ hasText: text }).waitFor()

    site.show(app, `<doorbuster-buy product="lamp"></doorbuster-buy>`)
    await page.goto(site.url)
    await errorOf('doorbuster-buy needs the number of a product, such as product="7"; it has product="lamp".')
    await page.evaluate('document.querySelector("doorbuster-buy").setAttribute("product", "999999")')
    await errorOf(`There is no product 999999 at ${app.url}.`)
    await page.evaluate(`document.querySelector("doorbuster-buy").setAttribute("product", "${id}")`)
    await page.getByRole("button", { name: "Reserve" }).waitFor()

    const elsewhere = site.url.replace("127.0.0.1", "localhost")
    site.show(app, `<doorbuster-buy product="${id}"></doorbuster-buy>`)
    await page.goto(elsewhere)
    const reason = `${app.url} does not allow pages of ${elsewhere}. Its operator adds that origin to CORS_ORIGINS.`
    await errorOf(reason)
    expect(
      said.filter((text) => text.startsWith("doorbuster-buy: ")).map((text) => text.split(" ", 6).join(" ")),
    ).toEqual([
      "doorbuster-buy: doorbuster-buy needs the number of",
      "doorbuster-buy: There is no product 999999",
      `doorbuster-buy: ${app.url} does not allow pages`,
    ])
  })

  test("sells where the browser stores nothing and gives no locks", async () => {
    const id = await offerLamp(app)
    site.show(app, `<doorbuster-buy product="${id}" qty="2" lang="de"></doorbuster-buy>`)
    await using visitor = await newVisitor()
    const { page } = visitor
    await page.addInitScript(`for (const area of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, area, { get() { throw new DOMException("blocked", "SecurityError") } })
      LockManager.prototype.request = () => Promise.reject(new DOMException("blocked", "SecurityError"))`)
    await page.goto(site.url)
    await page.getByRole("button", { name: "Reservieren" }).click()
    await reads(page, "2 Stück für Sie reserviert")
    await page.locator("doorbuster-buy .primary").click()
    await page.waitForURL(`${app.url}/o/*`)
    await reads(page, "Awaiting your payment")
    expect(page.url()).not.toContain("dbt1.")
  })
})
