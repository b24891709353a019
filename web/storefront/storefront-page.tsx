import type { PageData } from "../shared/page-data.ts"
import { Announcer } from "./announcer.tsx"
import type { Language } from "./language.ts"
import { LanguageProvider, useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { FindPage } from "./find-page.tsx"
import { LanguageSwitch } from "./language-switch.tsx"
import { OrderPage } from "./order-page.tsx"
import { ProductList } from "./product-list.tsx"
import { ProductPage } from "./product-page.tsx"
import { ShopHome } from "./shop-frame.tsx"

interface PageProps {
  readonly data: PageData
  readonly model: PageModel
}

/** A page of the storefront. */
export function StorefrontPage({ language, ...props }: PageProps & { readonly language: Language }) {
  return (
    <LanguageProvider value={language}>
      <WholePage {...props} />
    </LanguageProvider>
  )
}

function WholePage({ data, model }: PageProps) {
  return (
    <>
      <header class="bar">
        <ShopHome data={data} />
        {data.kind !== "missing" && data.kind !== "find" && <Clock model={model} />}
      </header>
      <Content data={data} model={model} />
      {data.offer !== undefined && <LanguageSwitch offer={data.offer} />}
      <Announcer model={model} />
    </>
  )
}

function Content({ data, model }: PageProps) {
  const { words } = useLanguage()
  switch (data.kind) {
    case "products":
      return <ProductList page={data.page} model={model} />
    case "product":
      return <ProductPage content={data.content} model={model} />
    case "order":
      return <OrderPage orderId={data.orderId} paysHere={data.payment !== null} model={model} />
    case "find":
      return <FindPage />
    case "missing":
      return (
        <main class="narrow">
          <h1>{words.notFound}</h1>
          <p>
            {words.checkAddress} <a href="/">{words.seeAllProducts}</a>.
          </p>
        </main>
      )
  }
}

/** The server's clock, which decides when a sale opens. */
function Clock({ model }: { readonly model: PageModel }) {
  const { words, clock } = useLanguage()
  const now = model.nowMs.value
  const zone = model.zone.value
  return (
    <p class="clock">
      <span class="muted small">{words.shopTime}</span>{" "}
      <span class="tabular">{now === null || zone === null ? "––:––:––" : clock(now, zone)}</span>
    </p>
  )
}

/** The document's title. */
export function titleOf({ words }: Language, data: PageData): string {
  switch (data.kind) {
    case "products":
      return words.onSale
    case "product":
      return data.product.name
    case "order":
      return words.order(data.orderId)
    case "find":
      return words.findOrder
    case "missing":
      return words.notFound
  }
}
