import { mkdir, mkdtemp, rm, stat } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { chromium, type Browser, type Page } from "playwright-core"
import { startApp } from "../src/app.ts"
import { readConfig } from "../src/config/read-config.ts"
import { startEmbeddedPostgres } from "../src/embedded/embedded-postgres.ts"
import { createLog } from "../src/base/log.ts"
import { createAdminClient } from "../client/src/admin.ts"
import { languageTags, type LanguageTag } from "../client/src/languages.ts"
import { createClient, type NewHold } from "../client/src/index.ts"

// Takes the screenshots in README and docs/, with a server on a temporary database and the system's Chromium. `--every DIR`
// saves each state at each width in both themes, for a review; `--scene NAME` only one, `--full` the whole page instead of
// its first screen, `--lang TAG` in another language, for scenes in which nothing is pressed. Japanese needs a font such as
// that of Debian's fonts-noto-cjk.

const CHROMIUM = "/usr/bin/chromium"
const PICTURES = fileURLToPath(new URL("../docs/screenshots/", import.meta.url))
const MOST_BYTES = 100_000
const themes = ["light", "dark"] as const
const widths = [320, 390, 1280]

/** A product picture made here, so that the page requests none from another server. */
const lamp = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600"><rect width="800" height="600" fill="#e3dac6"/>
<rect y="470" width="800" height="130" fill="#cdbf9f"/><path d="M270 470h190v-16a24 24 0 0 0-24-24H294a24 24 0 0 0-24 24z"
fill="#28322e"/><path d="M365 432 300 262l174-92" fill="none" stroke="#28322e" stroke-width="13"
stroke-linecap="round" stroke-linejoin="round"/><circle cx="300" cy="262" r="15" fill="#b98b3c"/><path
d="m452 120 128 96c-34 40-82 52-118 24s-44-80-10-120z" fill="#28322e"/><circle cx="512" cy="230" r="24"
fill="#ffe9a8"/></svg>`

/** A page of a shop of its own, dark and with a typeface of its own, on which the element sells. */
let labelPage = ""

/** A state of a page, and how to reach it with a product or order of its own. */
interface Scene {
  readonly name: string
  readonly come: (page: Page) => Promise<void>
}

/** The screenshots in README and docs/. */
const shown: readonly Shown[] = [
  { scene: "on-sale", width: 390, theme: "light" },
  { scene: "held", width: 390, theme: "light" },
  { scene: "scheduled", width: 390, theme: "dark" },
  { scene: "paid", width: 390, theme: "dark" },
  { scene: "live-sale", width: 1280, theme: "light" },
  { scene: "gallery", width: 390, theme: "light" },
  { scene: "gallery", width: 390, theme: "light", lang: "de" },
  { scene: "gallery", width: 390, theme: "light", lang: "ar" },
  { scene: "options", width: 390, theme: "light" },
  { scene: "embed", width: 1280, theme: "light" },
]

interface Shown {
  readonly scene: string
  readonly width: number
  readonly theme: (typeof themes)[number]
  readonly lang?: LanguageTag
}

const { values } = parseArgs({
  options: {
    every: { type: "string" },
    scene: { type: "string" },
    full: { type: "boolean" },
    lang: { type: "string" },
  },
})
/** The site of another shop, whose page the element stands on. */
const otherSite = createServer((_request, response) => {
  response.setHeader("content-type", "text/html")
  response.end(labelPage)
})
await new Promise<void>((resolve) => void otherSite.listen(0, "127.0.0.1", resolve))
const otherOrigin = `http://127.0.0.1:${(otherSite.address() as AddressInfo).port}`
const directory = await mkdtemp(join(tmpdir(), "doorbuster-screenshots-"))
const postgres = await startEmbeddedPostgres({ dataDirectory: join(directory, "data"), role: "owner" })
const config = {
  ...readConfig({ directory, environment: {} }),
  port: 0,
  corsOrigins: [otherOrigin],
}
const app = await startApp(config, {
  databaseUrl: postgres.url,
  log: createLog("silent"),
  worker: true,
  seed: false,
})
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] })
try {
  const scenes = createScenes(app.url)
  if (values.every === undefined) {
    for (const { scene, width, theme, lang } of shown) {
      const come = scenes.find(({ name }) => name === scene)?.come
      if (come === undefined) throw new Error(`there is no scene ${scene}`)
      const path = join(PICTURES, lang === undefined ? `${scene}.png` : `${scene}-${lang}.png`)
      await shoot(browser, { path, width, theme, come, lang })
      const { size } = await stat(path)
      if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MOST_BYTES}`)
    }
  } else {
    for (const { name, come } of scenes) {
      if (values.scene !== undefined && !name.includes(values.scene)) continue
      for (const theme of themes) {
        for (const width of widths) {
          await shoot(browser, {
            path: join(values.every, `${name}-${width}-${theme}.png`),
            width,
            theme,
            come,
            lang: languageTags.find((tag) => tag === values.lang),
          })
        }
      }
    }
  }
} finally {
  await browser.close()
  otherSite.close()
  await app.stop()
  await postgres.stop()
  await rm(directory, { recursive: true, force: true })
}

interface Shot {
  readonly path: string
  readonly width: number
  readonly theme: (typeof themes)[number]
  readonly come: Scene["come"]
  /** Undefined: English, by a shop that offers no other language. */
  readonly lang: LanguageTag | undefined
}

async function shoot(browser: Browser, { path, width, theme, come, lang }: Shot): Promise<void> {
  const shop = createAdminClient({ baseUrl: app.url, adminToken: null })
  await shop.shop.change({ languages: lang === undefined ? null : [...languageTags] })
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 760 : 690 },
    colorScheme: theme,
    timezoneId: "Europe/Berlin",
    locale: lang ?? "en",
    reducedMotion: "reduce",
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.route("https://pictures.example/**", (route) =>
    route.fulfill({ contentType: "image/svg+xml", body: lamp }),
  )
  await come(page)
  await mkdir(join(path, ".."), { recursive: true })
  await page.screenshot({ path, fullPage: values.full === true })
  await context.close()
  console.log(path)
}

function createScenes(url: string): Scene[] {
  const shop = createAdminClient({ baseUrl: url, adminToken: null })
  const crowd = createClient({ baseUrl: url })

  async function lampOf(more: object = {}): Promise<number> {
    const { id } = await shop.products.create({
      name: "Desk lamp No. 4",
      description:
        "Spun steel, brass joint, two metres of cloth cable. Made once, in one run, and not again.",
      image_url: "https://pictures.example/lamp.svg",
      price_minor: 12_900,
      currency: "EUR",
      stock: 240,
      max_per_hold: 2,
      ...more,
    })
    return id
  }

  async function sell(productId: number, qty: number): Promise<void> {
    await payFor(await crowd.holds.create({ product_id: productId, qty }))
  }

  async function payFor(hold: NewHold): Promise<void> {
    const order = await crowd.orders.create(hold)
    await fetch(`${url}/api/payments/webhook`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        idempotency_key: `paid-${order.order_id}`,
        order_id: order.order_id,
        status: "success",
      }),
    })
  }

  /** Half a minute of a sale: more buyers than units, most holds are paid, and some are released. */
  async function rush(productId: number): Promise<void> {
    const seconds = 30
    for (let second = 0; second < seconds; second += 1) {
      const buyers = Array.from({ length: 12 }, async (_, number) => {
        await sleep(80 * number)
        const hold = await crowd.holds.create({ product_id: productId, qty: 1 + (number % 2) })
        if (number % 5 === 4) await crowd.withToken(hold.token).holds.release(hold.hold_id)
        else if (number % 3 !== 2) await payFor(hold)
      })
      await Promise.allSettled(buyers)
    }
  }

  async function visit(page: Page, productId: number): Promise<void> {
    await page.goto(`${url}/p/${productId}`)
    await clockOf(page).waitFor()
  }

  /** The sizes of one shoe, of which some are sold out or all reserved. */
  async function shoe(more: object = {}): Promise<number> {
    const { id, variants = [] } = await shop.products.create({
      name: "Court shoe, white",
      description: "Full-grain leather on a gum sole. One run of 240 pairs.",
      image_url: "https://pictures.example/lamp.svg",
      price_minor: 12_900,
      currency: "EUR",
      max_per_hold: 2,
      variants: [12, 31, 48, 2, 40, 36, 1, 18].map((stock, index) => ({
        name: String(38 + index),
        options: { size: String(38 + index) },
        stock,
      })),
      ...more,
    })
    if ("opens_at" in more) return id
    const hold = (index: number, qty: number) =>
      crowd.holds.create({ product_id: id, variant_id: variants[index]?.id ?? 0, qty })
    await payFor(await hold(3, 2))
    await hold(6, 1)
    await payFor(await hold(1, 2))
    return id
  }

  /** A shirt by colour and size, of which white has no L and black no M left. */
  async function shirt(): Promise<number> {
    const stocks = { Black: { S: 12, M: 0, L: 7, XL: 3 }, White: { S: 4, M: 9, XL: 21 }, Red: { M: 2, L: 1 } }
    const { id } = await shop.products.create({
      name: "Tour shirt",
      description: "Heavy cotton, printed for the last three nights.",
      image_url: "https://pictures.example/lamp.svg",
      price_minor: 3_200,
      currency: "EUR",
      max_per_hold: 2,
      variants: Object.entries(stocks).flatMap(([colour, sizes]) =>
        Object.entries(sizes).map(([size, stock]) => ({
          name: `${colour} / ${size}`,
          stock,
          options: { colour, size },
        })),
      ),
    })
    const same = { description: "Heavy cotton.", after_purchase: null }
    await shop.products.changeContent(id, {
      translations: {
        de: {
          ...same,
          name: "Tourneehemd",
          words: { colour: "Farbe", size: "Größe", Black: "Schwarz", White: "Weiß", Red: "Rot" },
        },
        ar: {
          ...same,
          name: "قميص الجولة",
          words: { colour: "اللون", size: "المقاس", Black: "أسود", White: "أبيض", Red: "أحمر" },
        },
      },
    })
    return id
  }

  async function pickShirt(page: Page): Promise<void> {
    await visit(page, await shirt())
    await page.getByRole("radio").nth(1).check()
    await page.getByRole("radio").nth(4).check()
  }

  /** Goods that differ: shirts in two sizes and a poster. */
  async function merchandise(): Promise<number> {
    const { id } = await shop.products.create({
      name: "Winter tour",
      description: "Printed for the last three nights.",
      image_url: "https://pictures.example/lamp.svg",
      price_minor: 2_500,
      currency: "EUR",
      max_per_hold: 4,
      variants: [
        { name: "Shirt, M", options: { size: "M" }, stock: 40 },
        { name: "Shirt, L", options: { size: "L" }, stock: 3 },
        { name: "Shirt, XL", options: { size: "XL" }, stock: 0 },
        { name: "Poster, signed by the whole band", stock: 15, price_minor: 4_000 },
      ],
    })
    return id
  }

  async function fillBasket(page: Page): Promise<void> {
    await visit(page, await merchandise())
    await page.getByRole("button", { name: "Increase quantity of Shirt, L" }).click()
    await page.getByRole("button", { name: "Increase quantity of Shirt, L" }).click()
    await page.getByRole("button", { name: "Increase quantity of Poster" }).click()
  }

  async function holdBasket(page: Page): Promise<void> {
    await fillBasket(page)
    await page.getByRole("button", { name: "Reserve" }).click()
    await page.getByRole("heading", { name: "reserved for you" }).waitFor()
  }

  async function hold(page: Page): Promise<void> {
    const id = await lampOf()
    await visit(page, id)
    await page.getByRole("button", { name: "Increase quantity" }).click()
    await page.getByRole("button", { name: "Reserve" }).click()
    await page.getByRole("heading", { name: "reserved for you" }).waitFor()
  }

  /** A poster that is sent to the buyer, with two questions. */
  async function poster(): Promise<number> {
    return lampOf({
      name: "Tour poster, signed",
      description: "Three colours on 300 g paper, signed by the whole band. Sent rolled.",
      collect: { email: "required", name: "required", phone: "optional", shipping_address: "required" },
      shipping_countries: ["CH", "DE", "GB", "JP", "US"],
      questions: [
        { key: "paper", kind: "choice", label: "Paper", choices: ["Matt", "Glossy"], required: true },
        { key: "words", kind: "text", label: "Dedication", help: "Up to ten words, by hand." },
        {
          key: "terms",
          kind: "checkbox",
          label: "I accept the terms of sale",
          link: "https://shop.example/terms",
          required: true,
        },
      ],
    })
  }

  async function holdPoster(page: Page): Promise<void> {
    await visit(page, await poster())
    await page.getByRole("button", { name: "Reserve" }).click()
    await page.getByLabel("E-mail").waitFor()
    await page.getByLabel("Country").selectOption("CH")
    await page.getByLabel("Postal code").waitFor()
  }

  async function fillIn(page: Page): Promise<void> {
    await holdPoster(page)
    await page.getByLabel("E-mail").fill("anna.muster@example.org")
    await page.getByLabel("Name").fill("Anna Muster")
    await page.getByLabel("Street and number").fill("Bahnhofstrasse 1")
    await page.getByLabel("Postal code").fill("8001")
    await page.getByLabel("City").fill("Zürich")
    await page.getByRole("radio", { name: "Matt" }).check()
    await page.getByRole("checkbox").check()
  }

  async function orderPoster(page: Page): Promise<void> {
    await fillIn(page)
    await page.getByRole("button", { name: "Check out", exact: true }).click()
    await page.getByRole("heading", { name: "Awaiting your payment" }).waitFor()
    await page.getByText("CH-8001 Zürich").waitFor()
  }

  async function order(page: Page): Promise<void> {
    await hold(page)
    await page.getByRole("button", { name: "Check out", exact: true }).click()
    await page.getByRole("heading", { name: "Awaiting your payment" }).waitFor()
    await page.getByText("left to pay").waitFor()
  }

  async function press(page: Page, button: string): Promise<void> {
    await order(page)
    await page.getByRole("button", { name: "Buy now, pay" }).click()
    await page.getByRole("button", { name: button, exact: true }).click()
  }

  return [
    {
      name: "list",
      async come(page) {
        const opensAt = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 86_400_000).toISOString()
        await lampOf({ name: "Desk lamp No. 4" })
        await lampOf({ name: "Folding stool, ash", price_minor: 8_450, opens_at: opensAt })
        await sell(await lampOf({ name: "Enamel pot, four litres", stock: 12, max_per_hold: null }), 12)
        await page.goto(url)
        await clockOf(page).waitFor()
      },
    },
    {
      name: "on-sale",
      async come(page) {
        const id = await lampOf({ max_per_hold: null })
        await sell(id, 163)
        await crowd.holds.create({ product_id: id, qty: 40 })
        await visit(page, id)
      },
    },
    {
      name: "sizes",
      async come(page) {
        await visit(page, await shoe())
        await page.getByRole("radio", { name: "42" }).check()
      },
    },
    {
      name: "sizes-scheduled",
      async come(page) {
        const opensAt = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 240_000).toISOString()
        await visit(page, await shoe({ opens_at: opensAt, max_per_hold: 1 }))
      },
    },
    {
      name: "options",
      async come(page) {
        await pickShirt(page)
        await page.evaluate("scrollTo(0, 440)")
      },
    },
    { name: "options-open", come: async (page) => visit(page, await shirt()) },
    {
      name: "options-sold-out",
      async come(page) {
        await pickShirt(page)
        await page.getByRole("radio").nth(0).check()
      },
    },
    {
      name: "options-to-pay",
      async come(page) {
        await pickShirt(page)
        for (const _ of ["Reserve", "Check out"]) await page.locator("button.primary").click()
        await page.locator(".ticket-options").waitFor()
      },
    },
    { name: "basket", come: fillBasket },
    { name: "basket-held", come: holdBasket },
    {
      name: "basket-to-pay",
      async come(page) {
        await holdBasket(page)
        await page.getByRole("button", { name: "Check out", exact: true }).click()
        await page.getByRole("heading", { name: "Awaiting your payment" }).waitFor()
        await page.getByText("left to pay").waitFor()
        await page.getByText("Winter tour").waitFor()
      },
    },
    {
      name: "customer",
      async come(page) {
        await visit(page, await lampOf({ max_per_customer: 2, image_url: null }))
      },
    },
    {
      name: "scheduled",
      async come(page) {
        const opensAt = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 240_000).toISOString()
        await visit(page, await lampOf({ opens_at: opensAt }))
      },
    },
    {
      name: "all-held",
      async come(page) {
        const id = await lampOf({ stock: 40, max_per_hold: null })
        await sell(id, 31)
        await crowd.holds.create({ product_id: id, qty: 9 })
        await visit(page, id)
      },
    },
    {
      name: "sold-out",
      async come(page) {
        const id = await lampOf({ stock: 40, max_per_hold: null, image_url: null, description: null })
        await sell(id, 40)
        await visit(page, id)
      },
    },
    {
      name: "given-back",
      async come(page) {
        await hold(page)
        await page.getByRole("button", { name: "Cancel reservation" }).click()
        await page.getByRole("button", { name: "Yes, cancel the reservation" }).click()
        await page.getByText("Reservation cancelled").first().waitFor()
      },
    },
    { name: "held", come: hold },
    { name: "to-pay", come: order },
    {
      name: "details-missing",
      async come(page) {
        await holdPoster(page)
        await page.getByRole("button", { name: "Check out", exact: true }).click()
        await page.getByText("Enter your e-mail address.").waitFor()
      },
    },
    { name: "details-entered", come: fillIn },
    { name: "details-to-pay", come: orderPoster },
    {
      name: "details-paid",
      async come(page) {
        await orderPoster(page)
        await page.getByRole("button", { name: "Buy now, pay" }).click()
        await page.getByRole("button", { name: "Pay", exact: true }).click()
        await page.getByRole("heading", { name: "Order paid" }).waitFor()
        await page.getByText("CH-8001 Zürich").waitFor()
      },
    },
    {
      name: "other-device",
      async come(page) {
        await order(page)
        await page.getByText("Open on another device").click()
        await page.getByRole("img").waitFor()
      },
    },
    {
      name: "wrong-link",
      async come(page) {
        await page.goto(`${url}/o/999999#dbt1.cut`)
        await page.getByRole("heading", { name: "This link" }).waitFor()
      },
    },
    {
      name: "simulator",
      async come(page) {
        await order(page)
        await page.getByRole("button", { name: "Buy now, pay" }).click()
        await page.getByRole("button", { name: "Pay", exact: true }).waitFor()
      },
    },
    {
      name: "paid",
      async come(page) {
        await press(page, "Pay")
        await page.getByRole("heading", { name: "Order paid" }).waitFor()
      },
    },
    {
      name: "declined",
      async come(page) {
        await press(page, "Decline")
        await page.getByRole("heading", { name: "declined" }).waitFor()
      },
    },
    {
      name: "gallery",
      async come(page) {
        const id = await lampOf()
        await shop.products.changeContent(id, {
          image_alt: "The lamp on a desk",
          pictures: [1, 2].map((number) => ({
            url: `https://pictures.example/${number}.svg`,
            alt: "The lamp",
          })),
          translations: {
            de: {
              name: "Schreibtischlampe Nr. 4",
              description:
                "Gedrückter Stahl, Messinggelenk, zwei Meter Textilkabel. Einmal gefertigt, in einer Auflage.",
            },
            ar: {
              name: "مصباح مكتب رقم 4",
              description: "فولاذ مشكّل ومفصل من النحاس وسلك مغلّف بالقماش بطول مترين. يُصنع مرة واحدة فقط.",
            },
          },
        })
        await visit(page, id)
      },
    },
    {
      name: "embed",
      async come(page) {
        const id = await lampOf({ name: "Night lamp, brass", max_per_hold: null })
        labelPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Label</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body { background: #12211b; color: #f1ead9; font: 18px/1.5 Georgia, serif; margin: 0; padding: 64px }
main { display: grid; gap: 64px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); margin: auto; max-width: 60rem }
img { border-radius: 4px; width: 100% } h1 { font-weight: 400; font-size: 44px; line-height: 1.1; margin: 0 0 16px }
doorbuster-buy { --doorbuster-accent: #7fd8a4; --doorbuster-accent-ink: #0c1a13; --doorbuster-radius: 999px; margin-top: 32px }
</style><main><img src="https://pictures.example/lamp.svg" alt=""><div><h1>One lamp, one evening</h1>
<p>240 of them, spun and soldered by hand. They are sold here, and nowhere else.</p>
<doorbuster-buy product="${id}"></doorbuster-buy></div></main><script type="module" src="${url}/embed.js"></script>`
        await page.goto(otherOrigin)
        await page.getByRole("button", { name: "Reserve" }).waitFor()
      },
    },
    {
      name: "live-sale",
      async come(page) {
        const id = await lampOf({ stock: 420, max_per_hold: 4 })
        await page.goto(`${url}/admin/p/${id}`)
        await page.getByRole("heading", { level: 1 }).waitFor()
        await page.locator("canvas").first().waitFor()
        await rush(id)
      },
    },
    {
      name: "control-room",
      async come(page) {
        await page.goto(`${url}/admin`)
        await page.getByRole("heading", { level: 1 }).waitFor()
        await page.getByText("Loading…").first().waitFor({ state: "detached" })
      },
    },
    {
      name: "missing",
      async come(page) {
        await page.goto(`${url}/p/999999`)
      },
    },
  ]
}

/** The countdown, which appears once the page knows the server's time. */
function clockOf(page: Page) {
  return page.locator(".clock", { hasText: /\d\d:\d\d:\d\d/ })
}
