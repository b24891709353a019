import type pg from "pg"
import { isoTime, type Instant } from "../../domain/time.ts"
import { numbers, sameEmail } from "../columns.ts"

/** What rows are looked for by; each word of it has an index. Null: not looked for. */
interface Wanted {
  readonly reference: string | null
  readonly email: string | null
  readonly name: string | null
  readonly paymentId: string | null
  /** Made at this moment or later. */
  readonly from: Instant | null
  /** Made before this moment. */
  readonly to: Instant | null
}

/** The most rows that a search finds. A search that more rows match has to be narrowed. */
const MOST_FOUND = 10_000

/** Finds the holds with this reference; null: none is given. */
export async function findHoldIds(
  pool: pg.Pool,
  { reference }: Pick<Wanted, "reference">,
): Promise<readonly number[] | null> {
  if (reference === null) return null
  return idsIn(pool, {
    name: "find-holds-by-reference",
    text: `
      select id
        from holds
       where reference = $1
       order by id desc
       limit ${MOST_FOUND}`,
    value: reference,
  })
}

/**
 * The forms in which a word of a name may be stored. PostgreSQL takes capital and small letters for the same
 * too, but in many databases only those of ASCII.
 */
function formsOf(word: string): readonly string[] {
  const [lower, upper] = [word.toLowerCase(), word.toUpperCase()]
  const [first = ""] = upper
  return [...new Set([word, lower, upper, first + lower.slice(first.length)])]
}

/**
 * Finds the orders that have everything that is looked for, or the newest of them; null: nothing is looked for.
 *
 * One statement looks for all of it, so that each further word narrows what is found. Each `offset 0` keeps PostgreSQL from
 * a plan that reads all orders: from the newest back, because of the limit, or beside the details, because many match.
 */
export async function findOrderIds(pool: pg.Pool, wanted: Wanted): Promise<readonly number[] | null> {
  const paid = await findByPayment(pool, wanted.paymentId)
  const { reference, email, name } = wanted
  if (reference === null && email === null && name === null) return paid
  const values: unknown[] = []
  const given = (value: unknown) => `$${values.push(value)}`
  const ofDetails = [
    email === null ? null : `${sameEmail("details.email")} = ${sameEmail(`${given(email)}::text`)}`,
    name === null
      ? null
      : `to_tsvector('simple', details.name) @@ to_tsquery('simple', ${given(wordsOf(name))})`,
  ].filter((condition) => condition !== null)
  const ofOrders = [
    reference === null ? null : `orders.reference = ${given(reference)}`,
    wanted.from === null ? null : `orders.created_at >= ${given(isoTime(wanted.from))}::timestamptz`,
    wanted.to === null ? null : `orders.created_at < ${given(isoTime(wanted.to))}::timestamptz`,
  ].filter((condition) => condition !== null)
  const hasDetails = ofDetails.length > 0
  const id = hasDetails ? "details.order_id" : "orders.id"
  const order = `(select from orders where orders.id = details.order_id and ${ofOrders.join(" and ")} offset 0)`
  const conditions = [
    ...ofDetails,
    ...(hasDetails && ofOrders.length > 0 ? [`exists ${order}`] : ofOrders),
    ...(paid === null ? [] : [`${id} = any(${given(numbers(paid))}::bigint[])`]),
  ]
  const { rows } = await pool.query<{ id: number }>({
    text: `
      select id
        from (select ${id} as id
                from ${hasDetails ? "order_details as details" : "orders"}
               where ${conditions.join("\n                 and ")}
              offset 0) as found
       order by id desc
       limit ${MOST_FOUND}`,
    values,
  })
  return rows.map((row) => row.id)
}

/** A query for names with words that begin with each of these words. */
function wordsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "")
  const quoted = (word: string) => `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}':*`
  return words.map((word) => `(${formsOf(word).map(quoted).join(" | ")})`).join(" & ")
}

/** The index begins with the provider, of which there are few: each is looked up from the one before. */
async function findByPayment(pool: pg.Pool, paymentId: string | null): Promise<readonly number[] | null> {
  if (paymentId === null) return null
  return idsIn(pool, {
    name: "find-orders-by-payment",
    text: `
      with recursive providers (provider) as (
        (select provider
           from payments
          where payment_id is not null
          order by provider
          limit 1)
        union all
        select (select payments.provider
                  from payments
                 where payments.payment_id is not null
                   and payments.provider > providers.provider
                 order by payments.provider
                 limit 1)
          from providers
         where providers.provider is not null
      )
      select payments.order_id as id
        from providers
        join payments
          on payments.provider = providers.provider
         and payments.payment_id = $1
       order by payments.order_id desc
       limit ${MOST_FOUND}`,
    value: paymentId,
  })
}

interface Search {
  readonly name: string
  readonly text: string
  readonly value: string | readonly string[]
}

async function idsIn(pool: pg.Pool, { name, text, value }: Search): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>({ name, text, values: [value] })
  return rows.map(({ id }) => id)
}
