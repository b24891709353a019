import type { Product } from "../../domain/product.ts"
import type { Instant } from "../../domain/time.ts"
import { productColumns } from "../columns.ts"
import type { Tx } from "../tx.ts"

/** A product whose row the transaction has locked. */
export interface LockedProduct {
  readonly product: Product
  /**
   * Where the locked version of the row lies (`ctid`). No other transaction can move it while the lock is held, so
   * the update that follows reads it there instead of searching all versions of the row.
   */
  readonly rowLocation: string
  /** Its variants are in rows of their own, which are read after the lock. */
  readonly hasVariants: boolean
}

/** The products that a transaction has locked. */
export interface LockedProducts {
  /** The database's time at which all of them were locked, and never before the last change of any. */
  readonly now: Instant
  /** By product id. */
  readonly byId: ReadonlyMap<number, LockedProduct>
}

/**
 * Locks a product's row, and waits for it. Every batch of a product takes this lock before it reads anything, so
 * batches of one product run one after the other, whichever process they come from.
 *
 * Each batch leaves a dead version of the row behind, and a long transaction elsewhere keeps all of them. So the
 * newest version is read first: otherwise the search for it would take longer with every batch.
 */
export async function lockProduct(tx: Tx, productId: number): Promise<LockedProducts> {
  const { rows } = await tx.query<LockedRow>({
    name: "lock-product",
    // The clock is read outside the locking query: inside, it would be read before the wait for the lock. If the
    // server's clock has been set back, `now` stays at the product's last change until the clock has caught up.
    text: `
      with locked as materialized (
        select ${productColumns}, ctid::text as "rowLocation", variants_version is not null as "hasVariants"
          from products
         where id between $1 and $1
         order by id desc
         limit 1
           for update
      )
      select greatest(clock_timestamp(), locked."updatedAt") as now, locked.*
        from (values (1)) as always
        left join locked on true`,
    values: [productId],
  })
  return readLocked(rows)
}

/** As {@link lockProduct} for several products, without waiting: products that are locked already are left out. */
export async function lockFreeProducts(tx: Tx, productIds: readonly number[]): Promise<LockedProducts> {
  const { rows } = await tx.query<LockedRow>({
    name: "lock-free-products",
    text: `
      with locked as materialized (
        select newest.*
          from unnest($1::bigint[]) as wanted (id)
         cross join lateral (
               select ${productColumns}, ctid::text as "rowLocation",
                      variants_version is not null as "hasVariants"
                 from products
                where id between wanted.id and wanted.id
                order by id desc
                limit 1
                  for update skip locked) as newest
      )
      select greatest(clock_timestamp(), locked."updatedAt") as now, locked.*
        from (values (1)) as always
        left join locked on true`,
    values: [productIds],
  })
  return readLocked(rows)
}

/** A statement that has locked nothing returns one row: the time, and null in every other column. */
type LockedRow = Omit<Product, "variants"> & {
  readonly now: Instant
  readonly rowLocation: string | null
  readonly hasVariants: boolean
}

function readLocked(rows: readonly LockedRow[]): LockedProducts {
  const byId = new Map<number, LockedProduct>()
  let latest: Instant | null = null
  for (const { now, rowLocation, hasVariants, ...row } of rows) {
    if (latest === null || now > latest) latest = now
    if (rowLocation !== null) {
      byId.set(row.id, { product: { ...row, variants: null }, rowLocation, hasVariants })
    }
  }
  if (latest === null) throw new Error("the database did not return its time")
  return { now: latest, byId }
}
