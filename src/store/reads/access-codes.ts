import type pg from "pg"
import type { AccessCodeSet, UsedAccessCode } from "../../domain/access.ts"
import { isoTime, type Instant } from "../../domain/time.ts"

/** New codes of one set. */
export interface NewAccessCodes {
  readonly set: string
  /** How many units may be held and owned with each of them. */
  readonly units: number
  readonly claimants: readonly string[]
}

/** The most codes of a product. */
export const MOST_ACCESS_CODES = 1_000_000

/** The access codes of products. Batches read them under the product's lock; here the shop writes them. */
export interface AccessCodes {
  /** Adds those that the product does not have yet, and returns how many they were; null: it would have too many. */
  add(productId: number, codes: NewAccessCodes): Promise<number | null>
  sets(productId: number): Promise<AccessCodeSet[]>
  /** Null: the product has no such code. */
  find(productId: number, claimant: string): Promise<UsedAccessCode | null>
  /** Lets nobody in with the code any more; what is held and ordered with it goes on. Null: the product has no such code. */
  revoke(productId: number, claimant: string): Promise<UsedAccessCode | null>
  /** The database's time. */
  now(): Promise<Instant>
}

/** Makes the codes over PostgreSQL. */
export function createAccessCodes(pool: pg.Pool): AccessCodes {
  async function now(): Promise<Instant> {
    const { rows } = await pool.query<{ now: Instant }>({
      name: "read-clock",
      text: "select clock_timestamp() as now",
    })
    const [row] = rows
    if (row === undefined) throw new Error("the database did not return its time")
    return row.now
  }

  async function find(productId: number, claimant: string): Promise<UsedAccessCode | null> {
    const { rows } = await pool.query<UsedAccessCode>({
      name: "find-access-code",
      text: `
        select codes.claimant, codes.code_set as set, codes.units, codes.revoked_at as "revokedAt",
               codes.created_at as "createdAt", coalesce(claims.units, 0) as "unitsUsed"
          from access_codes as codes
          left join claims on claims.product_id = codes.product_id and claims.claimant = codes.claimant
         where codes.product_id = $1
           and codes.claimant = $2`,
      values: [productId, claimant],
    })
    return rows[0] ?? null
  }

  return {
    now,
    find,

    async add(productId, { set, units, claimants }) {
      const { rows } = await pool.query<{ count: number }>({
        name: "count-access-codes",
        text: "select count(*) from access_codes where product_id = $1",
        values: [productId],
      })
      if ((rows[0]?.count ?? 0) + claimants.length > MOST_ACCESS_CODES) return null
      const { rowCount } = await pool.query({
        name: "add-access-codes",
        text: `
          insert into access_codes (product_id, claimant, code_set, units, created_at)
          select $1, claimant, $3, $4, $5
            from unnest($2::text[]) as claimant
          on conflict (product_id, claimant) do nothing`,
        values: [productId, claimants, set, units, isoTime(await now())],
      })
      return rowCount ?? 0
    },

    sets: (productId) => readSets(pool, productId),

    async revoke(productId, claimant) {
      await pool.query({
        name: "revoke-access-code",
        text: `
          update access_codes
             set revoked_at = coalesce(revoked_at, $3)
           where product_id = $1
             and claimant = $2`,
        values: [productId, claimant, isoTime(await now())],
      })
      return find(productId, claimant)
    },
  }
}

async function readSets(pool: pg.Pool, productId: number): Promise<AccessCodeSet[]> {
  const { rows } = await pool.query<AccessCodeSet>({
    name: "list-access-code-sets",
    text: `
          select codes.code_set as set,
                 count(*) as codes,
                 count(codes.revoked_at) as revoked,
                 count(*) filter (where claims.units > 0) as used,
                 coalesce(sum(case when codes.revoked_at is null then codes.units else claims.units end), 0)
                   as units,
                 coalesce(sum(claims.units), 0) as "unitsUsed"
            from access_codes as codes
            left join claims on claims.product_id = codes.product_id and claims.claimant = codes.claimant
           where codes.product_id = $1
           group by codes.code_set
           order by codes.code_set`,
    values: [productId],
  })
  return rows
}
