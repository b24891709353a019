import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { languages, languageTags, type LanguageTag } from "../../client/src/languages.ts"
import { noProductContent } from "../../src/domain/product-content.ts"
import { noShopSettings } from "../../src/domain/shop.ts"
import { composeMail, type ComposedContent, type ComposedOrder } from "../../src/mail/compose.ts"
import { payWords } from "../../src/simulator/words.ts"
import { catalogues } from "../../web/storefront/words/catalogues.ts"
import { orderWith } from "../support/builders.ts"
import { launchBrowser, leavesOutBrowser, startBrowserShop, type BrowserShop } from "../support/browser.ts"
import { AXE, axeFaults, lookAt } from "../support/page-look.ts"
import { details, everyState, ownPage, PICTURES, shopSettings, translations } from "./every-page-shop.ts"

/** A phone and a desk. */
const sizes = [
  { width: 320, height: 640 },
  { width: 1_280, height: 800 },
] as const

const themes = ["light", "dark"] as const
/** The long form: axe sees each page in each language at each width in each theme. */
const seesAll = process.env["DOORBUSTER_PAGES"] === "all"
const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6" fill="#996"/></svg>`

type Words = (typeof catalogues)["en"]

/** A page in one of its states. */
interface Scene {
  readonly name: string
  readonly path: string
  /** Comes into the state and waits for it. */
  readonly come: (page: Page, words: Words, tag: LanguageTag) => Promise<unknown>
}

describe.skipIf(leavesOutBrowser())("every page, in every language, at 320 and 1,280 pixels", () => {
  let browser: Browser
  let app: BrowserShop
  let site: Awaited<ReturnType<typeof startSite>>
  let scenes: readonly Scene[]
  let contexts: readonly BrowserContext[] = []
  const wrong: string[] = []

  beforeAll(async () => {
    site = await startSite(() => app.url)
    browser = await launchBrowser()
    app = await startBrowserShop({
      config: {
        languages: languageTags,
        corsOrigins: [site.url],
        holdTtlSeconds: 3_600,
        paymentTtlSeconds: 3_600,
      },
    })
    const states = await everyState(app)
    scenes = scenesOf(states, site.url)
    const localStorage = [...states.stored].map(([name, value]) => ({
      name: `doorbuster:1:${name}`,
      value: JSON.stringify(value),
    }))
    contexts = await Promise.all([0, 1].map(() => newContext(localStorage)))
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await site[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })

  async function newContext(localStorage: { readonly name: string; readonly value: string }[]) {
    const context = await browser.newContext({
      baseURL: app.url,
      viewport: sizes[0],
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
      storageState: { cookies: [], origins: [{ origin: app.url, localStorage }] },
    })
    context.setDefaultTimeout(10_000)
    // Once for each page that is opened: to send it for each look would take most of the time.
    await context.addInitScript(AXE)
    context.on("weberror", (error) => wrong.push(String(error.error())))
    context.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) wrong.push(message.text())
    })
    await context.route(`${PICTURES}/**`, (route) =>
      route.request().url().includes("lost")
        ? route.abort()
        : route.fulfill({ contentType: "image/svg+xml", body: picture }),
    )
    return context
  }

  test("passes axe, cuts nothing, overlaps nowhere, and runs in the right direction", async () => {
    const waiting = languageTags.flatMap((tag, turn) => scenes.map((scene) => ({ tag, turn, scene })))
    const faults: string[] = []
    async function work(context: BrowserContext): Promise<void> {
      const page = await context.newPage()
      let order = [...sizes]
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { tag, turn, scene } = next
        const place = `${scene.name} in ${tag}`
        await page.goto(`${scene.path}${scene.path.includes("?") ? "&" : "?"}lang=${tag}`, {
          waitUntil: "domcontentloaded",
        })
        const missed = await scene.come(page, catalogues[tag], tag).then(() => null, String)
        if (missed !== null) faults.push(`${place} did not come: ${missed.slice(0, 200)}`)
        const direction = await page.evaluate<string>(
          "document.documentElement.lang + ' ' + getComputedStyle(document.body).direction",
        )
        if (direction !== `${tag} ${languages[tag].direction}`) faults.push(`${place} is ${direction}`)
        for (const size of order) {
          await page.setViewportSize(size)
          faults.push(
            ...(await faultsAt(page, size, turn)).map((fault) => `${place} at ${size.width}: ${fault}`),
          )
        }
        // The next page begins at the width that the window has.
        order = order.toReversed()
      }
      await page.close()
    }
    await Promise.all(contexts.map(work))
    expect([...faults, ...wrong]).toEqual([])
  }, 600_000)

  test("every mail does, too", async () => {
    const page = await browser.newPage()
    const faults: string[] = []
    const shop = { ...noShopSettings, ...shopSettings, linkTo: () => `${app.url}/o/17#token` }
    for (const [turn, tag] of languageTags.entries()) {
      for (const kind of ["receipt", "refund", "cancelled", "links"] as const) {
        await page.setContent(composeMail(mailContent(kind, tag), shop).html)
        for (const size of sizes) {
          await page.setViewportSize(size)
          const found = await faultsAt(page, size, turn)
          faults.push(...found.map((fault) => `${kind} in ${tag} at ${size.width}: ${fault}`))
        }
      }
    }
    await page.close()
    expect(faults).toEqual([])
  }, 120_000)
})

