import { hasVariants, type Product } from "../../domain/product.ts"
import { isoTime, type Instant } from "../../domain/time.ts"
import { numbers } from "../columns.ts"
import type { LoadedWorkingSet } from "./load.ts"
import { writeIfAny } from "./row-groups.ts"
import type { Tx } from "../tx.ts"
import { isSettingChanged, settingColumns, settingValues } from "./product-setting-values.ts"
import { saveVariants, variantChanges, type VariantChanges } from "./variant-rows.ts"

/**
 * Writes the rows of the batch's products, those that the batch made or changed. Where there are several, those of
 * which only the counters have changed are written in one statement.
 */
export function saveProducts(tx: Tx, sets: readonly LoadedWorkingSet[], now: Instant): Promise<void>[] {
  const [only] = sets
  if (only !== undefined && sets.length === 1) return saveProduct(tx, only, now)
  const counted: ChangedProduct[] = []
  const others: LoadedWorkingSet[] = []
  for (const loaded of sets) {
    const change = counterChange(loaded)
    if (change === null) others.push(loaded)
    else counted.push(change)
  }
  return [
    ...writeIfAny(counted, (changes) => updateAllCounters(tx, changes, now)),
    ...others.flatMap((loaded) => saveProduct(tx, loaded, now)),
  ]
}

function saveProduct(tx: Tx, { state, rowLocation }: LoadedWorkingSet, now: Instant): Promise<void>[] {
  const { product, loadedProduct } = state
  if (product === null || product === loadedProduct) return []
  const variants = hasVariants(product) ? variantChanges(product, loadedProduct) : null
  const ofVariants = variants === null ? [] : saveVariants(tx, product.id, variants)
  if (loadedProduct === null) return [insertProduct(tx, product), ...ofVariants]

  const change = { product, loadedProduct, rowLocation }
  const counters =
    variants === null
      ? updateCounters(tx, change, now)
      : updateCountersWithVariants(tx, { ...change, variants }, now)
  const ofSettings = isSettingChanged(loadedProduct, product) ? [updateSettings(tx, product, now)] : []
  return [counters, ...ofVariants, ...ofSettings]
}

/** A product that the batch has changed, beside what it was. */
interface ChangedProduct {
  readonly product: Product
  readonly loadedProduct: Product
  readonly rowLocation: string | null
}

/** The change, where only the counters of a product without variants have changed; null otherwise. */
function counterChange({ state, rowLocation }: LoadedWorkingSet): ChangedProduct | null {
  const { product, loadedProduct } = state
  if (product === null || loadedProduct === null || product === loadedProduct) return null
  if (hasVariants(product) || isSettingChanged(loadedProduct, product)) return null
  return { product, loadedProduct, rowLocation }
}

async function insertProduct(tx: Tx, product: Product): Promise<void> {
  await tx.query({
    name: "insert-product",
    text: `
      insert into products (
        id, stock, held, sold, version, variants_version, claims_version, created_at, updated_at, collect_since,
        ${settingColumns.join(", ")})
      values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8, ${settingColumns.map((_, index) => `$${index + 9}`).join(", ")})`,
    values: [
      product.id,
      product.stock,
      product.held,
      product.sold,
      product.version,
      hasVariants(product) ? product.version : null,
      product.phases === null ? null : product.version,
      isoTime(product.createdAt),
      ...settingValues(product),
    ],
  })
}

/**
 * The statement of nearly every batch. The version is the guard: it changes only under the lock, so a version other
 * than the loaded one means that the lock was not held; null is then written into it, which rolls the batch back.
 * A row that is no longer at the location where it was locked rolls the batch back too, by a division by zero.
 */
async function updateCounters(
  tx: Tx,
  { product, loadedProduct, rowLocation }: ChangedProduct,
  now: Instant,
): Promise<void> {
  await tx.query({
    name: "update-product-counters",
    text: `
      with saved as (
        update products
           set stock = $3,
               held = $4,
               sold = $5,
               version = case when version = $2 then $6::bigint end,
               claims_version = case when claims_version is not null then $6::bigint end,
               updated_at = $7
         where ctid = $8::tid
           and id = $1
        returning id
      )
      select 1 / count(*) as saved
        from saved`,
    values: [
      product.id,
      loadedProduct.version,
      product.stock,
      product.held,
      product.sold,
      product.version,
      isoTime(now),
      rowLocation,
    ],
  })
}

