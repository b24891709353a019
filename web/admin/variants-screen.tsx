import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import type { NewVariantBody } from "../../client/src/admin.ts"
import type { ShopProduct } from "../../client/src/index.ts"
import { areFor, unitsOf } from "../shared/unit-texts.ts"
import { explain, shop } from "./api.ts"
import { isReadable } from "./field.tsx"
import { FirstVariantsDialog, losesStock, sumsOf } from "./first-variants.tsx"
import { NewVariants } from "./new-variants.tsx"
import { Failure } from "./pager.tsx"
import { leaveFor, useUnsavedInput } from "./unsaved.ts"
import { newDraft, newVariantIn, type VariantDraft } from "./variant-fields.tsx"
import { VariantsUpload } from "./variants-upload.tsx"

/** Adds variants to a product by hand, and adds or changes many with a CSV file. */
export function VariantsScreen({ productId }: { readonly productId: number }) {
  const product = useSignal<ShopProduct | null>(null)
  const failure = useSignal<string | null>(null)
  const read = () =>
    void shop.products.get(productId).then(
      (found) => (product.value = found),
      (error: unknown) => (failure.value = explain(error)),
    )
  useEffect(read, [productId])

  const found = product.value
  return (
    <>
      <h1>{found === null ? `Variants of product ${productId}` : `Variants of ${found.name}`}</h1>
      {found === null && failure.value === null && <p class="muted">Loading…</p>}
      <Failure text={failure.value} />
      {found !== null && <Additions product={found} refresh={read} />}
    </>
  )
}

interface AdditionsProps {
  readonly product: ShopProduct
  /** Reads the product again. */
  readonly refresh: () => void
}

function Additions({ product, refresh }: AdditionsProps) {
  const { id, variants, reserved_stock, sold_stock, stock } = product
  const taken = reserved_stock + sold_stock
  const back = (
    <p>
      <a href={`/admin/p/${id}`}>Back to the sale</a>
    </p>
  )
  if (variants === undefined && taken > 0) {
    return (
      <>
        <p>
          {unitsOf(taken)} of this product {areFor(taken)} held or sold without a variant, so it cannot get
          variants. <a href="/admin/new">Create a new product</a> with variants instead.
        </p>
        {back}
      </>
    )
  }
  return (
    <>
      {back}
      {variants === undefined && (
        <p>
          This product has no variants yet. The first ones replace its stock of {unitsOf(stock)}: from then on
          each variant has a stock of its own, and buyers have to choose one.
        </p>
      )}
      <VariantsUpload product={product} applied={refresh} />
      <ByHand product={product} />
    </>
  )
}

function ByHand({ product }: { readonly product: ShopProduct }) {
  const { id, currency } = product
  const asked = useSignal<AskedVariants | null>(null)
  const drafts = useSignal<readonly VariantDraft[]>([newDraft()])
  const failure = useSignal<string | null>(null)
  const isBusy = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  useUnsavedInput(form)

  async function add(event: Event): Promise<void> {
    event.preventDefault()
    if (isBusy.value || !isReadable(event)) return
    isBusy.value = true
    failure.value = null
    try {
      const variants = drafts.value.map((draft) => newVariantIn(draft, currency))
      // Read again: another operator may have changed the stock, or added the first variants.
      const present = await shop.products.get(id)
      if (!losesStock(present)) return await addVariants(id, variants)
      asked.value = { present, variants }
    } catch (error) {
      failure.value = explain(error)
    }
    isBusy.value = false
  }

  const count = drafts.value.length
  return (
    <section class="part" aria-labelledby="by-hand">
      <h2 id="by-hand">Add by hand</h2>
      <form class="settings" ref={form} onSubmit={(event) => void add(event)}>
        <NewVariants drafts={drafts} currency={currency} present={product.variants ?? []} />
        <p class="muted small">
          They are added together or not at all, and are on sale at once if the sale is open.
        </p>
        <Failure text={failure.value} />
        <div class="buttons">
          <button type="submit" class="button primary" disabled={isBusy.value}>
            {count === 1 ? "Add the variant" : `Add ${count} variants`}
          </button>
        </div>
      </form>
      {asked.value !== null && (
        <FirstVariantsDialog
          product={asked.value.present}
          {...sumsOf(asked.value.variants)}
          run={() => addVariants(id, asked.value?.variants ?? [])}
          close={() => void (asked.value = null)}
        />
      )}
    </section>
  )
}

/** First variants that the operator has to confirm. */
interface AskedVariants {
  /** The product as it was read before the question. */
  readonly present: ShopProduct
  readonly variants: readonly NewVariantBody[]
}

async function addVariants(productId: number, variants: readonly NewVariantBody[]): Promise<void> {
  await shop.products.addVariants(productId, { variants })
  leaveFor(`/admin/p/${productId}`)
}
