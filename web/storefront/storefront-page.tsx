import type { PageData } from "../shared/page-data.ts"
import { Announcer } from "./announcer.tsx"
import { useSignalEffect } from "@preact/signals"
import type { Language } from "./language.ts"
import { titleWithState } from "./page-title.ts"
import { LanguageProvider, useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { FindPage } from "./find-page.tsx"
import { LanguageSwitch } from "./language-switch.tsx"
import { OrderPage } from "./order-page.tsx"
import { ProductList } from "./product-list.tsx"
import { ProductPage } from "./product-page.tsx"
import { ReservedBar, YourOrdersLink } from "./reserved-bar.tsx"
import { ShopHome } from "./shop-frame.tsx"
import { YourOrders } from "./your-orders.tsx"

type ProductData = Extract<PageData, { readonly kind: "product" }>

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

/** The pages that know the server's time; a preview does not ask for it. */
const kindsWithClock: ReadonlySet<PageProps["data"]["kind"]> = new Set(["products", "product", "order"])

function WholePage({ data, model }: PageProps) {
  const language = useLanguage()
  useSignalEffect(() => {
    document.title = `${titleWithState(language, data, model.view.value)} · ${data.shop.name}`
  })
  const preview = data.kind === "product" ? data.preview : undefined
  return (
    <>
      <header class="bar">
        <ShopHome data={data} />
        {preview === undefined && kindsWithClock.has(data.kind) && <Clock model={model} />}
      </header>
      <ReservedBar data={data} />
      {preview !== undefined && <Preview {...preview} />}
      <Content data={data} model={model} />
      <YourOrdersLink data={data} />
      {data.offer !== undefined && <LanguageSwitch offer={data.offer} />}
      <Announcer model={model} />
    </>
  )
}

/** Says that the page is a preview, and leads to those of the other states of the sale. */
function Preview({ state, states }: NonNullable<ProductData["preview"]>) {
  const { words } = useLanguage()
  return (
    <nav class="notice preview">
      <p>{words.preview}</p>
      {states.map((other) => (
        <a key={other} href={`?show=${other}`} aria-current={other === state ? "page" : undefined}>
          {words.saleStates[other]}
        </a>
      ))}
    </nav>
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
      return (
        <OrderPage
          orderId={data.orderId}
          support={data.shop.support ?? null}
          hasMail={data.hasMail}
          model={model}
        />
      )
    case "find":
      return <FindPage hasMail={data.hasMail} />
    case "orders":
      return <YourOrders hasMail={data.hasMail} />
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
