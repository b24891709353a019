import type { LanguageTag } from "../../../client/src/languages.ts"
import { ar } from "./ar.ts"
import { de } from "./de.ts"
import { en, type Words } from "./en.ts"
import { es } from "./es.ts"
import { fr } from "./fr.ts"
import { ja } from "./ja.ts"

/** The catalogues of all languages. Only the server loads them all: a page in the browser has the one of its entry. */
export const catalogues: Readonly<Record<LanguageTag, Words>> = { en, de, fr, es, ja, ar }
