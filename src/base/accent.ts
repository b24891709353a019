/*
 * Shades of the shop's colour that can be read. A shop cannot choose another colour because a page needs contrast, so
 * none is refused: the colour itself is shown as a surface, with a text on it that is black or white, and where the colour
 * stands on the page it gets darker or lighter until the contrast of WCAG 2.2 is reached.
 */

/** The colour on the grounds of one theme; each member is `#rrggbb`. */
export interface AccentShades {
  /** The colour as the shop has set it, for buttons. */
  readonly surface: string
  /** The surface under a pointer. */
  readonly hover: string
  /** Text on the surface: a contrast of 4.5 at least. */
  readonly ink: string
  /** The edge of the surface, and lines: a contrast of 3 at least to each ground. */
  readonly edge: string
  /** Text in the colour: a contrast of 4.5 at least to each ground. */
  readonly text: string
}

/** The colour of pages whose shop has set none. */
export const DEFAULT_ACCENT = "#ffc62b"

/** The grounds of pages, as in web/shared/tokens.css: background, surface. */
export const pageGrounds = { light: ["#f6f2e8", "#fffdf7"], dark: ["#161512", "#211f1a"] } as const

const TEXT_CONTRAST = 4.5
const EDGE_CONTRAST = 3

/** Returns the shades of a colour, `#rrggbb`, that stands on these grounds, all of them light or all of them dark. */
export function accentShades(accent: string, grounds: readonly string[]): AccentShades {
  const ink = inkOn(accent)
  return {
    surface: accent,
    hover: mixed(accent, ink === WHITE ? BLACK : WHITE, 0.15),
    ink,
    edge: shadeWith(EDGE_CONTRAST, accent, grounds),
    text: shadeWith(TEXT_CONTRAST, accent, grounds),
  }
}

/** The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastOf(one: string, other: string): number {
  const [low = 0, high = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const BLACK = "#000000"
const WHITE = "#ffffff"
/** The pages' own black. */
const INK = "#1e1c17"

/** One of black and white always has a contrast of 4.58 or more. */
function inkOn(surface: string): string {
  return [WHITE, INK].find((ink) => contrastOf(ink, surface) >= TEXT_CONTRAST) ?? BLACK
}

/** The shade nearest to the colour that has this contrast to all grounds. */
function shadeWith(contrast: number, accent: string, grounds: readonly string[]): string {
  const isLight = grounds.every((ground) => luminanceOf(ground) > 0.5)
  for (let step = 0; step <= STEPS; step += 1) {
    const shade = mixed(accent, isLight ? BLACK : WHITE, step / STEPS)
    if (grounds.every((ground) => contrastOf(shade, ground) >= contrast)) return shade
  }
  return isLight ? BLACK : WHITE
}

const STEPS = 100

function mixed(one: string, other: string, share: number): string {
  const [from, to] = [channelsOf(one), channelsOf(other)]
  const parts = from.map((value, index) => Math.round(value + ((to[index] ?? 0) - value) * share))
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`
}

function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Red, green and blue, from 0 to 255. */
function channelsOf(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16))
}
