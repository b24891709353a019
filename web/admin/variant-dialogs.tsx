import { useSignal } from "@preact/signals"
import type { VariantChangesBody } from "../../client/src/admin.ts"
import type { ShopProduct, ShopVariant } from "../../client/src/index.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { readWhole, requiredValue, valueOrNull } from "./form-values.ts"
import { isHidden } from "./state-badge.tsx"
import { StockDialog } from "./stock-dialog.tsx"
import { draftOf, readDraft, VariantFields } from "./variant-fields.tsx"
import { areSameOptions, placementsAfter, readLabel } from "./variant-values.ts"
import { readHttpsUrl } from "./shop-values.ts"

export type VariantAction = "add" | "set" | "disable" | "enable" | "edit"

export interface VariantDialogProps {
  readonly action: VariantAction
  readonly product: ShopProduct
  /** All of the product's, in their order. */
  readonly variants: readonly ShopVariant[]
  readonly variant: ShopVariant
  readonly close: () => void
}

/** The dialog of one action on one variant. */
export function VariantDialog(props: VariantDialogProps) {
  const { action, product, variant, close } = props
  const change = (changes: VariantChangesBody) => shop.products.changeVariant(product.id, variant.id, changes)
  switch (action) {
    case "add":
    case "set":
      return (
        <StockDialog
          isAdding={action === "add"}
          name={variant.name}
          units={variant}
          set={(body) => shop.products.setVariantStock(product.id, variant.id, body)}
          close={close}
        />
      )
    case "disable":
      return (
        <Dialog
          title={`Disable ${variant.name}?`}
          action="Disable the variant"
          danger
          run={() => change({ enabled: false })}
          close={close}
        >
          <p>
            No new holds of it are possible from now on. Existing holds and orders continue and can be paid.
            Other variants stay on sale.
          </p>
        </Dialog>
      )
    case "enable":
      return (
        <Dialog
          title={`Enable ${variant.name}?`}
          action="Enable the variant"
          run={() => change({ enabled: true })}
          close={close}
        >
          <p>While the sale is open, its units can be held again at once.</p>
        </Dialog>
      )
    case "edit":
      return <EditDialog {...props} />
  }
}

/** Changes the settings of a variant and its place in the list. */
function EditDialog({ product, variants, variant, close }: VariantDialogProps) {
  // The live screen passes a newer variant every second; the form shows the one that it was opened with.
  const before = useSignal(variant).value
  const draft = useSignal(draftOf(before)).value
  const maxPerHold = useSignal(String(before.max_per_hold ?? ""))
  const image = useSignal(before.image_url ?? "")
  const imageAlt = useSignal(before.image_alt ?? "")
  const placeBefore = String(variants[variants.findIndex(({ id }) => id === before.id) - 1]?.id ?? "")
  const openedAfter = useSignal(placeBefore).value
  const after = useSignal(placeBefore)
  const readings = {
    maxPerHold: readWhole(maxPerHold.value, 1),
    image: readHttpsUrl(image.value),
    imageAlt: readLabel(imageAlt.value),
  }

  async function run(): Promise<void> {
    const { name, sku, options, price } = readDraft(draft, product.currency)
    const wanted = {
      name: requiredValue(name, "The name"),
      sku: valueOrNull(sku),
      options: valueOrNull(options) ?? {},
      price_minor: valueOrNull(price),
      max_per_hold: valueOrNull(readings.maxPerHold),
      image_url: valueOrNull(readings.image),
      image_alt: valueOrNull(readings.imageAlt),
    }
    const changes = changedSettings(wanted, before)
    const afterId = after.value === "" ? null : Number(after.value)
    const moves = after.value === openedAfter ? [] : placementsAfter(variants, before.id, afterId)
    if (Object.keys(changes).length > 0) await shop.products.changeVariant(product.id, before.id, changes)
    for (const { id, position } of moves) await shop.products.changeVariant(product.id, id, { position })
  }

  return (
    <Dialog title={`Edit ${before.name}`} action="Save" isForm run={run} close={close}>
      <VariantFields
        id="variant"
        draft={draft}
        currency={product.currency}
        isNew={false}
        others={variants.filter(({ id }) => id !== before.id)}
      />
      <div class="side-by-side">
        <Field
          id="variant-max-hold"
          label="Limit per order"
          type="number"
          min={1}
          value={maxPerHold}
          reading={readings.maxPerHold}
          hint="Empty: only the product's limits"
        />
        <Field
          id="variant-place"
          label="Place in the list"
          value={after}
          list={[
            ["", "First"],
            ...variants
              .filter(({ id }) => id !== before.id)
              .map(({ id, name }) => [String(id), `After ${name}`] as const),
          ]}
        />
      </div>
      <Field
        id="variant-image"
        label="Picture URL"
        type="url"
        value={image}
        reading={readings.image}
        hint="Begins with https://. Empty: the product's picture"
      />
      <Field
        id="variant-image-alt"
        label="What the picture shows"
        value={imageAlt}
        reading={readings.imageAlt}
        hint="Read to people who do not see it. Give it in other languages under Pictures and texts"
      />
      <p>
        {isHidden(product) ? "Buyers do not see the product now." : "Buyers see changes at once."} Existing
        holds and orders keep their price.
      </p>
    </Dialog>
  )
}

/**
 * Keeps only the settings that differ, so that saving does not undo changes made elsewhere in the meantime. An empty
 * price means the product's, also where the product costs as much as the variant's own price.
 */
function changedSettings(
  wanted: Required<Omit<VariantChangesBody, "position" | "enabled">>,
  before: ShopVariant,
): VariantChangesBody {
  const ownPrice = before.own_price ? before.price_minor : null
  return {
    ...(wanted.name !== before.name && { name: wanted.name }),
    ...(wanted.sku !== before.sku && { sku: wanted.sku }),
    ...(!areSameOptions(wanted.options, before.options) && { options: wanted.options }),
    ...(wanted.price_minor !== ownPrice && { price_minor: wanted.price_minor }),
    ...(wanted.max_per_hold !== before.max_per_hold && { max_per_hold: wanted.max_per_hold }),
    ...(wanted.image_url !== before.image_url && { image_url: wanted.image_url }),
    ...(wanted.image_alt !== (before.image_alt ?? null) && { image_alt: wanted.image_alt }),
  }
}
