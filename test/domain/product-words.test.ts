import { describe, expect, test } from "vitest"
import {
  noProductContent,
  unusedWords,
  wordsIn,
  wordsOf,
  type ProductContent,
} from "../../src/domain/product-content.ts"

const variants = [
  { name: "Red / 42", options: { colour: "Red", size: "42" }, imageAlt: "Red, from the side" },
  { name: "Blue / 42", options: { size: "42", colour: "Blue" }, imageAlt: null },
  { name: "Signed, 1/2 kg", options: {}, imageAlt: null },
]

test("the words of a product: each option with its values, then names and their parts, then pictures, each once", () => {
  const words = ["colour", "Red", "Blue", "size", "42", "Signed", "1/2 kg", "Red, from the side"]
  expect(wordsOf(noProductContent, variants)).toEqual(words)
  expect(wordsOf(noProductContent, [])).toEqual([])
})

test("the descriptions of the product's own pictures are words of it, too", () => {
  const pictures = [{ url: "https://shop.example/top.avif", alt: "From above" }]
  expect(wordsOf({ ...noProductContent, imageAlt: "A shoe", pictures }, [])).toEqual(["A shoe", "From above"])
})

describe("words", () => {
  const texts = { name: null, description: null, afterPurchase: null }
  const withWords = (de: Record<string, string>, fr: Record<string, string> = {}): ProductContent => ({
    ...noProductContent,
    translations: { de: { ...texts, words: de }, fr: { ...texts, words: fr }, es: texts },
  })

  test.each([
    ["de", { Red: "Rot" }],
    ["DE-ch", { Red: "Rot" }],
    ["fr", {}],
    ["es", undefined],
    ["ja", undefined],
    ["constructor", undefined],
    ["__proto__", undefined],
    [null, undefined],
  ])("in %j are %j", (language, expected) => {
    expect(wordsIn(withWords({ Red: "Rot" }), language)).toEqual(expected)
  })

  test("that the product does not use are named, once and sorted", () => {
    const prototypes = JSON.parse('{"__proto__": "a", "constructor": "b"}') as Record<string, string>
    expect(
      unusedWords(
        withWords({ size: "Größe", Sise: "x", "Red / 42": "y" }, { Sise: "x", red: "z" }),
        variants,
      ),
    ).toEqual(["Sise", "red"])
    expect(unusedWords(withWords(prototypes), variants)).toEqual(["__proto__", "constructor"])
    expect(
      unusedWords(withWords({ constructor: "b" }), [{ name: "constructor", options: {}, imageAlt: null }]),
    ).toEqual([])
    expect(unusedWords(noProductContent, variants)).toEqual([])
  })
})
