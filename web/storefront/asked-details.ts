import type { Product } from "../../client/src/index.ts"

/**
 * What a buyer has entered, by JSON pointers such as `/details/shipping_address/city`: the names that the server uses for
 * errors and for missing details.
 */
export type Draft = Readonly<Record<string, string | boolean>>

/** True if the product asks its buyers for anything. */
export function asksDetails(product: Product | null): boolean {
  return product?.collect !== undefined || product?.questions !== undefined
}

/** The name under which the browser keeps the entries for an order of this product. */
export function draftName(productId: number): string {
  return `product:${productId}`
}

/** The name of the entries that change the details of this order. */
export function orderDraftName(orderId: number): string {
  return `order:${orderId}`
}

/** The entries to keep for another order of the product: consent is given anew each time. */
export function draftToKeep(draft: Draft): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => typeof value === "string"))
}
