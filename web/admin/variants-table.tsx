import { useSignal } from "@preact/signals"
import type { Live } from "../../client/src/admin.ts"
import type { ShopProduct, ShopVariant } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { countText } from "../shared/unit-texts.ts"
import { may } from "./own-role.ts"
import { isHidden, StateBadge } from "./state-badge.tsx"
import { VariantDialog, type VariantAction } from "./variant-dialogs.tsx"
import { optionsText } from "./variant-values.ts"

/** A longer table has a height of its own, and scrolls. */
const MOST_IN_FULL = 50

export interface VariantsTableProps {
  readonly live: Live
  readonly variants: readonly ShopVariant[]
  /** Reads the sale again. */
  readonly done: () => void
}

/** The variants of a sale with their units, refusals and actions. */
export function VariantsTable({ live, variants, done }: VariantsTableProps) {
  const chosen = useSignal<{ readonly action: VariantAction; readonly id: number } | null>(null)
  const refusals = new Map(live.variant_refusals?.map(({ variant_id, count }) => [variant_id, count]))
  const asked = variants.find(({ id }) => id === chosen.value?.id)
  return (
    <section class="variants" aria-labelledby="variants">
      <div class="heading">
        <h2 id="variants">{variants.length === 1 ? "1 variant" : `${variants.length} variants`}</h2>
        {may("manager") && (
          <a class="button" href={`/admin/p/${live.product.id}/variants`}>
            Add variants or upload CSV
          </a>
        )}
      </div>
      <div
        class={variants.length > MOST_IN_FULL ? "scroll many" : "scroll"}
        role="region"
        aria-label="Units of each variant"
        tabindex={0}
      >
        <table class="tabular">
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col">State</th>
              {["Available", "Held", "Sold", "Refused", "Price"].map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {variants.map((variant) => (
              <VariantRow
                key={variant.id}
                variant={variant}
                product={live.product}
                refused={refusals.get(variant.id) ?? 0}
                choose={(action) => void (chosen.value = { action, id: variant.id })}
              />
            ))}
          </tbody>
        </table>
      </div>
      {variants.length > MOST_IN_FULL && <p class="muted small">Scroll the table to see all variants.</p>}
      <p class="muted small">
        Refused: holds that this server refused because of the variant, since a live screen of the sale was
        opened. A basket counts for each variant that lacked units, is disabled, or has a lower limit per
        order.
      </p>
      {chosen.value !== null && asked !== undefined && (
        <VariantDialog
          action={chosen.value.action}
          product={live.product}
          variants={variants}
          variant={asked}
          close={() => {
            chosen.value = null
            done()
          }}
        />
      )}
    </section>
  )
}

interface VariantRowProps {
  readonly product: ShopProduct
  readonly variant: ShopVariant
  readonly refused: number
  readonly choose: (action: VariantAction) => void
}

function VariantRow({ product, variant, refused, choose }: VariantRowProps) {
  const { name, sku, options, enabled } = variant
  const details = [sku, optionsText(options)].filter(Boolean).join(" · ")
  const actions = [
    ["add", "Add stock…"],
    ["set", "Set stock…"],
    enabled ? (["disable", "Disable…"] as const) : (["enable", "Enable…"] as const),
    ["edit", "Edit…"],
  ] as const
  return (
    <tr class={enabled ? undefined : "disabled"}>
      <th scope="row" class="name">
        {name}
        {details !== "" && <span class="muted details">{details}</span>}
      </th>
      <td>
        {enabled ? (
          <StateBadge state={variant.sale_state} status={isHidden(product) ? product.status : "listed"} />
        ) : (
          <span class="badge closed">Disabled</span>
        )}
      </td>
      <td class="number">{countText(variant.available_stock)}</td>
      <td class="number">{countText(variant.reserved_stock)}</td>
      <td class="number">{countText(variant.sold_stock)}</td>
      <td class="number">{countText(refused)}</td>
      <td class="number">
        {priceOf(variant.price_minor, product.currency)}
        {variant.own_price && <span class="muted details">own</span>}
      </td>
      <td class="row-actions">
        {(may("manager") ? actions : []).map(([action, text]) => (
          <button key={action} type="button" class="button" onClick={() => choose(action)}>
            {text}
            <span class="visually-hidden"> {name}</span>
          </button>
        ))}
      </td>
    </tr>
  )
}
