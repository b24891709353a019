import type { LocalText } from "../../client/src/index.ts"

/** A text in the language that a reader understands best. `lang` undefined: the shop has not said which one it is. */
export interface TextInLanguage {
  readonly text: string
  readonly lang: string | undefined
}

/** Chooses the reader's first language that the text has, then English, then any. `languages`: as `navigator.languages` has them. */
export function textFor(text: LocalText, languages: readonly string[]): TextInLanguage {
  if (typeof text === "string") return { text, lang: undefined }
  const known = Object.keys(text)
  for (const wanted of [...languages, "en"]) {
    const found =
      known.find((tag) => tag.toLowerCase() === wanted.toLowerCase()) ??
      known.find((tag) => baseOf(tag) === baseOf(wanted))
    if (found !== undefined) return { text: text[found] ?? "", lang: found }
  }
  const [any] = known
  return { text: any === undefined ? "" : (text[any] ?? ""), lang: any }
}

function baseOf(tag: string): string {
  return tag.toLowerCase().split("-", 1)[0] ?? ""
}
