import { computed, signal } from "@preact/signals"
import { readerZone } from "../shared/dates.ts"
import type { PageData } from "../shared/page-data.ts"
import { saleStateAt } from "./buyer-view.ts"
import { stillDesk, type Desk, type LivingDesk } from "./desk.ts"
import { createServerLine } from "./server-line.ts"

/** What is on sale, as it changes. `start` it once the page is drawn. */
export function createListDesk(data: Extract<PageData, { kind: "products" }>): LivingDesk {
  const line = createServerLine()
  const products = signal(data.page.data)
  const zone = signal<string | null>(null)
  const desk: Desk = {
    ...stillDesk(data),
    products: computed(() =>
      products.value.map((product) => ({ ...product, sale_state: saleStateAt(product, line.nowMs.value) })),
    ),
    nowMs: line.nowMs,
    zone,
  }
  return {
    desk,
    start() {
      zone.value = readerZone()
      const ids = data.page.data.map(({ id }) => id)
      const [first] = ids
      if (first === undefined) return
      line.start(ids, (told) => {
        products.value = products.value.map((product) => (product.id === told.id ? told : product))
      })
      void line.client.products.get(first).catch(() => undefined)
    },
  }
}
