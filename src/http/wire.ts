import type { Hold } from "../domain/hold.ts"
import { decimalAmount } from "../domain/money.ts"
import type { Order } from "../domain/order.ts"
import { availableUnits, saleState, type Product, type SaleState } from "../domain/product.ts"
import { isoTime, isoTimeOrNull, type Instant } from "../domain/time.ts"
import type { HoldAnswer, OrderAnswer, ProductAnswer } from "./schemas.ts"

/** A product as it goes over the wire. `defaultHoldTtl` fills in where the product says nothing. */
export function productAnswer(product: Product, now: Instant, defaultHoldTtl: number): ProductAnswer {
  return {
    id: product.id,
    name: product.name,
    description: product.description,
    image_url: product.imageUrl,
    price: decimalAmount(product.priceMinor, product.currency),
    price_minor: product.priceMinor,
    currency: product.currency,
    stock: product.stock,
    available_stock: availableUnits(product),
    reserved_stock: product.held,
    sold_stock: product.sold,
    sale_state: saleState(product, now),
    opens_at: isoTimeOrNull(product.opensAt),
    closes_at: isoTimeOrNull(product.closesAt),
    max_per_hold: product.maxPerHold,
    max_per_customer: product.maxPerCustomer,
    hold_ttl_seconds: product.holdTtlSeconds ?? defaultHoldTtl,
    server_time: isoTime(now),
  }
}

/** A product's answer as text, made once for all who read it. */
export interface ProductText {
  /** Weak: `server_time` differs from answer to answer, what matters does not. */
  readonly etag: string
  textAt(now: Instant): string
}

/** Remembers the texts of the products that are being read, for as long as anyone remembers these. */
export function createProductTexts(defaultHoldTtl: number) {
  const texts = new WeakMap<Product, ProductText & { readonly state: SaleState }>()

  return {
    of(product: Product, now: Instant): ProductText {
      const state = saleState(product, now)
      const known = texts.get(product)
      if (known?.state === state) return known
      const { server_time: _, ...rest } = productAnswer(product, now, defaultHoldTtl)
      const start = JSON.stringify(rest).slice(0, -1)
      const text = {
        state,
        etag: `W/"${product.id}-${product.version}-${state}"`,
        textAt: (now: Instant) => `${start},"server_time":"${isoTime(now)}"}`,
      }
      texts.set(product, text)
      return text
    },
  }
}

/** A hold as it goes over the wire, without its token. */
export function holdAnswer(hold: Hold): HoldAnswer {
  return {
    hold_id: hold.id,
    product_id: hold.productId,
    qty: hold.qty,
    status: hold.status,
    expires_at: isoTime(hold.expiresAt),
    created_at: isoTime(hold.createdAt),
    customer_id: hold.customerId,
  }
}

/**
 * A new hold as it goes over the wire, with its token, as text. In the order of its schema; names and
 * status need no escaping.
 */
export function newHoldText(hold: Hold, token: string): string {
  return (
    `{"hold_id":${hold.id},"product_id":${hold.productId},"qty":${hold.qty},"status":"${hold.status}",` +
    `"expires_at":"${isoTime(hold.expiresAt)}","created_at":"${isoTime(hold.createdAt)}",` +
    `"customer_id":${JSON.stringify(hold.customerId)},"token":"${token}"}`
  )
}

/** An order as it goes over the wire. */
export function orderAnswer(order: Order): OrderAnswer {
  return {
    order_id: order.id,
    hold_id: order.holdId,
    product_id: order.productId,
    quantity: order.quantity,
    unit_price: decimalAmount(order.unitPriceMinor, order.currency),
    total_price: decimalAmount(order.totalMinor, order.currency),
    total_minor: order.totalMinor,
    currency: order.currency,
    status: order.status,
    expires_at: isoTime(order.expiresAt),
    paid_at: isoTimeOrNull(order.paidAt),
    created_at: isoTime(order.createdAt),
    updated_at: isoTime(order.updatedAt),
    customer_id: order.customerId,
  }
}
