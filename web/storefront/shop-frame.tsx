import type { PageData, ShopData } from "../shared/page-data.ts"
import type { LanguageTag } from "../../client/src/languages.ts"
import { shopTexts, type ShopTexts } from "./shop-texts.ts"

/** The shop's logo, or its name, at the top of every page. It leads to the list of products. */
export function ShopHome({ data: { shop, kind } }: { readonly data: PageData }) {
  const { name, logo } = shop
  const sign =
    logo === null ? (
      <bdi class="shop-name">{name}</bdi>
    ) : (
      <img class="shop-logo" src={logo.url} alt={logo.alt} height="32" decoding="async" />
    )
  return kind === "products" ? <span>{sign}</span> : <a href="/">{sign}</a>
}

const linkNames = ["imprint", "privacy", "terms", "returns", "accessibility"] as const

/** The links to the shop's own pages, and the way to get help. Nothing, if the shop has set neither. */
export function ShopFooter({
  shop: { links, support },
  tag,
}: {
  readonly shop: ShopData
  readonly tag: LanguageTag
}) {
  const texts = shopTexts[tag]
  const given = linkNames.flatMap((name) => {
    const url = links[name]
    return url === null ? [] : [{ name, url }]
  })
  if (given.length === 0 && support === null) return null
  return (
    <footer class="foot" aria-label={texts.footer}>
      {given.length > 0 && (
        <ul>
          {given.map(({ name, url }) => (
            <li key={name}>
              <a href={url}>{texts.links[name]}</a>
            </li>
          ))}
        </ul>
      )}
      {support !== null && <Support support={support} texts={texts} />}
    </footer>
  )
}

function Support({ support, texts }: { readonly support: string; readonly texts: ShopTexts }) {
  if (support.startsWith("https://")) {
    return (
      <p>
        <a href={support}>{texts.supportPage}</a>
      </p>
    )
  }
  return (
    <p>
      {texts.support} <a href={`mailto:${encodeURIComponent(support).replace("%40", "@")}`}>{support}</a>
    </p>
  )
}
