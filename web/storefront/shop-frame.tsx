import { shopWords } from "../../src/base/shop-words.ts"
import type { PageData, ShopData } from "../shared/page-data.ts"
import type { LanguageTag } from "../../client/src/languages.ts"
import { useMissing } from "./missing-picture.ts"
import { shopTexts } from "./shop-texts.ts"

/** The shop's logo, or its name where there is none or it cannot be loaded, at the top of every page. It leads to the list of products. */
export function ShopHome({ data: { shop, kind } }: { readonly data: PageData }) {
  const { name, logo } = shop
  const { isMissing, image } = useMissing()
  const sign =
    logo === null || isMissing ? (
      <bdi class="shop-name">{name}</bdi>
    ) : (
      <img {...image} class="shop-logo" src={logo.url} alt={logo.alt} height="32" decoding="async" />
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
  const words = shopWords[tag]
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
              <a href={url}>{words.links[name]}</a>
            </li>
          ))}
        </ul>
      )}
      {support !== null && <Support support={support} tag={tag} />}
    </footer>
  )
}

function Support({ support, tag }: { readonly support: string; readonly tag: LanguageTag }) {
  if (support.startsWith("https://")) {
    return (
      <p>
        <a href={support}>{shopTexts[tag].supportPage}</a>
      </p>
    )
  }
  return (
    <p>
      {shopWords[tag].questions}{" "}
      <a href={`mailto:${encodeURIComponent(support).replace("%40", "@")}`}>{support}</a>
    </p>
  )
}
