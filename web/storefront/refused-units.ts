import type { Product, Variant } from "../../client/src/index.ts"
import type { Refusal } from "./buyer-view.ts"
import { mostAvailable, variantsForSale } from "./variant-choice.ts"

/** True for a refusal that another choice may avoid. */
export function isAboutChoice({ code }: Refusal): boolean {
  return ["lacking", "over_limit", "variant_disabled", "variant_required"].includes(code)
}

/** True if the product has the units again that a request has missed. */
export function isOver(refusal: Refusal, product: Product): boolean {
  if (refusal.code === "missed") return mostAvailable(product) > 0
  if (refusal.code !== "lacking") return false
  return refusal.lines.every(({ variantId, requested }) =>
    variantsForSale(product).some((variant) => variant.id === variantId && hasUnits(variant, requested)),
  )
}

/** Where the shop does not show how many units there are, only one is known to be there. */
function hasUnits({ available_stock, ...variant }: Variant, requested: number): boolean {
  return (available_stock ?? Math.min(1, mostAvailable(variant))) >= requested
}
