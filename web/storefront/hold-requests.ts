import type { HoldBody, Product } from "../../client/src/index.ts"
import type { HoldRequest } from "./browser-storage.ts"
import type { Refusal } from "./buyer-view.ts"
import { variantsForSale, withUnits, type Choice } from "./variant-choice.ts"

/** What a request for a hold sends. */
export function bodyOf(productId: number, { qty, lines, customerId }: HoldRequest): HoldBody {
  const units = lines === undefined ? { qty } : { lines }
  return { product_id: productId, ...units, ...(customerId !== null && { customer_id: customerId }) }
}

/** True for a refusal that another choice may avoid. */
export function isAboutChoice({ code }: Refusal): boolean {
  return ["lacking", "over_limit", "variant_disabled", "variant_required"].includes(code)
}

/** True if the product has the units again that a request has missed. */
export function isOver(refusal: Refusal, product: Product): boolean {
  if (refusal.code === "missed") return product.available_stock > 0
  if (refusal.code !== "lacking") return false
  return refusal.lines.every(({ variantId, requested }) =>
    variantsForSale(product).some(
      (variant) => variant.id === variantId && variant.available_stock >= requested,
    ),
  )
}

/** The variant that a visitor has chosen before the scripts ran; null: none. */
export function choiceInDocument(): Choice | null {
  const chosen = document.querySelector<HTMLInputElement>("input[name=variant]:checked")
  return chosen === null ? null : withUnits([], Number(chosen.value), 1)
}

/**
 * Runs one tab's request at a time, so that two tabs do not both place a hold. Without locks it runs at once: some browsers
 * have none, and others refuse them to a page that may store nothing.
 */
export async function oneTabAtATime(name: string, work: () => Promise<void>): Promise<void> {
  let hasBegun = false
  async function begin(): Promise<void> {
    hasBegun = true
    await work()
  }
  if (typeof navigator.locks === "undefined") return begin()
  try {
    await navigator.locks.request(name, begin)
  } catch (error) {
    if (hasBegun) throw error
    await begin()
  }
}
