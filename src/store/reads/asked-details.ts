import type pg from "pg"

/** What buyers have been asked for. */
export interface AskedDetails {
  /** True where a product asks for details, or orders have some. */
  readonly any: boolean
  /** The keys of all questions, in alphabetical order: those that are asked now, and those with answers. */
  readonly questions: readonly string[]
}

/** Reads what buyers have been asked for by one product; null: by all. */
export async function readAskedDetails(pool: pg.Pool, productId: number | null): Promise<AskedDetails> {
  const { rows } = await pool.query<AskedDetails>({
    name: "read-asked-details",
    text: `
      with asked as materialized (
        select collect
          from products
         where collect is not null
           and ($1::bigint is null or id = $1)
      ),
      told as materialized (
        select answers
          from order_details
         where erased_at is null
           and ($1::bigint is null or product_id = $1)
      )
      select exists (select from asked) or exists (select from told) as any,
             array(
               select question ->> 'key'
                 from asked
                cross join jsonb_array_elements(collect -> 'questions') as question
                union
               select jsonb_object_keys(answers)
                 from told
                order by 1) as questions`,
    values: [productId],
  })
  return rows[0] ?? { any: false, questions: [] }
}
