import type pg from "pg"
import type { VariantNames } from "../../domain/lines.ts"
import { numbers } from "../columns.ts"

/** Reads the names of variants. */
export interface VariantNameReads {
  /** The names of the given variants by id. Asks nothing of the database where there are none. */
  namesOf(wanted: readonly VariantKey[]): Promise<ReadonlyMap<number, VariantNames>>
  /** The ids of all variants with this number of the shop's own, of whatever product. */
  idsWithSku(sku: string): Promise<readonly number[]>
}

/** A variant and its product, which together find its row. */
export interface VariantKey {
  readonly productId: number
  readonly variantId: number
}

/** Makes the reads over PostgreSQL. */
export function createVariantNameReads(pool: pg.Pool): VariantNameReads {
  return {
    async namesOf(wanted) {
      const keys = new Map(wanted.map((key) => [key.variantId, key]))
      if (keys.size === 0) return new Map()
      const { rows } = await pool.query<VariantNames & { readonly id: number }>({
        name: "read-variant-names",
        text: `
          select variants.id, variants.name, variants.sku, variants.options
            from unnest($1::bigint[], $2::bigint[]) as wanted (product_id, id)
            join variants
              on variants.product_id = wanted.product_id
             and variants.id = wanted.id`,
        values: [numbers([...keys.values()].map(({ productId }) => productId)), numbers([...keys.keys()])],
      })
      return new Map(rows.map(({ id, ...names }) => [id, names]))
    },

    async idsWithSku(sku) {
      const { rows } = await pool.query<{ readonly id: number }>({
        name: "find-variants-by-sku",
        text: `
          select id
            from variants
           where sku = $1
           limit ${MOST_WITH_ONE_SKU}`,
        values: [sku],
      })
      return rows.map(({ id }) => id)
    },
  }
}

/** A number belongs to one article, sold again in a few drops. */
const MOST_WITH_ONE_SKU = 1_000
