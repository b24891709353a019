import type { PageData } from "../shared/page-data.ts"
import { Announcer } from "./announcer.tsx"
import type { PageModel } from "./page-model.ts"
import { FindPage } from "./find-page.tsx"
import { OrderPage } from "./order-page.tsx"
import { ProductList } from "./product-list.tsx"
import { ProductPage } from "./product-page.tsx"
import { clockText } from "../shared/dates.ts"

interface PageProps {
  readonly data: PageData
  readonly model: PageModel
}

/** A page of the storefront. */
export function StorefrontPage({ data, model }: PageProps) {
  return (
    <>
      <header class="bar">
        {data.kind === "products" ? <span>On sale</span> : <a href="/">On sale</a>}
        {data.kind !== "missing" && data.kind !== "find" && <Clock model={model} />}
      </header>
      <Content data={data} model={model} />
      <Announcer model={model} />
    </>
  )
}

function Content({ data, model }: PageProps) {
  switch (data.kind) {
    case "products":
      return <ProductList page={data.page} model={model} />
    case "product":
      return <ProductPage model={model} />
    case "order":
      return <OrderPage orderId={data.orderId} paysHere={data.payment !== null} model={model} />
    case "find":
      return <FindPage />
    case "missing":
      return (
        <main class="narrow">
          <h1>Page not found</h1>
          <p>
            Check the address, or <a href="/">see all products</a>.
          </p>
        </main>
      )
  }
}

/** The server's clock, which decides when a sale opens. */
function Clock({ model }: { readonly model: PageModel }) {
  const now = model.nowMs.value
  const zone = model.zone.value
  return (
    <p class="clock">
      <span class="muted small">Shop time</span>{" "}
      <span class="tabular">{now === null || zone === null ? "––:––:––" : clockText(now, zone)}</span>
    </p>
  )
}

/** The document's title. */
export function titleOf(data: PageData): string {
  switch (data.kind) {
    case "products":
      return "On sale"
    case "product":
      return data.product.name
    case "order":
      return `Order ${data.orderId}`
    case "find":
      return "Find my order"
    case "missing":
      return "Page not found"
  }
}