function mailContent(kind: ComposedContent["kind"], language: LanguageTag): ComposedContent {
  const order: ComposedOrder = {
    ...orderWith({ id: 17, status: "paid", currency: "EUR", totalMinor: 246_913_400, qty: 2, language }),
    productName: translations.de.name,
    content: { ...noProductContent, afterPurchase: `Your code: ${ownPage("code")}` },
    namedLines: [],
  }
  const { line1, city, postal_code: postalCode, country } = details.shipping_address
  return {
    kind,
    name: details.name,
    shippingAddress: { line1, line2: null, city, region: null, postalCode, country },
    order,
    refund: kind === "refund" ? { amountMinor: 5_000, currency: "EUR", reason: "requested" } : null,
    orders: kind === "links" ? [order, order] : [],
  }
}

/**
 * What is wrong with a page at a width. Nothing that axe looks for depends on language and width together, so by default it sees
 * each page in each language at one of the widths, and in one of the themes, in turn.
 */
async function faultsAt(page: Page, size: (typeof sizes)[number], turn: number): Promise<readonly string[]> {
  const isPhone = size === sizes[0]
  const found = await lookAt(page, { isPhone })
  if (!seesAll && isPhone !== (turn % 2 === 0)) return found
  for (const colorScheme of seesAll ? themes : [themes[turn % 3 === 0 ? 0 : 1]]) {
    await page.emulateMedia({ colorScheme })
    found.push(...(await axeFaults(page)).map((fault) => `${colorScheme}, ${fault}`))
  }
  return found
}

/** A site of the shop's own, on another origin, whose pages have the button. */
async function startSite(shop: () => string) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", shop())
    const tag = languageTags.find((known) => known === searchParams.get("lang")) ?? "en"
    response.setHeader("content-type", "text/html; charset=utf-8")
    response.end(`<!doctype html><html lang="${tag}" dir="${languages[tag].direction}"><head><meta charset="utf-8">
<title>Aurora</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>:root { color-scheme: light dark } body { font: 1rem/1.5 sans-serif; margin: 1rem }</style>
<script type="module" src="${shop()}/embed.js"></script></head>
<body><main><h1>Aurora Supply</h1><doorbuster-buy product="${pathname.slice(1)}"></doorbuster-buy></main></body></html>`)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

