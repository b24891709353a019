import { languages } from "../../client/src/languages.ts"
import { pathIn, type LanguageOffer } from "../shared/page-data.ts"
import { useLanguage } from "./page-language.ts"

/** Links to the same page in the shop's other languages. They work without scripts. */
export function LanguageSwitch({ offer }: { readonly offer: LanguageOffer }) {
  const { tag: present, words } = useLanguage()
  return (
    <nav class="languages" aria-label={words.language}>
      <ul>
        {offer.tags.map((tag) => (
          <li key={tag}>
            <a
              href={pathIn(offer.path, tag)}
              lang={tag}
              hreflang={tag}
              aria-current={tag === present ? "true" : undefined}
            >
              {languages[tag].name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
