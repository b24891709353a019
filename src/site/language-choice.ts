import Negotiator from "negotiator"
import { knownLanguage, type LanguageTag } from "../../client/src/languages.ts"
import { LANGUAGE_COOKIE } from "../../web/shared/page-data.ts"

/** What a request says about the language that its sender reads. */
export interface LanguageWish {
  /** The value of `?lang=`. */
  readonly asked: unknown
  readonly cookie: string | undefined
  readonly acceptLanguage: string | undefined
}

/**
 * Chooses the language of a page among those that the shop offers, of which the first is its default: the one asked for in
 * the address, then the buyer's earlier choice, then the browser's languages.
 */
export function chosenLanguage(wish: LanguageWish, offered: readonly LanguageTag[]): LanguageTag {
  const [usual = "en", ...others] = offered
  if (others.length === 0) return usual
  return (
    offeredOf(wish.asked, offered) ??
    offeredOf(cookieValue(wish.cookie), offered) ??
    ofBrowser(wish.acceptLanguage, offered) ??
    usual
  )
}

function offeredOf(tag: unknown, offered: readonly LanguageTag[]): LanguageTag | null {
  const known = typeof tag === "string" ? knownLanguage(tag) : null
  return known !== null && offered.includes(known) ? known : null
}

const cookiePattern = new RegExp(String.raw`(?:^|;)\s*${LANGUAGE_COOKIE}=([\w-]{1,35})`)

function cookieValue(cookie: string | undefined): string | undefined {
  return cookie === undefined ? undefined : cookiePattern.exec(cookie)?.[1]
}

/** By quality, and the base of a tag for the tag: `de-CH` is served `de`. A quality of 0 excludes a language. */
function ofBrowser(header: string | undefined, offered: readonly LanguageTag[]): LanguageTag | null {
  if (header === undefined) return null
  const [best] = new Negotiator({ headers: { "accept-language": header } }).languages([...offered])
  return offered.find((tag) => tag === best) ?? null
}
