import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { offer, productNow } from "../support/shop.ts"
import { type WatchedPage, putOnSale, sees, watchedPage } from "./admin-browser.ts"

const desk = { width: 1280, height: 900 }
const narrow = { width: 320, height: 800 }

describe.skipIf(leavesOutBrowser())("what a product asks its buyers for", { timeout: 120_000 }, () => {
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

  const question = (number: number) => page.getByRole("group", { name: `Question ${number}` })
  async function edit(productId: number): Promise<void> {
    await page.goto(`${app.url}/admin/p/${productId}/edit`)
    await page.getByRole("heading", { name: "What buyers are asked for" }).waitFor()
  }
  async function save(productId: number): Promise<void> {
    await page.getByRole("button", { name: "Save" }).click()
    await page.waitForURL(`${app.url}/admin/p/${productId}`)
  }

  test("a new product asks for nothing unless the operator says so", async () => {
    await page.goto(`${app.url}/admin/new`)
    await page.getByLabel("Name", { exact: true }).first().fill("Plain lamp")
    await page.getByLabel("Price").fill("99.00")
    await page.getByLabel("Stock").fill("4")
    expect(await page.getByRole("group", { name: "Countries" }).count()).toBe(0)
    await putOnSale(page)
    await sees(page, "Plain lamp")
    await page.waitForURL(/\/admin\/p\/\d+$/)
    const product = await productNow(app, Number(page.url().split("/").at(-1)))
    expect(Object.keys(product)).not.toContain("collect")
  })

  test("is chosen with countries and questions, by keyboard and by name", async () => {
    const { id } = await offer(app, { name: "Shirt" })
    await edit(id)
    await page.getByLabel("E-mail address").selectOption("required")
    await page.getByLabel("Phone number").selectOption("optional")
    await page.getByLabel("Shipping address").selectOption("required")
    await sees(page, "No country chosen: you ship to every country.")
    await page.getByLabel("Find a country").fill("switz")
    await page.getByLabel("Switzerland").press("Space")
    await page.getByLabel("Find a country").fill("COTE")
    await page.getByLabel("Côte d’Ivoire").check()
    await sees(page, "You ship only to Switzerland, Côte d’Ivoire.")

    await page.getByRole("button", { name: "Add a question" }).press("Enter")
    await expect.poll(() => page.evaluate("document.activeElement.id")).toMatch(/^question-\d+-label$/)
    await page.keyboard.type("en: Size; de: Grösse")
    await question(1).getByLabel("Answer", { exact: true }).selectOption("choice")
    await question(1).getByLabel("Choices").fill("S\nL = Large")
    await question(1).getByLabel("Buyers have to answer").check()
    await page.getByRole("button", { name: "Add a question" }).click()
    await question(2).getByLabel("Question", { exact: true }).fill("I accept the terms")
    await question(2).getByLabel("Answer", { exact: true }).selectOption("checkbox")
    await question(2).getByLabel("Link").fill("https://shop.example/terms")
    await page.getByRole("button", { name: "Move question 2 up" }).click()
    expect(await question(1).getByLabel("Text beside the box").inputValue()).toBe("I accept the terms")
    expect(await findFaults(page)).toEqual([])
    await save(id)

    expect(await productNow(app, id)).toMatchObject({
      collect: { email: "required", name: "no", phone: "optional", shipping_address: "required" },
      shipping_countries: ["CH", "CI"],
      questions: [
        {
          key: "i_accept_the_terms",
          kind: "checkbox",
          label: "I accept the terms",
          required: false,
          link: "https://shop.example/terms",
        },
        {
          key: "size",
          kind: "choice",
          label: { en: "Size", de: "Grösse" },
          choices: ["S", { value: "L", label: "Large" }],
          required: true,
        },
      ],
    })
    await sees(
      page,
      "Changed settings: asks for e-mail address (required), phone (optional), shipping address (required)",
    )
  })

  test("a form that changes something else leaves it as it is", async () => {
    const label = { en: "Size; or length", de: "Grösse" }
    const asked = {
      collect: { email: "required" },
      shipping_countries: ["DE"],
      questions: [{ key: "size", kind: "text", label }],
    }
    const { id } = await offer(app, { name: "Kept shirt", ...asked })
    const before = await productNow(app, id)
    await edit(id)
    await page.getByLabel("Limit per order").fill("2")
    await save(id)
    const { collect, shipping_countries, questions, max_per_hold } = await productNow(app, id)
    expect(max_per_hold).toBe(2)
    expect({ collect, shipping_countries, questions }).toEqual({
      collect: before.collect,
      shipping_countries: before.shipping_countries,
      questions: before.questions,
    })
    await sees(page, "Changed settings: limit per order 2 (open mode)")
  })

  test("a removed question and a demand that is taken back are saved", async () => {
    const questions = [{ key: "size", kind: "text", label: "Size" }]
    const { id } = await offer(app, { name: "Bare shirt", collect: { name: "required" }, questions })
    await edit(id)
    await page.getByLabel("Name", { exact: true }).last().selectOption("no")
    await page.getByRole("button", { name: "Remove question 1" }).click()
    await save(id)
    expect(Object.keys(await productNow(app, id))).not.toContain("collect")
  })

  test("the form explains what it cannot send", async () => {
    const { id } = await offer(app, { name: "Refused shirt" })
    await edit(id)
    await page.getByRole("button", { name: "Add a question" }).click()
    await question(1).getByLabel("Question", { exact: true }).fill("Size")
    await page.getByRole("button", { name: "Add a question" }).click()
    await question(2).getByLabel("Question", { exact: true }).fill("Size")
    await sees(page, "Another question has the name “size”. Enter a different one.")
    await question(1).getByLabel("Answer", { exact: true }).selectOption("choice")
    await sees(page, "Enter the choices, one per line.")
    expect(await findFaults(page)).toEqual([])
    await page.getByRole("button", { name: "Save" }).click()
    expect(page.url()).toBe(`${app.url}/admin/p/${id}/edit`)
  })

  test("the server's objection stands at its field until the form is changed", async () => {
    const { id } = await offer(app, { name: "Objected shirt" })
    await edit(id)
    await page.getByRole("button", { name: "Add a question" }).click()
    await question(1).getByLabel("Question", { exact: true }).fill("x".repeat(256))
    await question(1).getByLabel("Name in exports").fill("long")
    await page.getByRole("button", { name: "Save" }).click()

    const field = question(1).getByLabel("Question", { exact: true })
    await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true")
    expect(await findFaults(page)).toEqual([])
    await field.fill("short")
    await expect.poll(() => field.getAttribute("aria-invalid")).toBe(null)
    await save(id)
    expect((await productNow(app, id)).questions).toMatchObject([{ label: "short" }])
  })

  test("is accessible and not wider than a window of 320 pixels", async () => {
    const questions = [{ key: "size", kind: "choice", label: "Size", choices: ["S", "L"] }]
    const { id } = await offer(app, { collect: { shipping_address: "required" }, questions })
    await page.setViewportSize(narrow)
    await edit(id)
    expect(await findFaults(page)).toEqual([])
    await page.setViewportSize(desk)
  })

  test("logs no browser error and no violation of its content security policy", () => {
    expect(watched.complaints).toEqual([])
  })
})