/**
 * As {@link updateCounters}, together with the counters of the product's variants, so that no statement leaves sums
 * that differ from their parts (I10). A variant that is not there, or that has other counters than those the batch was
 * decided with, undoes the batch as well.
 */
async function updateCountersWithVariants(
  tx: Tx,
  {
    product,
    loadedProduct,
    rowLocation,
    variants: { counted },
  }: ChangedProduct & { readonly variants: VariantChanges },
  now: Instant,
): Promise<void> {
  await tx.query({
    name: "update-product-and-variant-counters",
    text: `
      with saved_variants as (
        update variants
           set stock = v.stock,
               held = v.held,
               sold = v.sold
          from unnest($9::bigint[], $10::integer[], $11::integer[], $12::integer[],
                      $13::integer[], $14::integer[], $15::integer[])
               as v (id, stock, held, sold, stock_before, held_before, sold_before)
         where variants.product_id = $1
           and variants.id = v.id
           and variants.stock = v.stock_before
           and variants.held = v.held_before
           and variants.sold = v.sold_before
        returning variants.id
      ), saved as (
        update products
           set stock = $3,
               held = $4,
               sold = $5,
               version = case when version = $2 then $6::bigint end,
               variants_version = $6,
               claims_version = case when claims_version is not null then $6::bigint end,
               paused = true,
               variants_paused = coalesce(variants_paused, paused),
               updated_at = $7
         where ctid = $8::tid
           and id = $1
        returning id
      )
      select 1 / (count(*) * (select (count(*) = cardinality($9::bigint[]))::integer from saved_variants)) as saved
        from saved`,
    values: [
      product.id,
      loadedProduct.version,
      product.stock,
      product.held,
      product.sold,
      product.version,
      isoTime(now),
      rowLocation,
      numbers(counted.map(({ after }) => after.id)),
      numbers(counted.map(({ after }) => after.stock)),
      numbers(counted.map(({ after }) => after.held)),
      numbers(counted.map(({ after }) => after.sold)),
      numbers(counted.map(({ before }) => before.stock)),
      numbers(counted.map(({ before }) => before.held)),
      numbers(counted.map(({ before }) => before.sold)),
    ],
  })
}

/** As {@link updateCounters}, row by row, with the same guards. */
async function updateAllCounters(tx: Tx, changes: readonly ChangedProduct[], now: Instant): Promise<void> {
  await tx.query({
    name: "update-all-product-counters",
    text: `
      with saved as (
        update products
           set stock = p.stock,
               held = p.held,
               sold = p.sold,
               version = case
                 when products.id = p.id and products.version = p.loaded_version then p.version
               end,
               claims_version = case when claims_version is not null then p.version end,
               updated_at = $7
          from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::bigint[],
                      $8::tid[])
               as p (id, loaded_version, stock, held, sold, version, row_location)
         where products.ctid = p.row_location
        returning products.id
      )
      select 1 / (count(*) = cardinality($1))::integer as saved
        from saved`,
    values: [
      numbers(changes.map(({ product }) => product.id)),
      numbers(changes.map(({ loadedProduct }) => loadedProduct.version)),
      numbers(changes.map(({ product }) => product.stock)),
      numbers(changes.map(({ product }) => product.held)),
      numbers(changes.map(({ product }) => product.sold)),
      numbers(changes.map(({ product }) => product.version)),
      isoTime(now),
      changes.map(({ rowLocation }) => rowLocation),
    ],
  })
}

async function updateSettings(tx: Tx, product: Product, now: Instant): Promise<void> {
  await tx.query({
    name: "update-product-settings",
    text: `
      update products
         set ${settingColumns.map((column, index) => `${column} = $${index + 3}`).join(", ")},
             collect_since = case when collect is distinct from $${settingColumns.indexOf("collect") + 3}::jsonb
                                  then $2 else collect_since end,
             claims_version = case when claims_version is not null or $${settingColumns.indexOf("phases") + 3}::jsonb is not null
                                   then version end
       where id = $1`,
    values: [product.id, isoTime(now), ...settingValues(product)],
  })
}
