import { expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { offer } from "../support/shop.ts"
import { watchedPage } from "./admin-browser.ts"

test.skipIf(leavesOutBrowser())(
  "the preview of a draft shows the page before the sale, on sale and sold out, and nothing can be bought on it",
  async () => {
    await using browser = await launchBrowser()
    await using app = await startTestApp()
    const { id } = await offer(app, {
      name: "Secret shoe",
      status: "draft",
      stock: undefined,
      opens_at: new Date(Date.now() + 90_061_000).toISOString(),
      image_url: "https://pictures.example/shoe.svg",
      variants: ["Red", "Blue"].map((name) => ({
        name,
        stock: 2,
        image_url: `https://pictures.example/${name}.svg`,
        image_alt: name,
      })),
    })
    const context = await browser.newContext({ baseURL: app.url, reducedMotion: "reduce" })
    await context.route("https://pictures.example/**", (route) =>
      route.fulfill({ contentType: "image/svg+xml", body: `<svg xmlns="http://www.w3.org/2000/svg"></svg>` }),
    )
    const { page, complaints } = await watchedPage(context)
    page.setDefaultTimeout(10_000)
    const asked: string[] = []
    page.on("request", (request) => asked.push(new URL(request.url()).pathname))

    await page.goto(`/admin/p/${id}/preview`)
    await page.getByText("Preview. Only you see this page, and nothing can be bought on it.").waitFor()
    const states = page.locator(".notice.preview a")
    expect(await states.allInnerTexts()).toEqual(["Opens soon", "On sale", "Sold out"])
    expect(await page.locator(".notice.preview [aria-current]").innerText()).toBe("On sale")
    await page.getByRole("radio", { name: /^Blue/ }).check()
    await expect.poll(() => page.locator(".picture img").getAttribute("alt")).toBe("Blue")
    await page.getByRole("button", { name: /^Reserve/ }).click()
    expect(await findFaults(page)).toEqual([])

    await states.filter({ hasText: "Sold out" }).click()
    await page.getByRole("heading", { name: "Sold out" }).waitFor()
    await states.filter({ hasText: "Opens soon" }).click()
    await page.getByText(/^1 d 0/).waitFor()
    expect(await page.locator("main").innerText()).not.toContain("––")
    // No request but for the page's own files: none asks the API, and none is a hold.
    expect(asked.filter((path) => path.startsWith("/api/"))).toEqual([])
    expect((await app.get("/api/admin/holds")).body.data).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  },
)

test("a draft without an opening time has no preview before the sale, and one whose times have passed is still on sale in it", async () => {
  await using app = await startTestApp()
  const { id } = await offer(app, { status: "draft" })
  const plain = (await app.get(`/admin/p/${id}/preview?show=scheduled`)).body
  expect(plain).toContain(`"preview":{"state":"open","states":["open","sold_out"]}`)
  const over = { opens_at: "2026-01-01T00:00:00.000Z", closes_at: "2026-01-02T00:00:00.000Z" }
  const past = await offer(app, { status: "draft", ...over })
  const shown = async (state: string) => (await app.get(`/admin/p/${past.id}/preview?show=${state}`)).body
  expect(await shown("nonsense")).toContain(`"sale_state":"open"`)
  expect(await shown("scheduled")).toContain(`"sale_state":"scheduled"`)
  expect(await shown("sold_out")).toContain(`"sale_state":"sold_out"`)
})
