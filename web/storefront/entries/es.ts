// First: it takes the owner token out of the address bar.
import "../arrived-token.ts"
import { languageOf } from "../language.ts"
import { startPage } from "../start-page.tsx"
import { es } from "../words/es.ts"

startPage(languageOf("es", es))
