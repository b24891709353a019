import type { Product } from "../../client/src/index.ts"
import { useLanguage } from "./page-language.ts"

const WIDTH = 1_000

/** The stock as a bar: sold, reserved and available units. Nothing where the shop does not show them. */
export function StockBar({ product }: { readonly product: Product }) {
  const { words } = useLanguage()
  const { stock, sold_stock, reserved_stock } = product
  if (stock === undefined || sold_stock === undefined || reserved_stock === undefined) return null
  const sold = part(sold_stock, stock)
  const held = part(reserved_stock, stock)
  return (
    <div class="stock-bar">
      <svg viewBox={`0 0 ${WIDTH} 8`} width="100%" height="8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="held" x={sold} y="0" width={held} height="8" />
        <rect class="sold" x="0" y="0" width={sold} height="8" />
      </svg>
      <p class="small muted tabular">
        <span>
          <span class="key sold" /> {words.sold(sold_stock)}
        </span>
        <span>
          <span class="key held" /> {words.reserved(reserved_stock)}
        </span>
      </p>
    </div>
  )
}

function part(units: number, stock: number): number {
  return stock === 0 ? 0 : Math.round((units / stock) * WIDTH)
}
