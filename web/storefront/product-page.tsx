import type { Product, Variant } from "../../client/src/index.ts"
import { BuySection } from "./buy-section.tsx"
import type { ProductContentData } from "../shared/page-data.ts"
import { Gallery, type GalleryPicture } from "./gallery.tsx"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { Prose } from "./prose.tsx"
import { variantsLeft } from "./option-choice.ts"
import { priceText } from "./texts.ts"
import { chosenUnits } from "./variant-choice.ts"

interface ProductPageProps {
  /** Absent: the product has a picture at most, and texts in one language. */
  readonly content: ProductContentData | undefined
  readonly model: PageModel
}

/** The page of a product: description, price, stock and the form that reserves units. */
export function ProductPage({ content, model }: ProductPageProps) {
  const language = useLanguage()
  const product = model.product.value
  if (product === null) return null
  const { name, description, image_url: own } = product
  const offered = model.offered.value
  const { stage } = model.view.value
  // After a reload the reserved variant is known, and no choice.
  const choice = stage.kind === "held" ? (stage.lines ?? []) : model.choice.value
  const picked = variantsLeft(offered, model.picks.value)
  const chosen = offered.find(({ id }) => chosenUnits(choice, id) > 0) ?? firstPictured(picked, offered)
  // The product's pictures decide whether there are any, so that a choice does not move the page.
  const { pictures } = content ?? { pictures: own === null ? [] : [{ url: own, alt: "" }] }
  const [first] = pictures
  return (
    <main class={first === undefined ? "product without-picture" : "product"}>
      <div class="product-heading">
        <h1>{name}</h1>
        <p class="price tabular">{priceText(language, product, picked)}</p>
      </div>
      {first !== undefined && <Gallery pictures={pictures} first={pictureOf(chosen) ?? first} />}
      <BuySection product={product} model={model} />
      <div class="product-details">
        {description !== null && <Prose text={description} />}
        <Facts product={product} zone={model.zone.value} />
      </div>
    </main>
  )
}

/** The first variant with a picture among what is picked, such as that of a colour. */
function firstPictured(picked: readonly Variant[], offered: readonly Variant[]): Variant | undefined {
  return picked.length < offered.length ? picked.find(({ image_url }) => image_url !== null) : undefined
}

/** The variant's own picture. Without a description it is described by the variant's name, which the page has shown as chosen. */
function pictureOf(variant: Variant | undefined): GalleryPicture | null {
  const url = variant?.image_url ?? null
  return variant === undefined || url === null ? null : { url, alt: variant.image_alt ?? variant.name }
}

interface FactsProps {
  readonly product: Product
  readonly zone: string | null
}

/** Times and limits of the sale. */
function Facts({ product, zone }: FactsProps) {
  const { words, date } = useLanguage()
  const { opens_at, closes_at, max_per_hold, max_per_customer, stock = null } = product
  // Without any, the lines above and below them would enclose nothing.
  if ([opens_at, closes_at, max_per_hold, max_per_customer, stock].every((fact) => fact === null)) return null
  return (
    <dl class="sale-facts tabular">
      {opens_at !== null && (
        <div>
          <dt>{words.opens}</dt>
          <dd>
            <time dateTime={opens_at}>{date(opens_at, zone)}</time>
          </dd>
        </div>
      )}
      {closes_at !== null && (
        <div>
          <dt>{words.closes}</dt>
          <dd>
            <time dateTime={closes_at}>{date(closes_at, zone)}</time>
          </dd>
        </div>
      )}
      {stock !== null && (
        <div>
          <dt>{words.total}</dt>
          <dd>{words.units(stock)}</dd>
        </div>
      )}
      {max_per_hold !== null && (
        <div>
          <dt>{words.limitPerOrder}</dt>
          <dd>{words.units(max_per_hold)}</dd>
        </div>
      )}
      {max_per_customer !== null && (
        <div>
          <dt>{words.limitPerCustomer}</dt>
          <dd>{words.units(max_per_customer)}</dd>
        </div>
      )}
    </dl>
  )
}
