import { expect, test } from "vitest"
import type { StoredContent } from "../../client/src/admin.ts"
import { askedWords, changedContent, type ContentTexts } from "../../web/admin/content-values.ts"

const before: StoredContent = {
  product_id: 7,
  image_alt: "A lamp",
  pictures: [{ url: "https://shop.example/side.jpg", alt: "The side" }],
  after_purchase: null,
  translations: { de: { name: "Lampe", description: null, after_purchase: null } },
  version: "v",
  updated_at: null,
}
const noTexts = { name: "", description: "", after_purchase: "", words: {} }
const asRead: ContentTexts = {
  imageAlt: "A lamp",
  pictures: [{ url: "https://shop.example/side.jpg", alt: "The side" }],
  afterPurchase: "",
  translations: { de: { ...noTexts, name: "Lampe" }, ar: noTexts },
}

test.each<[string, Partial<ContentTexts>, object]>([
  ["nothing", {}, {}],
  ["spaces", { imageAlt: " A lamp ", afterPurchase: "  " }, {}],
  ["an emptied text is removed", { imageAlt: "" }, { image_alt: null }],
  ["a row without an address is left out", { pictures: [{ url: " ", alt: "The side" }] }, { pictures: [] }],
  [
    "one language",
    { translations: { de: { ...noTexts, name: "Lampe" }, ar: { ...noTexts, name: "مصباح" } } },
    { translations: { ar: { name: "مصباح", description: null, after_purchase: null } } },
  ],
  [
    "words, in the server's order and without those that are empty",
    { translations: { de: noTexts, ar: { ...noTexts, words: { size: " مقاس ", Red: "أحمر", L: " " } } } },
    {
      translations: {
        de: null,
        ar: { name: null, description: null, after_purchase: null, words: { Red: "أحمر", size: "مقاس" } },
      },
    },
  ],
  ["a language without texts is removed", { translations: { de: noTexts } }, { translations: { de: null } }],
])("%s: only what differs is sent", (_, texts, expected) => {
  expect(changedContent({ ...asRead, ...texts }, before)).toEqual(expected)
})

test("words that are as before are not sent, and an emptied one is removed", () => {
  const words = { Red: "Rot", size: "Größe" }
  const de = { name: "Lampe", description: null, after_purchase: null, words }
  const withWords = { ...before, translations: { de } }
  const sent = (words: Record<string, string>) =>
    changedContent({ ...asRead, translations: { de: { ...noTexts, name: "Lampe", words } } }, withWords)

  expect(sent({ size: "Größe", blue: "", Red: "Rot" })).toEqual({})
  expect(sent({ size: "", Red: "Rot" })).toEqual({ translations: { de: { ...de, words: { Red: "Rot" } } } })
})

test("words are asked for once, without numbers, and with those that only the language has", () => {
  const own_words = ["size", "42", "43", "colour", "Red"]
  const given = { Sise: "Größe", "43": "٤٣", constructor: "Bau" }

  expect(askedWords({ own_words, unused_words: ["Sise"] }, given)).toEqual([
    { word: "size", isUsed: true },
    { word: "colour", isUsed: true },
    { word: "Red", isUsed: true },
    { word: "43", isUsed: true },
    { word: "Sise", isUsed: false },
    { word: "constructor", isUsed: true },
  ])
  expect(askedWords({}, {})).toEqual([])
})
