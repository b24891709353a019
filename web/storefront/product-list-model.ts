import { computed, signal } from "@preact/signals"
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
        products.value = products.value.map((product) => (product.id === update.id ? update : product))
      })
      void server.client.products.get(first).catch(() => undefined)
    },
  }
}
