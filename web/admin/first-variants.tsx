import type { NewVariantBody } from "../../client/src/admin.ts"
import type { ShopProduct } from "../../client/src/index.ts"
import { unitsOf } from "../shared/unit-texts.ts"
import { Dialog } from "./dialog.tsx"

/** True while variants would replace units that the product has for sale without any. */
export function losesStock({ variants, stock }: ShopProduct): boolean {
  return variants === undefined && stock > 0
}

/** How many variants are added, and their units. */
export function sumsOf(variants: readonly Pick<NewVariantBody, "stock">[]) {
  return { count: variants.length, units: variants.reduce((sum, { stock }) => sum + stock, 0) }
}

export interface FirstVariantsProps extends ReturnType<typeof sumsOf> {
  /** As it was read before the question. */
  readonly product: ShopProduct
  readonly run: () => Promise<void>
  readonly close: () => void
}

/** Asks before a product loses its stock to its first variants. */
export function FirstVariantsDialog({ product, count, units, run, close }: FirstVariantsProps) {
  const added = count === 1 ? "the variant" : `${count} variants`
  return (
    <Dialog
      title={`Replace the stock of ${product.name}?`}
      action={`Replace the stock and add ${added}`}
      danger
      run={run}
      close={close}
    >
      <p class="tabular">
        The first variants replace the product's stock of {unitsOf(product.stock)}. Its stock is then the sum
        of its variants: {unitsOf(units)}. From then on buyers have to choose a variant.
      </p>
      <p>A product cannot go back to a stock without variants.</p>
    </Dialog>
  )
}
