import { saleState, type Product, type SaleState } from "../../domain/product.ts"
import { isoTime, type Instant } from "../../domain/time.ts"
import { productJson } from "../../wire/product.ts"

/** A product's answer as text, made once for all who read it. */
export interface ProductText {
  /** Names what a reader sees: another version, or another state of the sale, has another name. */
  readonly name: string
  /** Weak: `server_time` differs from answer to answer, what matters does not. */
  readonly etag: string
  textAt(now: Instant): string
}

/** The texts of products that are being read or watched. */
export interface ProductTexts {
  of(product: Product, now: Instant): ProductText
}

/** Remembers the texts of products for as long as anyone remembers these. */
export function createProductTexts(defaultHoldTtl: number): ProductTexts {
  const texts = new WeakMap<Product, ProductText & { readonly state: SaleState }>()

  return {
    of(product: Product, now: Instant): ProductText {
      const state = saleState(product, now)
      const known = texts.get(product)
      if (known?.state === state) return known
      const { server_time: _, ...rest } = productJson(product, now, defaultHoldTtl)
      const start = JSON.stringify(rest).slice(0, -1)
      const name = `${product.id}-${product.version}-${state}`
      const text = {
        state,
        name,
        etag: `W/"${name}"`,
        textAt: (now: Instant) => `${start},"server_time":"${isoTime(now)}"}`,
      }
      texts.set(product, text)
      return text
    },
  }
}
