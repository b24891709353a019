// First: it takes the owner token out of the address bar.
import "../arrived-token.ts"
import { languageOf } from "../language.ts"
import { startPage } from "../start-page.tsx"
import { fr } from "../words/fr.ts"

startPage(languageOf("fr", fr))
