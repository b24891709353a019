import type { PageData } from "../shared/page-data.ts"
import { ProductList } from "./product-list.tsx"
import { ProductPage } from "./product-page.tsx"

/** Whatever page of the storefront was asked for. */
export function StorefrontPage({ data }: { readonly data: PageData }) {
  switch (data.kind) {
    case "products":
      return <ProductList page={data.page} />
    case "product":
      return <ProductPage product={data.product} />
    case "order":
      return (
        <main>
          <h1>Order {data.orderId}</h1>
        </main>
      )
    case "missing":
      return (
        <main>
          <h1>There is nothing here</h1>
          <p>
            <a href="/">What is on sale</a>
          </p>
        </main>
      )
  }
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
    case "missing":
      return "Not found"
  }
}
