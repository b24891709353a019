import type { LanguageTag } from "../../client/src/languages.ts"
import type { ComposedMail } from "./compose.ts"
import { mailHtml, mailText } from "./layout.ts"
import { mailLanguage } from "./mail-language.ts"
import { oneLine } from "./one-line.ts"
import type { MailShop } from "./shop-footer.ts"

/** What a mail with a code says. */
export interface CodeToMail {
  readonly code: string
  readonly minutes: number
  /** The language of the page that asked for the code; null or unknown: the shop's first one. */
  readonly language: string | null
}

/**
 * Writes the mail with a code. It contains nothing that the asker has chosen but the language, because anybody can ask for a code
 * for the address of another person.
 */
export function composeCode(
  { code, minutes, language }: CodeToMail,
  shop: MailShop & { readonly languages: readonly LanguageTag[] },
): ComposedMail {
  const { words, ...rest } = mailLanguage(language, shop.languages[0] ?? "en")
  const content = {
    shop,
    language: { words, ...rest },
    heading: words.codeHeading,
    blocks: [
      { kind: "text", text: words.codeText },
      { kind: "code", code },
      { kind: "text", text: words.codeMinutes(minutes) },
      { kind: "note", text: words.codeNote },
    ] as const,
  }
  return {
    subject: oneLine(words.subject(words.codeSubject(code), shop.name)),
    html: mailHtml(content),
    text: mailText(content),
  }
}
