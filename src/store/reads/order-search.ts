import type pg from "pg"

/** What rows are looked for by; each of them has an index. Null: not looked for. */
interface Wanted {
  readonly reference: string | null
  readonly email: string | null
  readonly name: string | null
  readonly paymentId: string | null
}

/** The most rows that are looked at by one property. A search that more rows match has to be narrowed. */
const MOST_FOUND = 10_000

/** Finds the holds or orders with this reference; null: none is given. */
export async function findRowIds(
  pool: pg.Pool,
  table: "holds" | "orders",
  { reference }: Pick<Wanted, "reference">,
): Promise<readonly number[] | null> {
  if (reference === null) return null
  return idsIn(pool, {
    name: `find-${table}-by-reference`,
    text: `
      select id
        from ${table}
       where reference = $1
       order by id desc
       limit ${MOST_FOUND}`,
    value: reference,
  })
}

/**
 * The forms of a word in which a name or address may be stored. PostgreSQL takes capital and small letters for the same
 * too, but in many databases only those of ASCII.
 */
export function formsOf(word: string): readonly string[] {
  const [lower, upper] = [word.toLowerCase(), word.toUpperCase()]
  const [first = ""] = upper
  return [...new Set([word, lower, upper, first + lower.slice(first.length)])]
}

/** Finds the orders that have everything that is looked for; null: nothing is. */
export async function findOrderIds(pool: pg.Pool, wanted: Wanted): Promise<readonly number[] | null> {
  const found = await Promise.all([
    findRowIds(pool, "orders", wanted),
    findByEmail(pool, wanted.email),
    findByName(pool, wanted.name),
    findByPayment(pool, wanted.paymentId),
  ])
  const [first, ...others] = found.filter((ids) => ids !== null)
  if (first === undefined) return null
  const sets = others.map((ids) => new Set(ids))
  return first.filter((id) => sets.every((set) => set.has(id)))
}

async function findByEmail(pool: pg.Pool, email: string | null): Promise<readonly number[] | null> {
  if (email === null) return null
  return idsIn(pool, {
    name: "find-orders-by-email",
    text: `
      select order_id as id
        from order_details
       where lower(email) = any(array(select lower(form) from unnest($1::text[]) as form))
       order by order_id desc
       limit ${MOST_FOUND}`,
    value: formsOf(email),
  })
}

/** Not in order: to put the orders of a frequent word in order, all of them would have to be read. */
async function findByName(pool: pg.Pool, name: string | null): Promise<readonly number[] | null> {
  if (name === null) return null
  return idsIn(pool, {
    name: "find-orders-by-name",
    text: `
      select order_id as id
        from order_details
       where to_tsvector('simple', name) @@ to_tsquery('simple', $1)
       limit ${MOST_FOUND}`,
    value: wordsOf(name),
  })
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
