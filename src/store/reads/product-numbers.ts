import type pg from "pg"
import type { Product } from "../../domain/product.ts"
import { numbers } from "../columns.ts"

/** The name and the shop's own numbers of a product. */
export type ProductNumbers = Pick<Product, "name" | "sku" | "externalId">

/** Reads the names and the shop's own numbers of products by id. */
export async function readProductNumbers(
  pool: pg.Pool,
  ids: readonly number[],
): Promise<ReadonlyMap<number, ProductNumbers>> {
  const { rows } = await pool.query<ProductNumbers & { readonly id: number }>({
    name: "read-product-numbers",
    text: `
      select id, name, sku, external_id as "externalId"
        from products
       where id = any($1::bigint[])`,
    values: [numbers([...new Set(ids)])],
  })
  return new Map(rows.map(({ id, ...own }) => [id, own]))
}

/** Whether a product, or any if `productId` is null, has a name in another system of the shop. */
export async function readHasExternalIds(pool: pg.Pool, productId: number | null): Promise<boolean> {
  const { rows } = await pool.query<{ readonly has: boolean }>({
    name: "has-external-ids",
    text: `
      select exists (select from products
                      where external_id is not null
                        and ($1::bigint is null or id = $1)) as has`,
    values: [productId],
  })
  return rows[0]?.has === true
}
