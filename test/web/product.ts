import type { ShopProduct, ShopVariant } from "../../client/src/index.ts"

export const NOON = "2026-11-27T12:00:00.000Z"

/** Ten lamps, on sale at noon without a window. */
export const lamp: ShopProduct = {
  id: 1,
  name: "Lamp",
  description: null,
  image_url: null,
  price: "129.00",
  price_minor: 12_900,
  currency: "EUR",
  stock: 10,
  available_stock: 4,
  reserved_stock: 3,
  sold_stock: 3,
  sale_state: "open",
  opens_at: null,
  closes_at: null,
  max_per_hold: 2,
  max_per_customer: null,
  hold_ttl_seconds: 120,
  server_time: NOON,
}

/** Twenty units of a variant, of which eight are available. */
export function variant(id: number, name: string, more: Partial<ShopVariant> = {}): ShopVariant {
  return {
    id,
    name,
    sku: null,
    options: {},
    position: id,
    image_url: null,
    price: "129.00",
    price_minor: 12_900,
    own_price: false,
    stock: 20,
    available_stock: 8,
    reserved_stock: 5,
    sold_stock: 7,
    sale_state: "open",
    max_per_hold: null,
    enabled: true,
    ...more,
  }
}