function scenesOf(
  { products, orders, payments }: Awaited<ReturnType<typeof everyState>>,
  site: string,
): readonly Scene[] {
  const heading = (page: Page, name: string, level = 2) =>
    page.getByRole("heading", { level, name }).first().waitFor()
  const clock = (page: Page) => page.locator(".clock", { hasText: /\d\d:\d\d:\d\d/ }).waitFor()
  const product = (name: keyof typeof products, come: Scene["come"] = clock): Scene => ({
    name: `product ${name}`,
    path: `/p/${products[name].id}`,
    come: async (page, words, tag) => (await clock(page), await come(page, words, tag)),
  })
  const order = (name: keyof typeof orders, headline: keyof Words["headlines"]): Scene => ({
    name: `order ${name}`,
    path: `/o/${orders[name].order_id}`,
    come: (page, words) => heading(page, words.headlines[headline]),
  })
  const payment = (name: string, path: string, text: (tag: LanguageTag) => string): Scene => ({
    name,
    path: `/simulator/pay/${path}`,
    come: (page, _words, tag) => page.getByText(text(tag)).first().waitFor(),
  })
  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).first().click()
  return [
    {
      name: "list",
      path: "/",
      async come(page, words) {
        await clock(page)
        await page.getByText(words.endedSales).click()
      },
    },
    { name: "find", path: "/find", come: (page, words) => heading(page, words.findOrder, 1) },
    { name: "your orders", path: "/orders", come: (page, words) => heading(page, words.yourOrders, 1) },
    { name: "missing", path: "/p/999999", come: (page, words) => heading(page, words.notFound, 1) },
    product("rich"),
    product("shoe", (page) => page.getByRole("radio", { name: "43" }).check()),
    product("basket"),
    product("shirt", async (page) => {
      await page.getByRole("radio").nth(1).check()
      await page.getByRole("radio").nth(4).check()
    }),
    product("limited"),
    product("paused"),
    product("scheduled"),
    product("over"),
    product("none"),
    product("sold"),
    product("kept", async (page, words) => {
      await press(page, words.cancelReservation)
      await page.getByText(words.askCancelReservation).waitFor()
    }),
    product("asked", async (page, words) => {
      await page.getByLabel(words.form.email).waitFor()
      await press(page, words.checkOut)
      await page.getByText(words.form.missing.email).waitFor()
    }),
    order("to_pay", "to_pay"),
    order("needs_details", "needs_details"),
    order("with_details", "to_pay"),
    order("under_way", "payment_under_way"),
    order("paid", "paid"),
    order("basket_paid", "paid"),
    order("shirt_paid", "paid"),
    order("declined", "declined"),
    order("cancelled", "cancelled"),
    order("expired", "order_expired"),
    order("late", "late_payment"),
    order("returned", "money_returned"),
    order("refunded", "refunded"),
    order("part_refunded", "paid"),
    {
      name: "order missing",
      path: "/o/999999",
      come: (page, words) => heading(page, words.headlines.order_missing),
    },
    payment("pay page", payments.open, (tag) => payWords[tag].buttons["3ds"]),
    payment("bank", `${payments.open}?step=bank`, (tag) => payWords[tag].atBank),
    payment("pay page, declined", payments.declined, (tag) => payWords[tag].statuses.declined),
    payment("pay page, unknown", "pay_x", (tag) => payWords[tag].missing),
    {
      name: "embed",
      path: `${site}/${products.basket.id}`,
      come: (page, words) => heading(page, words.headlines.on_sale),
    },
    {
      name: "embed, by option",
      path: `${site}/${products.shirt.id}`,
      async come(page, words) {
        await heading(page, words.headlines.on_sale)
        await page.getByRole("radio").nth(0).check()
      },
    },
    {
      name: "embed, held",
      path: `${site}/${products.plain.id}`,
      async come(page, words) {
        // Held since the first language.
        const checkOut = page.getByRole("button", { name: words.checkOut, exact: true })
        const reserve = page.getByRole("button", { name: words.reserve }).first()
        await checkOut.or(reserve).first().waitFor()
        if ((await checkOut.count()) === 0) await reserve.click()
        await checkOut.waitFor()
      },
    },
  ]
}
