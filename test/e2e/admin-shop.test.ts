import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { ADMIN_TOKEN, startClosedApp } from "../support/shop.ts"
import { sees, signIn, watchedPage, type WatchedPage } from "./admin-browser.ts"

describe.skipIf(leavesOutBrowser())("the shop in the control room", { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Browser
  let context: BrowserContext
  let watched: WatchedPage
  let page: Page

  beforeAll(async () => {
    app = await startClosedApp()
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en" })
    watched = await watchedPage(context)
    page = watched.page
    await page.goto(`${app.url}/admin/shop`)
    await signIn(page, ADMIN_TOKEN)
    await page.getByRole("heading", { name: "Shop", exact: true }).waitFor()
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
  })

  const settings = async () => (await app.get("/api/admin/shop", { token: ADMIN_TOKEN })).body
  const save = () => page.getByRole("button", { name: "Save" }).click()
  /** The computed colours of a preview. */
  const preview = (theme: "light" | "dark") =>
    page.evaluate<{ page: string; name: string; button: string }>(`(() => {
      const figure = document.querySelector("[data-theme=${theme}]")
      const styleOf = (selector) => getComputedStyle(figure.querySelector(selector))
      return {
        page: styleOf(".accent-page").backgroundColor,
        name: styleOf(".accent-name").color,
        button: styleOf(".button").backgroundColor,
      }
    })()`)

  test("is filled in, saved and read again", async () => {
    await page.getByLabel("Name", { exact: true }).fill("Aurora Supply")
    await page.getByLabel("Help for buyers").fill("help@aurora.example")
    await page.getByLabel("Accent colour", { exact: true }).fill("0B5FFF")
    await page.getByLabel("Imprint").fill("https://aurora.example/imprint")
    await page.getByLabel("Default language").selectOption("de")
    await page.getByLabel("Français").check()
    await save()
    await sees(page, "Saved. Buyers see it within a few seconds.")
    expect(await settings()).toMatchObject({
      name: "Aurora Supply",
      support: "help@aurora.example",
      accent: "#0b5fff",
      links: { imprint: "https://aurora.example/imprint", privacy: null },
      logo: null,
      languages: ["de", "en", "fr"],
    })

    await page.reload()
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Aurora Supply")
    expect(await page.getByLabel("Default language").inputValue()).toBe("de")
    expect(await page.getByLabel("Français").isChecked()).toBe(true)
    expect(await findFaults(page)).toEqual([])
  })

  test("shows the colour in light and dark, whatever the operator's own theme is, and says what cannot be read", async () => {
    await page.getByLabel("Accent colour", { exact: true }).fill("#ffe600")
    await sees(page, /would be 1\.\d : 1, and 4\.5 : 1 is needed\. Text uses #[0-9a-f]{6}/)
    await sees(page, /Dark\. Text in your colour: 1\d\.\d : 1, which can be read\./)
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await preview("light")).toMatchObject({
        page: "rgb(246, 242, 232)",
        button: "rgb(255, 230, 0)",
        name: expect.not.stringContaining("255"),
      })
      expect(await preview("dark")).toEqual({
        page: "rgb(22, 21, 18)",
        button: "rgb(255, 230, 0)",
        name: "rgb(255, 230, 0)",
      })
      expect(await findFaults(page)).toEqual([])
    }
  })

  test("keeps a wrong value in its field and sends nothing", async () => {
    const before = await settings()
    await page.reload()
    for (const [label, text, fault] of [
      ["Accent colour", "blue", "Enter six digits, such as #0b5fff."],
      ["Privacy policy", "http://aurora.example", "Enter an address that begins with https://."],
      ["Help for buyers", "help", "Enter an e-mail address, or an address that begins with https://."],
    ] as const) {
      const field = page.getByLabel(label, { exact: true })
      const was = await field.inputValue()
      await field.fill(text)
      await sees(page, fault)
      await save()
      expect(await field.inputValue()).toBe(text)
      await field.fill(was)
    }
    // Only the server reads an address to the end.
    await page.getByLabel("Help for buyers").fill("a,b@aurora.example")
    await save()
    await sees(page, "This must be an e-mail address or begin with https://.")
    expect(await settings()).toEqual(before)
  })

  test("is not saved over a change that was made elsewhere in the meantime", async () => {
    await page.reload()
    await page.getByLabel("Terms").fill("https://aurora.example/terms")
    const change = { json: { name: "Borealis" }, token: ADMIN_TOKEN }
    await app.send("PATCH", "/api/admin/shop", change)
    await save()
    await sees(page, "The shop was changed elsewhere since you opened this page.")
    expect(await settings()).toMatchObject({ name: "Borealis", links: { terms: null } })
  })

  test("logs no error and violates no policy", () => {
    expect(watched.complaints).toEqual([])
  })
})
