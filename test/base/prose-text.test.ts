import { expect, test } from "vitest"
import { blocksOf, plainText } from "../../src/base/prose-text.ts"

const words = (text: string) => ({ text, address: null })

test("paragraphs, and lines in them", () => {
  expect(blocksOf("One.\nTwo.\n\n \nThree.\n")).toEqual([
    { kind: "paragraph", lines: [[words("One.")], [words("Two.")]] },
    { kind: "paragraph", lines: [[words("Three.")]] },
  ])
})

test("lists, where lines begin with a mark and a space", () => {
  expect(blocksOf("Made of:\n- oak\n* brass\n\n- light\n-1 is less, 5 - 3 is 2")).toEqual([
    { kind: "paragraph", lines: [[words("Made of:")]] },
    { kind: "list", lines: [[words("oak")], [words("brass")]] },
    { kind: "list", lines: [[words("light")]] },
    { kind: "paragraph", lines: [[words("-1 is less, 5 - 3 is 2")]] },
  ])
})

test("links, with words and without", () => {
  const address = "https://shop.example/a?c=1&d"
  expect(blocksOf(`See [the guide](${address}), or ${address}.`)).toEqual([
    {
      kind: "paragraph",
      lines: [
        [
          words("See "),
          { text: "the guide", address },
          words(", or "),
          { text: address, address },
          words("."),
        ],
      ],
    },
  ])
})

test.each([
  "<script>alert(1)</script>",
  "[x](javascript:alert(1))",
  "[x](http://plain.example)",
  "[x](//a.example)",
  "data:text/html,<b>",
  "HTTPS//a.example",
])("%j has no address", (text) => {
  expect(blocksOf(text)).toEqual([{ kind: "paragraph", lines: [[words(text)]] }])
})

test.each(['https://a.example/"onmouseover="x', "https://a.example/<b>", "https://a.example/ javascript:x"])(
  "in %j the address ends before what does not belong to it",
  (text) => {
    const [first] = blocksOf(text)[0]?.lines[0] ?? []
    expect(first?.address).toBe("https://a.example/")
  },
)

test("a long text of marks takes no time", () => {
  const startedAt = performance.now()
  for (const part of ["[", "[a](", "https://", "- \n", "](", "\n \n", "https://a.", "[](https://"]) {
    blocksOf(part.repeat(2_000).slice(0, 2_000))
  }
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})

test("search engines get the words", () => {
  expect(plainText("- [The guide](https://a.example)\n- oak")).toBe("The guide\noak")
})
