import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { DEFAULT_ACCENT, accentShades, contrastOf, pageGrounds } from "../../src/base/accent.ts"

/** Every colour whose channels are multiples of 17, which include all that are hard: 4,096 in all. */
const digits = "0123456789abcdef".split("")
const colours = digits.flatMap((red) =>
  digits.flatMap((green) => digits.map((blue) => `#${red}${red}${green}${green}${blue}${blue}`)),
)

// Published pairs: WebAIM's contrast checker and WCAG's own examples.
test.each([
  ["#000000", "#ffffff", 21],
  ["#777777", "#ffffff", 4.48],
  ["#0000ff", "#ffffff", 8.59],
  ["#ffffff", "#ffffff", 1],
])("the contrast of %s and %s is %d", (one, other, ratio) => {
  expect(contrastOf(one, other)).toBeCloseTo(ratio, 2)
  expect(contrastOf(other, one)).toBeCloseTo(ratio, 2)
})

test.each(Object.entries(pageGrounds))("every colour can be read on a %s page", (_theme, grounds) => {
  for (const colour of colours) {
    const { surface, hover, ink, edge, text } = accentShades(colour, grounds)
    expect(surface, "the brand's own colour stays").toBe(colour)
    for (const ground of grounds) {
      expect(contrastOf(text, ground), `text of ${colour}`).toBeGreaterThanOrEqual(4.5)
      expect(contrastOf(edge, ground), `edge of ${colour}`).toBeGreaterThanOrEqual(3)
    }
    expect(contrastOf(ink, surface), `text on ${colour}`).toBeGreaterThanOrEqual(4.5)
    expect(contrastOf(ink, hover), `text on ${colour} under a pointer`).toBeGreaterThanOrEqual(4.5)
  }
})

test("a colour that can be read as it is stays as it is", () => {
  expect(accentShades("#1f46c4", pageGrounds.light)).toMatchObject({
    surface: "#1f46c4",
    ink: "#ffffff",
    edge: "#1f46c4",
    text: "#1f46c4",
  })
  expect(accentShades("#9db8ff", pageGrounds.dark)).toMatchObject({ edge: "#9db8ff", text: "#9db8ff" })
})

test("the grounds and the colour of a shop that has set none are those of the style sheet", async () => {
  const tokens = await readFile(new URL("../../web/shared/tokens.css", import.meta.url), "utf8")
  const token = (name: string) => {
    const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(tokens) ?? []
    return { light, dark }
  }
  const [background, surface] = [token("background"), token("surface")]
  expect(pageGrounds).toEqual({
    light: [background.light, surface.light],
    dark: [background.dark, surface.dark],
  })
  expect(token("accent")).toEqual({ light: DEFAULT_ACCENT, dark: DEFAULT_ACCENT })
})
