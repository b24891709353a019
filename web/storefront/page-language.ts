import { createContext } from "preact"
import { useContext } from "preact/hooks"
import type { Language } from "./language.ts"

const LanguageContext = createContext<Language | null>(null)

/** Gives all components within it the language of the page. */
export const LanguageProvider = LanguageContext.Provider

/** Returns the language of the page. */
export function useLanguage(): Language {
  const language = useContext(LanguageContext)
  if (language === null) throw new Error("a component was rendered outside of a page, which has the language")
  return language
}
