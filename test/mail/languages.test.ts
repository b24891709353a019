import { expect, test } from "vitest"
import { languages, languageTags, type LanguageTag } from "../../client/src/languages.ts"
import { composeMail, type ComposedContent, type ComposedOrder } from "../../src/mail/compose.ts"
import { noProductContent } from "../../src/domain/product-content.ts"
import { noShopSettings } from "../../src/domain/shop.ts"
import { orderWith } from "../support/builders.ts"

const kinds = ["receipt", "refund", "cancelled", "links"] as const

const shop = (language: LanguageTag) => ({
  ...noShopSettings,
  name: "Lamp & Co",
  languages: [language],
  linkTo: () => "https://shop.example/o/17#proof",
})

function contentIn(language: string | null, kind: ComposedContent["kind"] = "receipt"): ComposedContent {
  const order: ComposedOrder = {
    ...orderWith({ id: 17, status: "paid", currency: "CHF", totalMinor: 189_000, qty: 2, language }),
    productName: "Runner",
    content: noProductContent,
    namedLines: [],
  }
  return {
    kind,
    name: "Ada",
    shippingAddress: {
      line1: "Marktgasse 1",
      line2: null,
      city: "Bern",
      region: null,
      postalCode: "3011",
      country: "CH",
    },
    order,
    refund: kind === "refund" ? { amountMinor: 5_000, currency: "CHF", reason: "requested" } : null,
    orders: kind === "links" ? [order, order] : [],
  }
}

// One row per language: the subject, the greeting, the amount, the country.
test.each<[LanguageTag, string, string, string, string]>([
  ["en", "Receipt for order 17 – Lamp & Co", "Hello Ada,", "CHF 1,890.00", "Switzerland"],
  ["de", "Beleg zu Bestellung 17 – Lamp & Co", "Guten Tag Ada,", "1.890,00 CHF", "Schweiz"],
  ["fr", "Reçu de la commande 17 – Lamp & Co", "Bonjour Ada,", "1 890,00 CHF", "Suisse"],
  ["es", "Recibo del pedido 17 – Lamp & Co", "Hola, Ada:", "1890,00 CHF", "Suiza"],
  ["ja", "注文 17 の領収の控え – Lamp & Co", "Ada 様", "CHF 1,890.00", "スイス"],
  ["ar", "إيصال الطلب 17 – Lamp & Co", "مرحبًا Ada،", "1,890.00 CHF", "سويسرا"],
])("a receipt in %s", (tag, subject, hello, amount, country) => {
  const mail = composeMail(contentIn(tag), shop("en"))
  expect(mail.subject).toBe(subject)
  for (const part of [hello, country]) expect(mail.text).toContain(`${part}\n`)
  expect(mail.text.replaceAll(/[\u200e\u200f]/g, "")).toContain(amount)
  const isRtl = languages[tag].direction === "rtl"
  expect(mail.html).toContain(isRtl ? `<html lang="${tag}" dir="rtl">` : `<html lang="${tag}">`)
})

test.each<[string | null, LanguageTag, LanguageTag]>([
  ["de", "fr", "de"],
  ["de-AT", "fr", "de"],
  // Nothing was said, or there are no words for it: the shop's own language.
  [null, "fr", "fr"],
  ["it", "fr", "fr"],
  ["en", "ja", "en"],
])("an order in %s of a shop that speaks %s gets a mail in %s", (ordered, usual, language) => {
  expect(composeMail(contentIn(ordered), shop(usual)).html).toContain(`<html lang="${language}"`)
})

test("no mail in another language has an English sentence", () => {
  const english = new Set(
    kinds.flatMap((kind) => composeMail(contentIn("en", kind), shop("en")).text.split("\n")),
  )
  const own = /^(|-- ?|Lamp & Co|\s+(Ada|Marktgasse 1|3011 Bern|2 × Runner|.*CHF.*)|https:.*|.*CHF.*)$/
  for (const tag of languageTags.filter((tag) => tag !== "en")) {
    const lines = kinds.flatMap((kind) => composeMail(contentIn(tag, kind), shop("en")).text.split("\n"))
    expect(lines.filter((line) => english.has(line) && !own.test(line))).toEqual([])
  }
})

test("every mail names the order, its amount where there is one, and its link, in every language", () => {
  for (const tag of languageTags) {
    for (const kind of kinds) {
      const { text, subject } = composeMail(contentIn(tag, kind), shop("en"))
      expect(text).toContain("17")
      expect(text).toContain("https://shop.example/o/17#proof")
      expect(`${subject}${text}`).not.toMatch(/[#]\s|undefined|\$\{/)
    }
    expect(composeMail(contentIn(tag, "refund"), shop("en")).subject).toMatch(/50[.,]00/)
  }
})
