import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  findFaults,
  launchBrowser,
  leavesOutBrowser,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import { holdsOf, offerLamp, offerShoe, press, reads, visit } from "./storefront.ts"

const HOUR_MS = 3_600_000
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()

describe.skipIf(leavesOutBrowser())("a presale by access code", { timeout: 60_000 }, () => {
  let app: BrowserShop
  let browser: Browser
  beforeAll(async () => {
    ;[app, browser] = await Promise.all([startBrowserShop(), launchBrowser()])
  })
  afterAll(() => Promise.all([browser.close(), app[Symbol.asyncDispose]()]))

  /** Opens a tab of its own. Its address is the shop's. */
  async function comes(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      baseURL: app.url,
      viewport: { width: 390, height: 800 },
      locale: "en",
      timezoneId: "UTC",
      ...options,
    })
    context.setDefaultTimeout(15_000)
    return context.newPage()
  }

  /** Offers a lamp: with a code from `codesMs` on, for everybody in two hours. Returns its id and a code. */
  async function presale(codesMs: number, units = 2) {
    const phases = [
      { from: inMs(codesMs), needs: { codes: "press" } },
      { from: inMs(2 * HOUR_MS), needs: null },
    ]
    const id = await offerLamp(app, { phases })
    const { codes: [code = ""] = [] } = await app.shop.accessCodes.add(id, { set: "press", count: 1, units })
    return { id, code }
  }

  const enter = async (page: Page, code: string) => {
    await page.getByLabel("Access code").fill(code)
    await press(page, "Use code")
  }
  const countsDown = (page: Page) => page.locator(".main-number .label").textContent()
  const reserves = (page: Page) => page.getByRole("button", { name: "Reserve" })

  test("a stranger waits for everybody's phase; a code, checked before the sale, counts down to its own", async () => {
    const { id, code } = await presale(HOUR_MS)
    const page = await comes()
    await visit(page, id)
    await reads(page, "Not open yet")
    expect(await countsDown(page)).toMatch(/^For everybody from /)
    expect(await reserves(page).count()).toBe(0)
    expect(await page.locator("#access-code-hint").textContent()).toMatch(/^With a code you can buy from /)
    expect(await findFaults(page)).toEqual([])

    await enter(page, "NO-SUCH-CODE")
    await page.getByText("This code is not valid for this product.").first().waitFor()
    expect(await countsDown(page)).toMatch(/^For everybody from /)
    await enter(page, code.toLowerCase())
    await page.getByText("Code accepted. You can buy 2 units with it.").waitFor()
    await expect.poll(() => countsDown(page)).toMatch(/^With your code from /)
    expect(await page.getByRole("timer").textContent()).toMatch(/^(59:\d\d|1:00:00)$/)
    expect(await findFaults(page)).toEqual([])
    // It is kept in the tab, and in no other one.
    await page.reload()
    await page.getByText("Code accepted").waitFor()
    const other = await page.context().newPage()
    await visit(other, id)
    expect(await countsDown(other)).toMatch(/^For everybody from /)
    await press(page, "Use another code")
    await expect.poll(() => countsDown(page)).toMatch(/^For everybody from /)
  })

  test("the page opens by itself in the buyer's phase, and the code is spent", async () => {
    const { id, code } = await presale(12_000)
    const page = await comes()
    await visit(page, id)
    await enter(page, code)
    await page.getByText("Code accepted").waitFor()
    expect(await reserves(page).count()).toBe(0)

    await reads(page, "On sale now")
    await press(page, "Reserve")

    await reads(page, "1 unit reserved for you")
    expect(await holdsOf(app, id)()).toEqual(["1 active"])
    expect(await app.shop.accessCodes.find(id, { access_code: code })).toMatchObject({ units_used: 1 })
    await press(page, "Cancel reservation")
    await press(page, "Yes, cancel the reservation")
    await page.getByText("Code accepted. You can buy 2 units with it.").waitFor()
  })

  test("a link with the code that is pasted into the open tab is read, too", async () => {
    const { id, code } = await presale(-1_000)
    const page = await comes()
    await visit(page, id)
    await page.getByLabel("Access code").waitFor()
    await page.evaluate(`location.assign("#code=${encodeURIComponent(code)}")`)
    await page.getByText("Code accepted").waitFor()
    expect(page.url()).toBe(`${app.url}/p/${id}`)
    await page.evaluate(`location.assign("#code=NO-SUCH-CODE")`)
    await page.getByText("This code is not valid for this product.").first().waitFor()
    await reserves(page).waitFor()
  })

  test("a link with the code lets in at once, leaves the address bar and outlasts a reload", async () => {
    const { id, code } = await presale(-1_000)
    const page = await comes()
    await page.goto(`/p/${id}#code=${encodeURIComponent(code)}`)
    await reads(page, "On sale now")
    expect(page.url()).toBe(`${app.url}/p/${id}`)
    await page.reload()
    await reserves(page).waitFor()
  })

  test("a code with too few units says how many are left, and one without any lets nobody in", async () => {
    const { id, code } = await presale(-1_000)
    const page = await comes()
    await visit(page, id)
    await enter(page, code)
    await reserves(page).waitFor()
    await app.crowd.holds.create({ product_id: id, qty: 1, access_code: code })
    await press(page, "Increase quantity")
    await press(page, "Reserve")
    await page
      .getByText(
        "You can buy only 1 unit more with this code. Choose a smaller number. Everybody can buy from",
      )
      .first()
      .waitFor()
    await app.crowd.holds.create({ product_id: id, qty: 1, access_code: code })
    await page.reload()
    await page.getByText("All units of your code are reserved or bought.").waitFor()
    expect(await countsDown(page)).toMatch(/^For everybody from /)
    expect(await reserves(page).count()).toBe(0)
  })

  test("without a phase for everybody, a stranger is told what is needed; sizes can be looked at", async () => {
    const { id } = await offerShoe(app, { "41": 2 }, { phases: [{ needs: { codes: "press" } }] })
    const { codes: [code = ""] = [] } = await app.shop.accessCodes.add(id, { set: "press", count: 1 })
    const page = await comes()
    await visit(page, id)
    await reads(page, "Only with an access code")
    await page.getByText("Enter your code to buy, or to see when you can.").first().waitFor()
    await expect.poll(() => reserves(page).getAttribute("aria-disabled")).toBe("true")
    expect(await findFaults(page)).toEqual([])

    await enter(page, code)
    await reads(page, "On sale now")
    await press(page, "Reserve")
    await reads(page, "1 unit reserved for you")
  })

  test("a code that the shop revokes in the meantime is refused in plain words", async () => {
    const { id, code } = await presale(-1_000)
    const page = await comes()
    await visit(page, id)
    await enter(page, code)
    await reserves(page).waitFor()
    await app.shop.accessCodes.revoke(id, { access_code: code })
    await press(page, "Reserve")
    await page.getByText("This code is not valid for this product.").first().waitFor()
    await expect.poll(() => countsDown(page)).toMatch(/^For everybody from /)
    expect(await reserves(page).count()).toBe(0)
  })

  test("a product without phases asks nothing", async () => {
    const id = await offerLamp(app)
    const page = await comes()
    const asked: string[] = []
    page.on("request", (request) => asked.push(new URL(request.url()).pathname))
    await visit(page, id)
    expect(await page.getByLabel("Access code").count()).toBe(0)
    expect(asked.filter((path) => path.endsWith("/access"))).toEqual([])
  })
})
