import type { Product } from "../../client/src/index.ts"
import { iconOf, pathIn, themeOf, type WholePageData } from "../shared/page-data.ts"
import type { Language } from "./language.ts"
import { shopTexts } from "./shop-texts.ts"
import { plainText } from "../../src/base/prose-text.ts"
import { titleOf } from "./page-title.ts"
import { priceText } from "./texts.ts"

interface PageHeadProps {
  readonly data: WholePageData
  readonly language: Language
  /** The address of the storefront; null: not configured, so no page says where it is. */
  readonly publicUrl: string | null
}

/** What the head of a document says about the page: to browsers, to search engines, and where a link to it is shared. */
export function PageHead({ data, language, publicUrl }: PageHeadProps) {
  const { shop } = data
  const title = `${titleOf(language, data)} · ${shop.name}`
  const theme = themeOf(shop)
  return (
    <>
      <title>{title}</title>
      <link rel="icon" href={iconOf(shop)} />
      {theme !== null && <link rel="stylesheet" href={theme} />}
      {data.kind === "products" || data.kind === "product" ? (
        <Sharing data={data} language={language} title={title} publicUrl={publicUrl} />
      ) : (
        <meta name="robots" content="noindex" />
      )}
    </>
  )
}

interface SharingProps extends PageHeadProps {
  readonly data: Extract<WholePageData, { readonly kind: "products" | "product" }>
  readonly title: string
}

function Sharing({ data, language, title, publicUrl }: SharingProps) {
  const isProduct = data.kind === "product"
  const description = isProduct
    ? descriptionOf(data.product, data.shop.name, language)
    : shopTexts[language.tag].listDescription(data.shop.name)
  const path = isProduct ? `/p/${data.product.id}` : "/"
  // In each language the page has an address of its own.
  const ownPath = data.offer === undefined ? path : pathIn(path, language.tag)
  const url = publicUrl === null ? null : `${publicUrl}${ownPath}`
  const picture = isProduct ? pictureOf(data.product) : null
  return (
    <>
      <meta name="description" property="og:description" content={description} />
      <meta property="og:site_name" content={data.shop.name} />
      <meta property="og:type" content={isProduct ? "product" : "website"} />
      <meta property="og:title" content={isProduct ? data.product.name : title} />
      {url !== null && <meta property="og:url" content={url} />}
      {url !== null && <link rel="canonical" href={url} />}
      {picture !== null && <meta property="og:image" content={picture} />}
      {picture !== null && <meta name="twitter:card" content="summary_large_image" />}
    </>
  )
}

/** What search engines show of a description. */
const LONGEST_DESCRIPTION = 160

function descriptionOf(product: Product, shop: string, language: Language): string {
  const text = plainText(product.description ?? "")
    .replaceAll(/\s+/g, " ")
    .trim()
  if (text === "")
    return shopTexts[language.tag].productDescription(product.name, priceText(language, product), shop)
  const letters = Array.from(text)
  return letters.length <= LONGEST_DESCRIPTION
    ? text
    : `${letters
        .slice(0, LONGEST_DESCRIPTION - 1)
        .join("")
        .trimEnd()}…`
}

function pictureOf({ image_url }: Product): string | null {
  return image_url !== null && image_url.startsWith("https://") ? image_url : null
}
