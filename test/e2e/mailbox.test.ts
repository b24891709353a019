import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { CHALLENGE_SECRET, startVerifier } from "../support/challenge-verifier.ts"
import { startCodeShop, wrongCode, type CodeShop } from "../support/mail-codes.ts"
import { ADMIN_TOKEN, offer } from "../support/shop.ts"

const phone = { viewport: { width: 390, height: 800 } }

describe.skipIf(leavesOutBrowser())("a product for confirmed mailboxes", { timeout: 90_000 }, () => {
  let shop: CodeShop
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    shop = await startCodeShop({ languages: ["en", "de", "ar"] })
    browser = await launchBrowser()
    context = await browser.newContext({ ...phone, locale: "en" })
    page = await context.newPage()
  })
  afterAll(async () => {
    await browser.close()
    await shop[Symbol.asyncDispose]()
  })

  const product = async (settings: object = {}) => {
    const { id } = await offer(shop.app, { customer: "email", max_per_customer: 2, ...settings }, ADMIN_TOKEN)
    return `${shop.app.url}/p/${id}`
  }

  test("asks for the address and the code while the sale is scheduled, and the buyer then only reserves", async () => {
    const opensAt = new Date(Date.now() + 25_000).toISOString()
    const path = await product({ opens_at: opensAt })
    await page.goto(path)
    await page.getByText("It is best to do this before the sale opens").waitFor()
    await page.getByRole("textbox", { name: "E-mail" }).fill("ada.lovelace@example.com")
    await page.getByRole("button", { name: "Send me a code" }).click()
    const field = page.getByLabel("Code with six digits")
    await field.waitFor()
    expect(await field.getAttribute("autocomplete")).toBe("one-time-code")
    expect(await field.getAttribute("inputmode")).toBe("numeric")
    expect(await field.evaluate((input) => input.matches(":focus"))).toBe(true)
    const code = await shop.codeFor("ada.lovelace@example.com")

    await field.fill(wrongCode(code))
    await page.getByRole("button", { name: "Confirm", exact: true }).click()
    await page.getByText("This code is not valid").waitFor()
    // A reload does not lose the step, and a space in the code does not matter.
    await page.reload()
    await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`)
    await page.getByRole("button", { name: "Confirm", exact: true }).click()
    await page.getByText("You are confirmed as a…@example.com.").waitFor()

    const other = await context.newPage()
    await other.goto(path)
    await other.getByText("You are confirmed as a…@example.com.").waitFor()
    await other.close()

    const answer = page.waitForResponse((response) => response.url().endsWith("/api/holds"))
    await page.getByRole("button", { name: "Reserve" }).click({ timeout: 60_000 })
    expect(await (await answer).json()).toMatchObject({
      qty: 1,
      customer_id: expect.stringMatching(/^mailbox:/),
    })
    await page.getByRole("button", { name: "Check out" }).waitFor()
  })

  test("lets the buyer use another address", async () => {
    await page.goto(await product())
    await page.getByRole("button", { name: /another address/ }).click()
    await page.getByRole("button", { name: "Send me a code" }).waitFor()
    await page.getByText("Confirm your e-mail address first, then reserve.").waitFor()
    await page.getByRole("button", { name: "Reserve" }).click()
    await expect.poll(() => page.locator("form .notice:visible").count()).toBe(1)
    await page.getByRole("textbox", { name: "E-mail" }).fill("nonsense")
    await page.getByRole("button", { name: "Send me a code" }).click()
    await page.locator(".field-error").waitFor()
  })

  test.each([
    ["de", "Code senden", "Sechsstelliger Code", "Bestätigen", "Sie sind bestätigt als b…@example.com."],
    ["ar", "أرسل لي رمزًا", "الرمز المكوَّن من ستة أرقام", "تأكيد", "b…@example.com"],
  ])("speaks %s, and so does its mail", async (lang, send, label, confirm, done) => {
    const own = await browser.newContext({ ...phone, locale: lang })
    const visit = await own.newPage()
    await visit.goto(`${await product()}?lang=${lang}`)
    const email = `b-${lang}@example.com`
    await visit.locator("input[type=email]").fill(email)
    await visit.getByRole("button", { name: send }).click()
    await visit.getByLabel(label).fill(await shop.codeFor(email))
    await visit.getByRole("button", { name: confirm, exact: true }).click()
    await visit.getByText(done).waitFor()
    const { mail } = shop.mails.received.find(({ to }) => to.includes(email)) ?? {}
    expect(mail?.html).toContain(`<html lang="${lang}"`)
    await own.close()
  })

  test("is said again when the token has ended", async () => {
    const own = await browser.newContext({ ...phone, locale: "en" })
    const visit = await own.newPage()
    await visit.goto(await product())
    await visit.evaluate(() =>
      localStorage.setItem(
        "doorbuster:1:mailbox",
        JSON.stringify({ email: "x@example.com", token: "dbc1.eA.1..x", endsAtMs: Date.now() + 1e9 }),
      ),
    )
    await visit.reload()
    await visit.getByText("You are confirmed as x…@example.com.").waitFor()
    await visit.getByRole("button", { name: "Reserve" }).click()
    await visit.getByRole("button", { name: "Send me a code" }).waitFor()
    await visit.getByText("Confirm your e-mail address first, then reserve.").first().waitFor()
    expect(await visit.evaluate(() => localStorage.getItem("doorbuster:1:mailbox"))).toBeNull()
    await own.close()
  })

  test("shows the challenge of the shop's service, and sends its token with the address", async () => {
    await using verifier = await startVerifier()
    const challenge = {
      kind: "siteverify" as const,
      capEndpoint: null,
      verifyUrl: verifier.url,
      secret: CHALLENGE_SECRET,
      siteKey: "key-1",
      script: verifier.script,
    }
    await using guarded = await startCodeShop({ challenge })
    const { id } = await offer(guarded.app, { customer: "email" }, ADMIN_TOKEN)
    const own = await browser.newContext({ ...phone, locale: "en" })
    const visit = await own.newPage()
    const wrong: string[] = []
    visit.on("console", (message) => /Security.Policy/i.test(message.text()) && wrong.push(message.text()))
    await visit.goto(`${guarded.app.url}/p/${id}`)
    await visit.getByRole("textbox", { name: "E-mail" }).fill("human@example.com")
    await visit.getByRole("button", { name: "Send me a code" }).click()
    await visit.getByText("The security check was not passed").waitFor()
    await visit.getByRole("button", { name: "I am human at key-1" }).click()
    await visit.getByRole("button", { name: "Send me a code" }).click()
    await visit.getByLabel("Code with six digits").fill(await guarded.codeFor("human@example.com"))
    await visit.getByRole("button", { name: "Confirm", exact: true }).click()
    await visit.getByText("You are confirmed as h…@example.com.").waitFor()
    expect(wrong).toEqual([])
    await own.close()
  })

  test("shows the element of Cap, whose address has the site key, within a policy that forbids scripts in the page", async () => {
    await using verifier = await startVerifier()
    const capEndpoint = verifier.url.replace("siteverify", "key-2/")
    const challenge = {
      kind: "siteverify" as const,
      capEndpoint,
      verifyUrl: `${capEndpoint}siteverify`,
      secret: CHALLENGE_SECRET,
      siteKey: "key-2",
      script: verifier.capScript,
    }
    await using guarded = await startCodeShop({ challenge })
    const { id } = await offer(guarded.app, { customer: "email" }, ADMIN_TOKEN)
    const own = await browser.newContext({ ...phone, locale: "en" })
    const visit = await own.newPage()
    const wrong: string[] = []
    visit.on("console", (message) => message.type() === "error" && wrong.push(message.text()))
    const answer = await visit.goto(`${guarded.app.url}/p/${id}`)
    const policy = answer?.headers()["content-security-policy"] ?? ""
    expect(/script-src [^;]*/.exec(policy)?.[0]).not.toMatch(/'unsafe-inline'|'unsafe-eval'|\*/)
    const button = visit.getByRole("button", { name: `I am human at ${capEndpoint}` })
    const colour = button.evaluate(
      (element) => element.ownerDocument.defaultView?.getComputedStyle(element).color,
    )
    expect(await colour).toBe("rgb(1, 2, 3)")
    await button.click()
    await visit.getByRole("textbox", { name: "E-mail" }).fill("cap@example.com")
    await visit.getByRole("button", { name: "Send me a code" }).click()
    await visit.getByLabel("Code with six digits").waitFor()
    expect(verifier.asked.at(-1)).toEqual({ secret: CHALLENGE_SECRET, response: "good" })
    expect(wrong).toEqual([])
    await own.close()
  })

  test.each([
    ["en", "Send me a code", "Verified"],
    ["ar", "أرسل لي رمزًا", "تم التحقق"],
  ])("solves the server's own challenge while the address is typed, in %s", async (lang, send, done) => {
    await using guarded = await startCodeShop({ challenge: { kind: "altcha" }, languages: ["en", "ar"] })
    const { id } = await offer(guarded.app, { customer: "email" }, ADMIN_TOKEN)
    const own = await browser.newContext({ ...phone, locale: lang })
    const visit = await own.newPage()
    const wrong: string[] = []
    const asked: string[] = []
    visit.on("console", (message) => message.type() === "error" && wrong.push(message.text()))
    visit.on("request", (request) =>
      asked.push(new URL(request.url()).host + new URL(request.url()).pathname),
    )
    await visit.goto(`${guarded.app.url}/p/${id}`)
    await visit.locator("altcha-widget").waitFor()
    // Nothing is computed on a page that is only looked at.
    expect(asked.filter((path) => path.endsWith("/challenge"))).toEqual([])
    await visit.locator("input[type=email]").fill(`human-${lang}@example.com`)
    await visit.getByText(done, { exact: false }).waitFor({ timeout: 30_000 })
    await visit.getByRole("button", { name: send }).click()
    await visit.locator("input[autocomplete=one-time-code]").waitFor()
    expect(await guarded.codeFor(`human-${lang}@example.com`)).toMatch(/^\d{6}$/)
    expect(wrong).toEqual([])
    // No third party takes part.
    expect(asked.filter((path) => !path.startsWith(new URL(guarded.app.url).host))).toEqual([])
    await own.close()
  })

  test("waits for the server's own challenge when the form is sent before it is solved, and takes another one", async () => {
    await using guarded = await startCodeShop({ challenge: { kind: "altcha" } })
    const { id } = await offer(guarded.app, { customer: "email" }, ADMIN_TOKEN)
    const own = await browser.newContext({ ...phone, locale: "en" })
    const visit = await own.newPage()
    await visit.goto(`${guarded.app.url}/p/${id}`)
    await visit.locator("altcha-widget .altcha").waitFor()
    const field = visit.getByRole("textbox", { name: "E-mail" })
    await field.fill("quick@example.com")
    await field.press("Enter")
    await visit.getByLabel("Code with six digits").waitFor({ timeout: 30_000 })
    await visit.getByRole("button", { name: /another address/ }).click()
    await field.fill("second@example.com")
    await field.press("Enter")
    await visit.getByLabel("Code with six digits").waitFor({ timeout: 30_000 })
    expect(await guarded.codeFor("second@example.com")).toMatch(/^\d{6}$/)
    await own.close()
  })

  test("asks nothing where the product is sold to everybody", async () => {
    const { id } = await offer(shop.app, {}, ADMIN_TOKEN)
    const loaded: string[] = []
    page.on("request", (request) => loaded.push(request.url()))
    await page.goto(`${shop.app.url}/p/${id}`)
    await page.getByRole("button", { name: "Reserve" }).waitFor()
    expect(await page.locator(".mailbox").count()).toBe(0)
    expect(loaded.filter((url) => url.includes("mailbox"))).toEqual([])
  })
})
