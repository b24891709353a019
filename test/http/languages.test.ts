import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { LanguageTag } from "../../client/src/languages.ts"
import { chosenLanguage } from "../../src/site/language-choice.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { offer } from "../support/shop.ts"
import { pay, withEmail } from "../support/mailed-orders.ts"
import { newProduct } from "../support/products.ts"

const all = ["en", "de", "fr", "es", "ja", "ar"] as const satisfies readonly LanguageTag[]

// One row per rule, in order of precedence.
test.each<[string, unknown, string | undefined, string | undefined, readonly LanguageTag[], LanguageTag]>([
  // what                                      ?lang      cookie                    Accept-Language               offered    chosen
  ["nothing is said: the shop's default", undefined, undefined, undefined, ["de", "en"], "de"],
  ["the address decides", "fr", "doorbuster_lang=de", "ja", all, "fr"],
  ["an address with a region", "de-CH", undefined, "ja", all, "de"],
  ["an address with a language that is not offered", "it", undefined, "ja", all, "ja"],
  ["an address with two languages", ["de", "fr"], undefined, "ja", all, "ja"],
  ["then the earlier choice", undefined, "a=b; doorbuster_lang=de; c=d", "ja", all, "de"],
  ["an earlier choice that is no longer offered", undefined, "doorbuster_lang=ar", "fr", ["en", "fr"], "fr"],
  ["the cookie of another name", undefined, "xdoorbuster_lang=de", "ja", all, "ja"],
  ["then the browser", undefined, "a=b", "ja", all, "ja"],
  ["by quality, not by place", undefined, undefined, "fr;q=0.5, de;q=0.8, it", all, "de"],
  ["a region counts as its language", undefined, undefined, "de-CH, fr;q=0.9", all, "de"],
  ["quality 0 means never", undefined, undefined, "de;q=0, *;q=0.5", ["de", "fr"], "fr"],
  ["quality 0 for all that is offered", undefined, undefined, "de;q=0, fr;q=0", ["de", "fr"], "de"],
  ["none of the browser's is offered", undefined, undefined, "it, pt-BR", ["fr", "en"], "fr"],
  ["anything", undefined, undefined, "*", ["fr", "en"], "fr"],
  ["nonsense", undefined, undefined, ";;q=,,\u0000é", ["fr", "en"], "fr"],
  ["the shop has one language", "de", "doorbuster_lang=de", "de", ["ja"], "ja"],
])("%s", (_, asked, cookie, acceptLanguage, offered, chosen) => {
  expect(chosenLanguage({ asked, cookie, acceptLanguage }, offered)).toBe(chosen)
})

