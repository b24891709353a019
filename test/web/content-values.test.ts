import { expect, test } from "vitest"
import type { StoredContent } from "../../client/src/admin.ts"
import { changedContent, type ContentTexts } from "../../web/admin/content-values.ts"

const before: StoredContent = {
  product_id: 7,
  image_alt: "A lamp",
  pictures: [{ url: "https://shop.example/side.jpg", alt: "The side" }],
  after_purchase: null,
  translations: { de: { name: "Lampe", description: null, after_purchase: null } },
  version: "v",
  updated_at: null,
}
const noTexts = { name: "", description: "", after_purchase: "" }
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
  ["a language without texts is removed", { translations: { de: noTexts } }, { translations: { de: null } }],
])("%s: only what differs is sent", (_, texts, expected) => {
  expect(changedContent({ ...asRead, ...texts }, before)).toEqual(expected)
})
