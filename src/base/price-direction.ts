import { languages, type LanguageTag } from "../../client/src/languages.ts"

/**
 * A price as `Intl` writes it, kept in its order among text that is written from right to left. `$` has no direction of its own,
 * so that `US$` became `$US` there, and the text beside a price could move into it. Other languages' prices stay as they are.
 */
export function directedPrice(price: string, tag: LanguageTag): string {
  if (languages[tag].direction === "ltr") return price
  const sign = price.replace(/\p{Lu}+\p{Sc}/u, (letters) => `${LEFT_TO_RIGHT}${letters}${END}`)
  return `${RIGHT_TO_LEFT}${sign}${END}`
}

/** Begin a part with a direction of its own, which nothing around it changes, and end it. */
const LEFT_TO_RIGHT = "\u2066"
const RIGHT_TO_LEFT = "\u2067"
const END = "\u2069"