describe("a shop with several languages", () => {
  let shop: TestApp
  beforeAll(async () => {
    shop = await startTestApp({
      config: { languages: ["en", "de", "ar"], publicUrl: "https://shop.example" },
    })
    // With one product, its page would stand in the place of the list.
    await offer(shop)
  })
  afterAll(async () => await shop[Symbol.asyncDispose]())

  const page = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${shop.url}${path}`, { headers })
    return { answer, text: await answer.text() }
  }

  test.each(["/", "/p/1", "/o/1", "/find", "/p/999"])("answers %s in the reader's language", async (path) => {
    const { answer, text } = await page(path, { "accept-language": "ar, en;q=0.5" })
    expect(text).toContain('<html lang="ar" dir="rtl">')
    expect(text).toMatch(/src="\/assets\/storefront-ar-[\w-]+\.js"/)
    expect(answer.headers.get("content-language")).toBe("ar")
    expect(answer.headers.get("vary")?.toLowerCase()).toMatch(/accept-language, cookie$/)
    expect((await page(path)).text).toContain('<html lang="en">')
  })

  test("a page that is remembered is remembered for each language, and so is its tag", async () => {
    const german = await page("/p/1", { "accept-language": "de" })
    const english = await page("/p/1", { "accept-language": "en" })
    const etag = german.answer.headers.get("etag") ?? ""
    expect(german.text).toContain("Reservieren")
    expect(english.text).toContain("Reserve")
    expect(english.text).not.toContain("Reservieren")
    const again = await page("/p/1", { "accept-language": "de", "if-none-match": etag })
    expect(again.answer.status).toBe(304)
    const other = await page("/p/1", { "accept-language": "en", "if-none-match": etag })
    expect(other.answer.status).toBe(200)
    expect((await page("/", { "accept-language": "de" })).text).toContain("Im Verkauf")
    expect((await page("/", { "accept-language": "en" })).text).toContain("On sale")
  })

  test("links to the other languages, for readers and for search engines", async () => {
    const { text, answer } = await page("/?cursor=0.0.1&lang=de")
    expect(text).toContain('<a href="/?cursor=0.0.1&amp;lang=ar" lang="ar" hreflang="ar">العربية</a>')
    const links = answer.headers.get("link")?.split(", ") ?? []
    expect(links).toContain('<https://shop.example/?cursor=0.0.1&lang=de>; rel="alternate"; hreflang="de"')
    expect(links).toContain('<https://shop.example/?cursor=0.0.1>; rel="alternate"; hreflang="x-default"')
    expect((await page("/p/1")).answer.headers.get("link")).toContain("<https://shop.example/p/1?lang=ar>")
    const order = await page("/o/1?lang=de")
    expect(order.text).toContain('<a href="/o/1?lang=ar"')
    expect(order.answer.headers.get("link")).toBeNull()
  })
})

test("a shop with one language says nothing of languages", async () => {
  await using shop = await startTestApp()
  const answer = await fetch(`${shop.url}/p/1?lang=de`, {
    headers: { "accept-language": "de", cookie: "doorbuster_lang=de" },
  })
  const text = await answer.text()
  expect(text).toContain('<html lang="en">')
  expect(text).not.toMatch(/hreflang|lang=de/)
  expect(answer.headers.get("content-language")).toBeNull()
  expect(answer.headers.get("vary")).toBeNull()
  expect(answer.headers.get("link")).toBeNull()
})

test("a shop whose one language is not English has no English page", async () => {
  await using shop = await startTestApp({ config: { languages: ["ja"] } })
  const answer = await fetch(`${shop.url}/p/1`, { headers: { "accept-language": "en" } })
  expect(await answer.text()).toContain('<html lang="ja">')
})

test("an order keeps the buyer's language, and its mail is written in it", async () => {
  await using shop = await startTestApp({ worker: true, config: { languages: ["fr", "de"] } })
  const { engine } = shop.app
  const productId = await newProduct(engine, { stock: 10, settings: { collect: withEmail, name: "Lamp" } })
  const ordered = async (language?: string) => {
    const hold = await shop.post("/api/holds", { product_id: productId, qty: 1 })
    const { hold_id } = hold.body as { readonly hold_id: number }
    const body = { hold_id, details: { email: "ada@example.com" }, ...(language && { language }) }
    const answer = await shop.post("/api/orders", body)
    const order = answer.body as { readonly order_id: number; readonly language?: string }
    await pay(engine, order.order_id)
    const mail = await shop.get(`/simulator/mail/${productId}/receipt-${order.order_id}`)
    return { order, mail: String(mail.body) }
  }
  const german = await ordered("de-AT")
  expect(german.order.language).toBe("de-AT")
  expect(german.mail).toContain("Vielen Dank für Ihre Bestellung")
  const silent = await ordered()
  expect(silent.order).not.toHaveProperty("language")
  expect(silent.mail).toContain("Merci pour votre commande")
  const { body } = await shop.get(`/api/orders/${german.order.order_id}`)
  expect(body).toMatchObject({ language: "de-AT", status: "paid" })

  const refused = await shop.post("/api/orders", { hold_id: 1, language: "de_AT" })
  expect([refused.status, refused.body]).toMatchObject([422, { errors: [{ pointer: "/language" }] }])
})
