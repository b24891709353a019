/** The row of a product as JSON: columns that a database has not been migrated to are null in it. */
const json = "to_jsonb(products)"

/**
 * What is or will be on sale, as a condition on the row of a product. Products with phases or variants look paused in the column
 * `paused`, for servers of earlier versions; whether they are stands in a column of its own.
 */
export const onSale = `
  not coalesce((${json} ->> 'status_paused')::boolean,
               (${json} ->> 'phases_paused')::boolean,
               (${json} ->> 'variants_paused')::boolean,
               paused)
  and coalesce(${json} ->> 'status', 'listed') in ('listed', 'unlisted')
  and sold < stock
  and (closes_at is null or closes_at > clock_timestamp())`

/** That a limit of the product binds each buyer: of its phases each has one, or needs a code, whose units are limited. */
export const isLimited = `
  (max_per_hold is not null
   or max_per_customer is not null
   or (jsonb_typeof(${json} -> 'phases') = 'array'
       and not exists (select 1
                         from jsonb_array_elements(${json} -> 'phases') as phase
                        where phase ->> 'maxPerCustomer' is null
                          and phase -> 'needs' ->> 'kind' is distinct from 'codes')))`
