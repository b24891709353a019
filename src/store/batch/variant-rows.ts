import type { Product } from "../../domain/product.ts"
import type { Variant, VariantSettings } from "../../domain/variant.ts"
import { variantsColumn } from "../columns.ts"
import { insertInto } from "./insert-rows.ts"
import { writeIfAny } from "./row-groups.ts"
import type { Tx } from "../tx.ts"

/*
 * Rows of variants are read and written only by the batch that has locked the row of their product. They are never locked
 * for themselves, and no other transaction can want them, so they take part in no deadlock, whatever the order of a
 * basket's lines. The version of the product, which is written in the same batch, says that the variants are those that
 * were loaded; a statement that writes counters also compares those that it replaces.
 */

/** Reads the variants of a product whose row is locked, by position. */
export async function loadVariants(tx: Tx, productId: number): Promise<readonly Variant[]> {
  const { rows } = await tx.query<{ variants: readonly Variant[] | null }>({
    name: "load-variants",
    text: `
      select ${variantsColumn}
        from products
       where id between $1 and $1
       order by id desc
       limit 1`,
    values: [productId],
  })
  return rows[0]?.variants ?? []
}

/** A variant that a batch has changed, beside what it was. */
export interface ChangedVariant {
  readonly before: Variant
  readonly after: Variant
}

/** What a batch has done to the variants of a product. */
export interface VariantChanges {
  readonly added: readonly Variant[]
  /** Their counters have changed. */
  readonly counted: readonly ChangedVariant[]
  /** Their settings have changed. */
  readonly edited: readonly Variant[]
}

/** Compares the variants of a product with those that were loaded. */
export function variantChanges(product: Product, loadedProduct: Product | null): VariantChanges {
  const before = new Map(loadedProduct?.variants?.map((variant) => [variant.id, variant]))
  const added: Variant[] = []
  const counted: ChangedVariant[] = []
  const edited: Variant[] = []
  for (const variant of product.variants ?? []) {
    const known = before.get(variant.id)
    if (known === undefined) added.push(variant)
    else if (known !== variant) {
      if (areCountersChanged(known, variant)) counted.push({ before: known, after: variant })
      if (areSettingsChanged(known, variant)) edited.push(variant)
    }
  }
  return { added, counted, edited }
}

function areCountersChanged(before: Variant, after: Variant): boolean {
  return before.stock !== after.stock || before.held !== after.held || before.sold !== after.sold
}

function areSettingsChanged(before: Variant, after: Variant): boolean {
  const valuesAfter = settingValues(after)
  return settingValues(before).some((value, index) => value !== valuesAfter[index])
}

/** Writes new variants and changed settings; the counters are written with those of the product. */
export function saveVariants(tx: Tx, productId: number, { added, edited }: VariantChanges): Promise<void>[] {
  return [
    ...writeIfAny(
      added.map((variant) => ({ ...variant, productId })),
      (variants) => insertVariants(tx, variants),
    ),
    ...edited.map((variant) => updateSettings(tx, productId, variant)),
  ]
}

const insertVariants = insertInto<Variant & { readonly productId: number }>("variants", {
  product_id: ["bigint", (variant) => variant.productId],
  id: ["bigint", (variant) => variant.id],
  position: ["integer", (variant) => variant.position],
  name: ["text", (variant) => variant.name],
  sku: ["text", (variant) => variant.sku],
  options: ["jsonb", (variant) => JSON.stringify(variant.options)],
  image_url: ["text", (variant) => variant.imageUrl],
  image_alt: ["text", (variant) => variant.imageAlt],
  price_minor: ["bigint", (variant) => variant.priceMinor],
  max_per_hold: ["integer", (variant) => variant.maxPerHold],
  enabled: ["boolean", (variant) => variant.enabled],
  stock: ["integer", (variant) => variant.stock],
  held: ["integer", (variant) => variant.held],
  sold: ["integer", (variant) => variant.sold],
})

const settingColumns = [
  "position",
  "name",
  "sku",
  "options",
  "image_url",
  "image_alt",
  "price_minor",
  "max_per_hold",
  "enabled",
]

/** In the order of {@link settingColumns}. */
function settingValues(variant: VariantSettings): (string | number | boolean | null)[] {
  return [
    variant.position,
    variant.name,
    variant.sku,
    JSON.stringify(variant.options),
    variant.imageUrl,
    variant.imageAlt,
    variant.priceMinor,
    variant.maxPerHold,
    variant.enabled,
  ]
}

async function updateSettings(tx: Tx, productId: number, variant: Variant): Promise<void> {
  await tx.query({
    name: "update-variant-settings",
    text: `
      update variants
         set ${settingColumns.map((column, index) => `${column} = $${index + 3}`).join(", ")}
       where product_id = $1
         and id = $2`,
    values: [productId, variant.id, ...settingValues(variant)],
  })
}
