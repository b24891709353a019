import { computed, signal } from "@preact/signals"
import type { Product } from "../../client/src/index.ts"
import { readerZone } from "../shared/dates.ts"
import type { PageData } from "../shared/page-data.ts"
import { productAt } from "./buyer-view.ts"
import { staticModel, type PageModel, type LivePageModel } from "./page-model.ts"
import { createServerConnection } from "./server-connection.ts"

/** The list of products, updated live. Call `start` once the page is rendered. */
export function createProductListModel(data: Extract<PageData, { kind: "products" }>): LivePageModel {
  const server = createServerConnection()
  const products = signal(data.page.data)
  const zone = signal<string | null>(null)
  const model: PageModel = {
    ...staticModel(data),
    products: computed(() => products.value.map((product) => productAt(product, server.nowMs.value))),
    nowMs: server.nowMs,
    zone,
  }
  return {
    model,
    start() {
      zone.value = readerZone()
      const ids = data.page.data.map(({ id }) => id)
      const [first] = ids
      if (first === undefined) return
      server.start(ids, (update) => {
        const isTranslated = data.translated?.includes(update.id) === true
        products.value = products.value.map((product) => {
          if (product.id !== update.id) return product
          return isTranslated ? withTextsOf(product, update) : update
        })
      })
      void server.client.products.get(first).catch(() => undefined)
    },
  }
}

/** An update has the texts of the product itself, and not those in the language of the page. */
function withTextsOf({ name, description }: Product, update: Product): Product {
  return { ...update, name, description }
}
