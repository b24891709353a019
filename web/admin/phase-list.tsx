import type { ShopProduct } from "../../client/src/index.ts"
import { localText } from "./dates.ts"
import { phaseText } from "./phase-values.ts"

/** Who may buy when, of a product with phases. */
export function PhaseList({ product }: { readonly product: ShopProduct }) {
  if (product.phases === undefined) return null
  return (
    <ul class="muted small tabular" aria-label="Who may buy when">
      {product.phases.map((phase, index) => (
        <li key={index}>May buy: {phaseText(phase, localText)}</li>
      ))}
    </ul>
  )
}
