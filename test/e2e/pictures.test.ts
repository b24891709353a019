import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  findFaults,
  launchBrowser,
  leavesOutBrowser,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { sees, watchedPage, type WatchedPage } from "./admin-browser.ts"
import { offerLamp, visit } from "./storefront.ts"

const HOST = "https://pictures.example"
const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6" fill="#996"/></svg>`

describe.skipIf(leavesOutBrowser())("the pictures and texts of a product", { timeout: 120_000 }, () => {
  let app: BrowserShop
  let browser: Browser
  let context: BrowserContext
  let watched: WatchedPage
  let page: Page
  let productId: number

  beforeAll(async () => {
    app = await startBrowserShop()
    browser = await launchBrowser()
    context = await browser.newContext({
      baseURL: app.url,
      viewport: { width: 390, height: 760 },
      reducedMotion: "reduce",
      locale: "en",
    })
    await context.route(`${HOST}/**`, (route) =>
      route.request().url().includes("lost")
        ? route.abort()
        : route.fulfill({ contentType: "image/svg+xml", body: picture }),
    )
    watched = await watchedPage(context)
    page = watched.page
    await app.shop.shop.change({ languages: ["en", "de"] })
    productId = await offerLamp(app, { image_url: `${HOST}/front.svg` })
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  test("are filled in by the shop, and only the changes are sent", async () => {
    await page.goto(`/admin/p/${productId}`)
    await page.getByRole("link", { name: "Pictures and texts" }).click()
    await page.getByLabel("What the first picture shows").fill("The lamp from the front")
    for (const [number, name, alt] of [
      [2, "side", "The lamp from the side"],
      [3, "lost", "The lamp at night"],
    ] as const) {
      await page.getByRole("button", { name: "Add a picture" }).click()
      const group = page.getByRole("group", { name: `Picture ${number}` })
      await group.getByLabel(`Address of picture ${number}`, { exact: true }).fill(`${HOST}/${name}.svg`)
      await group.getByLabel("What it shows").fill(alt)
    }
    const german = page.getByRole("region", { name: "In Deutsch" })
    await german.getByLabel("Name").fill("Schreibtischlampe Nr. 4")
    await german.getByLabel("Description").fill("Aus Eiche:\n- 3 m Kabel")
    await page.getByRole("button", { name: "Save" }).click()
    await sees(page, "Saved. Buyers see it within a few seconds.")
    expect(await findFaults(page)).toEqual([])

    await app.shop.products.changeContent(productId, { after_purchase: "Thank you" })
    await german.getByLabel("Name").fill("Lampe")
    await page.getByRole("button", { name: "Save" }).click()
    await sees(page, "were changed elsewhere since you opened this page")
    expect((await app.shop.products.content(productId)).translations.de?.name).toBe("Schreibtischlampe Nr. 4")
  })

  test("stand before the button, can be chosen, and one that cannot be loaded is said in words", async () => {
    await visit(page, productId)
    const row = page.getByRole("list", { name: "Pictures" })
    const [picturesAt, buttonAt] = await Promise.all([
      row.boundingBox(),
      page.getByRole("button", { name: /^Reserve/ }).boundingBox(),
    ])
    expect(picturesAt?.y).toBeLessThan(buttonAt?.y ?? 0)
    expect(await row.getByRole("img").first().getAttribute("alt")).toBe("The lamp from the front")
    const scrolled = () =>
      page.evaluate(`(({ scrollLeft, clientWidth }) => Math.round(scrollLeft / clientWidth))(
        document.querySelector(".gallery-row"))`)
    await page.getByRole("button", { name: "Show picture 2 of 3" }).click()
    await expect.poll(scrolled).toBe(1)
    await page.getByRole("button", { name: "Show picture 3 of 3" }).click()
    await expect.poll(scrolled).toBe(2)
    await row.getByText("The lamp at night").waitFor()
    expect(await findFaults(page)).toEqual([])
  })

  test("a logo that cannot be loaded gives its place to the shop's name", async () => {
    await app.shop.shop.change({ name: "Aurora", logo: { url: `${HOST}/lost-logo.svg`, alt: "Aurora" } })
    await page.goto("/find")
    await page.locator(".shop-name", { hasText: "Aurora" }).waitFor()
    expect(await page.locator(".shop-logo").count()).toBe(0)
    await app.shop.shop.change({ logo: null })
  })

  test("stay in the page's language when the stock changes", async () => {
    const name = "Leselampe Nr. 5"
    const lampId = await offerLamp(app)
    await app.shop.products.changeContent(lampId, { translations: { de: { name } } })
    await visit(page, lampId)
    await page.goto(`/p/${lampId}?lang=de`)
    await page.getByRole("heading", { level: 1, name }).waitFor()
    await page.locator(".clock", { hasText: /\d\d:\d\d:\d\d/ }).waitFor()
    await app.crowd.holds.create({ product_id: lampId, qty: 3 })
    await page.getByText("von 10 verfügbar").waitFor()
    await page.getByText("7", { exact: true }).waitFor()
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(name)

    await page.goto("/?lang=de")
    const entry = page.getByRole("link", { name })
    await entry.waitFor()
    await app.crowd.holds.create({ product_id: lampId, qty: 1 })
    await entry.getByText("Noch 6").waitFor()
  })

  test("log no error and violate no policy", () => {
    expect(watched.complaints.filter((complaint) => !complaint.includes("ERR_FAILED"))).toEqual([])
  })
})
