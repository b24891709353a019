import { saleState, type Product, type SaleState } from "../../domain/product.ts"
import { isoTime, type Instant } from "../../domain/time.ts"
import { publicProductJson, publicStateName } from "../../wire/public-product.ts"

/** The JSON text of a product, made once for all its readers. */
export interface ProductText {
  /** Two texts with the same name differ in `server_time` only. */
  readonly name: string
  /** Weak, because `server_time` differs between answers with the same tag. */
  readonly etag: string
  textAt(now: Instant): string
}

/** Remembers the texts of products that are read or watched. */
export interface ProductTexts {
  of(product: Product, now: Instant): ProductText
}

/** Keeps each text for as long as its product object is in use. */
export function createProductTexts(defaultHoldTtl: number): ProductTexts {
  const texts = new WeakMap<Product, ProductText & { readonly state: SaleState }>()

  return {
    of(product: Product, now: Instant): ProductText {
      const state = saleState(product, now)
      const known = texts.get(product)
      if (known?.state === state) return known
      const { server_time: _, ...rest } = publicProductJson(product, now, defaultHoldTtl)
      const start = JSON.stringify(rest).slice(0, -1)
      const name = publicStateName(product, now, defaultHoldTtl)
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
