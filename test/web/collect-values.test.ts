import { expect, test } from "vitest"
import type { Product, Question } from "../../client/src/index.ts"
import { isCountry } from "../../src/domain/address-fields.ts"
import {
  changedCollect,
  emptyQuestion,
  keyOf,
  questionIn,
  questionTexts,
  readChoices,
  readKey,
  readLocalText,
} from "../../web/admin/collect-values.ts"
import { answerText, missingText } from "../../web/admin/detail-texts.ts"
import { countryCodes } from "../../web/shared/country-codes.ts"

test.each([
  ["Size", "Size"],
  ["  Size  ", "Size"],
  ["en: Size; de: Grösse", { en: "Size", de: "Grösse" }],
  ["de-CH: Grösse", { "de-CH": "Grösse" }],
  // Not every part names a language.
  ["en: Size; or not", "en: Size; or not"],
  ["Note: read this", "Note: read this"],
  ["en:", "en:"],
])("the text %j means %j", (text, meaning) => {
  expect(readLocalText(text)).toEqual(meaning)
})

test.each([
  ["Small\n\n Large ", ["Small", "Large"]],
  [
    "s = Small\nl=Large",
    [
      { value: "s", label: "Small" },
      { value: "l", label: "Large" },
    ],
  ],
  ["s = en: Small; de: Klein", [{ value: "s", label: { en: "Small", de: "Klein" } }]],
  ["= Small", ["= Small"]],
])("the lines %j are the choices %j", (text, choices) => {
  expect(readChoices(text)).toEqual({ kind: "value", value: choices })
})

test.each([
  ["", "one per line"],
  [" \n ", "one per line"],
  ["s = Small\ns = Short", "“s” is there twice"],
])("the lines %j are refused: %s", (text, fault) => {
  expect(readChoices(text)).toMatchObject({ kind: "unreadable", fault: expect.stringContaining(fault) })
})

test.each([
  ["", "Size of the shirt?", "size_of_the_shirt"],
  ["", "en: Grösse; de: Nein", "grosse"],
  ["", "尺寸", ""],
  ["own_key", "Size", "own_key"],
])("the key %j with the label %j is %j", (key, label, made) => {
  expect(keyOf({ key, label })).toBe(made)
})

test("a key that another question has, or that no key can be made of, is refused", () => {
  const size = { ...emptyQuestion, label: "Size" }
  expect(readKey(size, [size])).toEqual({ kind: "value", value: "size" })
  expect(readKey(size, [size, { ...emptyQuestion, key: "size" }])).toMatchObject({ kind: "unreadable" })
  for (const question of [
    { ...size, key: "Size" },
    { ...emptyQuestion, label: "尺寸" },
  ]) {
    expect(readKey(question, [question])).toMatchObject({ kind: "unreadable" })
  }
  expect(readKey(emptyQuestion, [emptyQuestion, emptyQuestion])).toEqual({ kind: "empty" })
})

const shirt: Question = {
  key: "shirt",
  kind: "choice",
  label: { en: "Size; or length: which?", de: "Grösse" },
  choices: ["S = small", { value: "l", label: { en: "Large", fr: "Grand; très" } }],
  required: true,
  help: { de: "a; b" },
  link: "https://shop.example/sizes",
}

test("a question that was not changed keeps its texts, also those that the fields cannot show exactly", () => {
  expect(questionIn(questionTexts(shirt), shirt)).toEqual(shirt)
  const changed = questionIn({ ...questionTexts(shirt), help: "c", isRequired: false }, shirt)
  expect(changed).toEqual({ ...shirt, help: "c", required: false })
})

test("a question whose kind becomes another one loses its choices, and empty fields are null", () => {
  const texts = { ...questionTexts(shirt), kind: "text", help: " ", link: "" }
  expect(questionIn(texts, shirt)).toEqual({
    key: "shirt",
    kind: "text",
    label: shirt.label,
    required: true,
    help: null,
    link: null,
  })
})

test("only what differs is sent", () => {
  const product = {
    collect: { email: "required", name: "no", phone: "no", shipping_address: "optional" },
    shipping_countries: ["DE", "CH"],
    questions: [shirt],
  } as unknown as Product
  const same = {
    collect: { ...product.collect },
    shipping_countries: ["CH", "DE"],
    questions: [questionIn(questionTexts(shirt), shirt)],
  } as Parameters<typeof changedCollect>[0]
  expect(changedCollect(same, product)).toEqual({})
  expect(changedCollect({ ...same, shipping_countries: null }, product)).toEqual({ shipping_countries: null })
  expect(changedCollect({ ...same, questions: [] }, product)).toEqual({ questions: [] })
  const nothing = { email: "no", name: "no", phone: "no", shipping_address: "no" } as const
  expect(changedCollect({ ...same, collect: nothing }, product)).toEqual({ collect: nothing })
  expect(changedCollect({ collect: nothing, shipping_countries: null, questions: [] }, null)).toEqual({})
})

test("the countries to choose from are those that the server knows", () => {
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCodePoint(65 + index))
  const known = letters.flatMap((one) => letters.map((other) => one + other)).filter(isCountry)
  expect([...countryCodes]).toEqual(known)
})

test("missing details and answers are shown in words", () => {
  expect(
    missingText(["/details/email", "/details/shipping_address/line1", "/details/answers/shirt"], [shirt]),
  ).toBe("e-mail address, street, “Size; or length: which?”")
  expect(missingText(["/details/answers/gone"])).toBe("“gone”")
  expect(answerText("shirt", "l", [shirt])).toBe("Large")
  expect(answerText("shirt", "x", [shirt])).toBe("x")
  expect(answerText("terms", true)).toBe("Yes")
})
