import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { offer } from "../support/shop.ts"
import { discard, goBack, sees, watchedPage, type WatchedPage } from "./admin-browser.ts"

describe.skipIf(leavesOutBrowser())(
  "input of the control room that is not saved",
  { timeout: 60_000 },
  () => {
    let app: TestApp
    let browser: Browser
    let watched: WatchedPage
    let page: Page
    let productId = 0
    /** The kinds of the browser's own questions. */
    const questions: string[] = []

    beforeAll(async () => {
      app = await startTestApp()
      await app.send("PATCH", "/api/admin/shop", { json: { languages: ["en", "de"] } })
      const collect = { questions: ["one", "two"].map((key) => ({ key, label: key, kind: "text" })) }
      productId = (await offer(app, { name: "Lamp", ...collect })).id
      browser = await launchBrowser()
      watched = await watchedPage(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
      page = watched.page
      page.on("dialog", (dialog) => {
        questions.push(dialog.type())
        void (questions.length % 2 === 1 ? dialog.dismiss() : dialog.accept())
      })
    })
    afterAll(async () => {
      await browser.close()
      await app[Symbol.asyncDispose]()
    })

    const title = () => page.getByRole("heading", { name: "Leave without saving?" })

    test("Go back from texts that were typed asks first, and loses them only after Leave", async () => {
      await page.goto(`${app.url}/admin/p/${productId}/content`)
      const german = page.getByRole("region", { name: "In Deutsch" }).getByLabel("Name")
      await german.fill("Lampe")
      await page.getByRole("link", { name: "Go back" }).click()
      await title().waitFor()
      expect(await findFaults(page)).toEqual([])
      await goBack(page)
      expect(await german.inputValue()).toBe("Lampe")

      await page.getByRole("button", { name: "Save" }).click()
      await sees(page, "Saved.")
      await german.fill("Leuchte")
      await page.getByRole("link", { name: "Go back" }).click()
      await page.getByRole("button", { name: "Leave" }).click()
      await page.waitForURL(`${app.url}/admin/p/${productId}`)
      const { body } = await app.get(`/api/admin/products/${productId}/content`)
      expect(body.translations.de.name).toBe("Lampe")
      expect(questions).toEqual([])
    })

    test("the browser asks before a reload, and nobody asks after saving", async () => {
      await page.goto(`${app.url}/admin/p/${productId}/content`)
      await page.getByLabel("What a buyer reads who has paid").fill("Thank you.")
      await page.evaluate("location.reload()")
      await expect.poll(() => questions).toEqual(["beforeunload"])
      expect(await page.getByLabel("What a buyer reads who has paid").inputValue()).toBe("Thank you.")

      await page.getByRole("button", { name: "Save" }).click()
      await sees(page, "Saved.")
      await page.getByRole("link", { name: "Go back" }).click()
      await page.waitForURL(`${app.url}/admin/p/${productId}`)
      expect(questions.splice(0)).toEqual(["beforeunload"])
    })

    const shown = (label: string) => () => page.getByLabel(label).first().fill("17")
    test.each<[path: string, change: () => Promise<void>]>([
      ["/new", shown("Name")],
      ["/p/1/edit", shown("Limit per order")],
      ["/p/1/edit", () => page.getByRole("button", { name: "Move question 1 down" }).click()],
      ["/p/1/edit", () => page.getByRole("button", { name: "Remove question 2" }).click()],
      ["/p/1/variants", shown("SKU")],
      ["/p/1/content", shown("Description")],
      ["/shop", shown("Name")],
      ["/shop", () => page.getByLabel("Show products before their sale opens").click()],
    ])("%s asks after input, and only then", async (path, change) => {
      const address = `${app.url}/admin${path.replace("/1/", `/${productId}/`)}`
      const activity = page.getByRole("link", { name: "Activity" })
      await page.goto(address)
      await page.locator("form").waitFor()
      await activity.click()
      await page.waitForURL(`${app.url}/admin/actions`)

      await page.goto(address)
      await page.locator("form").waitFor()
      await change()
      await activity.click()
      await title().waitFor()
      await page.getByRole("button", { name: "Leave" }).click()
      await page.waitForURL(`${app.url}/admin/actions`)
      expect(questions).toEqual([])
    })

    test("input that was taken back is no input", async () => {
      await page.goto(`${app.url}/admin/p/${productId}/edit`)
      await page.locator("#name").fill("Lamps")
      await page.locator("#name").fill("Lamp")
      await page.getByRole("link", { name: "Go back" }).click()
      await page.waitForURL(`${app.url}/admin/p/${productId}`)
      expect(questions).toEqual([])
    })

    test("saving a form that leads elsewhere asks nothing", async () => {
      await page.goto(`${app.url}/admin/p/${productId}/edit`)
      await page.getByLabel("Limit per order").fill("4")
      await page.getByRole("button", { name: "Save" }).click()
      await page.waitForURL(`${app.url}/admin/p/${productId}`)
      expect(questions).toEqual([])
    })

    test("what is typed while it is being saved is not saved yet", async () => {
      await page.goto(`${app.url}/admin/shop`)
      const answered = Promise.withResolvers<undefined>()
      await page.route("**/api/admin/shop", async (route) => {
        if (route.request().method() !== "GET") await answered.promise
        await route.continue()
      })
      await page.getByLabel("Name").first().fill("Aurora")
      await page.getByRole("button", { name: "Save" }).click()
      await page.getByLabel("Name").first().fill("Aurora Supply")
      answered.resolve(undefined)
      await sees(page, "Saved.")
      await page.getByRole("link", { name: "Activity" }).click()
      await title().waitFor()
      await page.getByRole("button", { name: "Leave" }).click()
      await page.waitForURL(`${app.url}/admin/actions`)
      await page.unroute("**/api/admin/shop")
      expect((await app.get("/api/admin/shop")).body.name).toBe("Aurora")
    })

    test("a dialog with input asks, at Escape too, each time", async () => {
      await page.goto(`${app.url}/admin/webhooks`)
      const open = page.getByRole("button", { name: "New endpoint…" })
      await open.click()
      await page.keyboard.press("Escape")
      await page.getByRole("dialog").waitFor({ state: "detached" })

      await open.click()
      await page.getByLabel("URL").fill("https://hook.invalid/")
      const question = page.getByRole("dialog", { name: "Discard what you entered?" })
      for (let times = 0; times < 3; times += 1) {
        await page.keyboard.press("Escape")
        await question.waitFor()
        await page.keyboard.press("Escape")
        await expect.poll(() => page.locator("dialog").count()).toBe(1)
      }
      expect(await page.getByLabel("URL").inputValue()).toBe("https://hook.invalid/")
      await discard(page)
      await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("New endpoint…")
    })

    test("logs no browser error", () => {
      expect(watched.complaints).toEqual([])
    })
  },
)
