import type { LanguageTag } from "../../../client/src/languages.ts"
import { en, type Words } from "./en.ts"

/** The catalogues of all languages. Only the server loads them all: a page in the browser has the one of its entry. */
export const catalogues: Readonly<Record<LanguageTag, Words>> = { en }
