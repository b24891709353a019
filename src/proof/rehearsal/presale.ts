import type pg from "pg"
import type { HttpClient } from "../../base/http-client.ts"

/** How long after its opening the product with sizes is sold to visitors with an access code only. */
const PRESALE_MS = 2_000
const SET = "friends"
/** Fewer than the visitors who share a code want together, so that they race for it. */
const UNITS_OF_A_CODE = 2
/** Of the visitors who want sizes, every second one has a code, and so many share it. */
const VISITORS_OF_A_CODE = 3
/** How many codes one request makes. */
const CODES_AT_ONCE = 10_000

/** The phases of a sale that opens at this time. */
export function presalePhases(opensAtMs: number): object[] {
  const everybodyFrom = new Date(opensAtMs + PRESALE_MS).toISOString()
  return [{ until: everybodyFrom, needs: { codes: SET } }, { from: everybodyFrom }]
}

/**
 * The place of a visitor's access code in the list of codes; null: the visitor has none. `number`: the visitor's, counted
 * among those who want sizes.
 */
export function codePlaceOf(number: number): number | null {
  return number % 2 === 0 ? Math.floor(number / (2 * VISITORS_OF_A_CODE)) : null
}

/** Makes the access codes of a product, enough for this number of visitors who want sizes. */
export async function makeCodes(
  client: HttpClient,
  url: string,
  { productId, visitors }: { readonly productId: number; readonly visitors: number },
): Promise<string[]> {
  const codes: string[] = []
  for (let left = (codePlaceOf(visitors - (visitors % 2)) ?? 0) + 1; left > 0; left -= CODES_AT_ONCE) {
    const { status, body } = await client.send("POST", `${url}/api/admin/products/${productId}/codes`, {
      body: { set: SET, count: Math.min(left, CODES_AT_ONCE), units: UNITS_OF_A_CODE },
    })
    if (status !== 201) throw new Error(`the access codes were refused: ${status} ${JSON.stringify(body)}`)
    codes.push(...(body as { readonly codes: readonly string[] }).codes)
  }
  return codes
}

/** Finds holds of the presale that no code let in. That no code let in more units than it has is an invariant (I8). */
export async function wrongPresale(pool: pg.Pool, productId: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: number }>(
    `select holds.id
       from holds
       join products on products.id = holds.product_id
      where products.id = $1
        and holds.created_at < products.opens_at + $2 * interval '1 millisecond'
        and holds.claimants is null`,
    [productId, PRESALE_MS],
  )
  return rows.map((row) => `hold ${row.id} was placed in the presale without an access code`)
}
