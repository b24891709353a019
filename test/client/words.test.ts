import { describe, expect, test } from "vitest"
import { inWords, partsOf, productIn, wordIn } from "../../client/src/words.ts"

const german = {
  Red: "Rot",
  size: "Größe",
  "Two days": "Zwei Tage",
  "T-shirt": "T-Hemd",
  constructor: "Bauherr",
}

describe("a word in another language", () => {
  test.each([
    ["Red", "Rot"],
    ["size", "Größe"],
    ["constructor", "Bauherr"],
    // Exactly as the product writes it.
    ["red", "red"],
    ["Red ", "Red "],
    ["", ""],
    // The parts of a name.
    ["Red / 42", "Rot / 42"],
    ["42 | Red", "42 | Rot"],
    ["Red, Two days", "Rot, Zwei Tage"],
    ["Red – T-shirt", "Rot – T-Hemd"],
    ["Red·Red", "Red·Red"],
    ["Red/Red", "Red/Red"],
    ["1,5 l; Red", "1,5 l; Rot"],
    // Members that every object has are no words.
    ["toString", "toString"],
    ["__proto__", "__proto__"],
    ["hasOwnProperty / Red", "hasOwnProperty / Rot"],
  ])("%j is %j in German", (text, expected) => {
    expect(wordIn(german, text)).toBe(expected)
  })

  test("the whole name comes before its parts", () => {
    expect(wordIn({ "Red / 42": "Rote 42", Red: "Rot" }, "Red / 42")).toBe("Rote 42")
  })

  test("a word named __proto__ is a word like others", () => {
    const words = JSON.parse('{"__proto__": "Urbild", "constructor": "Bau"}') as Record<string, string>
    const options = JSON.parse('{"__proto__": "constructor"}') as Record<string, string>
    expect(wordIn(words, "__proto__")).toBe("Urbild")
    expect(inWords({ variants: [{ name: "__proto__", options }] }, words)).toEqual({
      variants: [{ name: "Urbild", options: { Urbild: "Bau" } }],
    })
    expect(inWords({ variants: [{ name: "a", options }] }, {}).variants?.[0]?.options).toEqual(options)
  })
})

describe("a product in another language", () => {
  const shoe = {
    name: "Shoe",
    description: null,
    variants: [
      { name: "Red / 42", options: { colour: "Red", size: "42" }, id: 1 },
      { name: "Two days", options: {}, id: 2 },
    ],
  }

  test("has the words of the language, and all else as it was", () => {
    expect(productIn(shoe, { name: "Schuh", description: "Gut", words: german })).toEqual({
      name: "Schuh",
      description: "Gut",
      variants: [
        { name: "Rot / 42", options: { colour: "Rot", Größe: "42" }, id: 1 },
        { name: "Zwei Tage", options: {}, id: 2 },
      ],
    })
    expect(shoe.variants[0]?.name).toBe("Red / 42")
  })

  test("is the same object where there is nothing to translate", () => {
    const lamp: { readonly name: string; readonly variants?: typeof shoe.variants } = { name: "Lamp" }
    expect(inWords(shoe, undefined)).toBe(shoe)
    expect(inWords(lamp, german)).toBe(lamp)
  })
})

test.each([
  ["Red / 42", ["Red", "42"]],
  ["Signed, 1/2 kg", ["Signed", "1/2 kg"]],
  ["T-shirt", ["T-shirt"]],
])("%j has the parts %j", (name, parts) => {
  expect(partsOf(name)).toEqual(parts)
})
