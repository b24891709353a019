import { computed, signal } from "@preact/signals"
import { readerZone } from "../shared/dates.ts"
import type { PageData } from "../shared/page-data.ts"
import { isHidden, productAt } from "./buyer-view.ts"
import { staticModel, type PageModel, type LivePageModel } from "./page-model.ts"
import { type Client, ProblemError, type Product } from "../../client/src/index.ts"
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
      watchAll()
      const [first] = products.value
      if (first !== undefined) void server.client.products.get(first.id).catch(() => undefined)
    },
  }

  function watchAll(): void {
    const ids = products.value.map(({ id }) => id)
    if (ids.length === 0) return
    const take = (update: Product) => {
      const isTranslated = data.translated?.includes(update.id) === true
      products.value = products.value.map((product) => {
        if (product.id !== update.id) return product
        return isTranslated ? withTextsOf(product, update) : update
      })
    }
    server.start(ids, take, () => void leaveOutGone())
  }

  /** The page goes on with the products that are still there. */
  async function leaveOutGone(): Promise<void> {
    const before = products.value
    const gone = await Promise.all(before.map(({ id }) => isGone(server.client, id)))
    products.value = products.value.filter(
      ({ id }) => gone[before.findIndex((one) => one.id === id)] !== true,
    )
    if (products.value.length < before.length) watchAll()
  }
}

async function isGone(client: Client, id: number): Promise<boolean> {
  try {
    return isHidden(await client.products.get(id))
  } catch (error) {
    return error instanceof ProblemError && error.code === "product_not_found"
  }
}

/** An update has the texts of the product itself, and not those in the language of the page. */
function withTextsOf({ name, description }: Product, update: Product): Product {
  return { ...update, name, description }
}
