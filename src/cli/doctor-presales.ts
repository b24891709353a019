import type pg from "pg"
import type { Config } from "../config/config.ts"
import type { Phase } from "../domain/access.ts"
import { hasPassed, type Instant } from "../domain/time.ts"
import { onSale } from "./doctor-offers.ts"
import type { Finding } from "./finding.ts"

/** A product on sale whose buyers may buy in phases. */
interface PhasedProduct {
  readonly id: number
  readonly name: string
  readonly customer: string
  readonly maxPerCustomer: number | null
  readonly phases: readonly Phase[]
  /** Sets of codes of which one at least is not revoked. */
  readonly sets: readonly string[]
  readonly now: Instant
}

/** Checks that somebody can buy in each phase that is not over. No finding where no product on sale has phases. */
export async function checkPhases(
  pool: pg.Pool,
  { customerSecrets }: Pick<Config, "customerSecrets">,
): Promise<Finding[]> {
  const products = await phasedProducts(pool)
  if (products.length === 0) return []
  const hasSecrets = customerSecrets.length > 0
  const found = products.flatMap((product) =>
    phaseFaults(product, hasSecrets).map((fault) => `product ${product.id} (${product.name}): ${fault}`),
  )
  const check = "phases"
  if (found.length === 0) return [{ check, ok: true, found: "somebody can buy in each phase" }]
  return found.map((fault) => ({ check, ok: true, weak: true, found: fault }))
}

/** Products are named one by one up to this number. */
const MOST_CHECKED = 200

async function phasedProducts(pool: pg.Pool): Promise<PhasedProduct[]> {
  const { rows: known } = await pool.query<{ found: boolean }>(
    "select to_regclass('access_codes') is not null as found",
  )
  if (known[0]?.found !== true) return []
  const { rows } = await pool.query<PhasedProduct>(
    `select id, name, phases,
            coalesce(customer, 'any') as customer,
            max_per_customer as "maxPerCustomer",
            clock_timestamp() as now,
            array(select distinct code_set
                    from access_codes
                   where product_id = products.id
                     and revoked_at is null) as sets
       from products
      where phases is not null
        and ${onSale}
      order by id
      limit ${MOST_CHECKED}`,
  )
  return rows
}

/** What keeps buyers from buying, a text each. */
export function phaseFaults(product: Omit<PhasedProduct, "id" | "name">, hasSecrets: boolean): string[] {
  const { phases, sets, customer, now } = product
  const left = phases.filter(({ until }) => until === null || !hasPassed(until, now))
  if (left.length === 0) return ["all its phases are over, so nobody can buy; remove them or add one"]
  const needed = left.flatMap(({ needs }) => needs ?? [])
  const empty = needed.flatMap((need) =>
    need.kind === "codes" && !sets.includes(need.set) ? [need.set] : [],
  )
  const groups = needed.flatMap((need) => (need.kind === "group" ? [need.group] : []))
  return [
    ...[...new Set(empty)].map(
      (set) => `nobody can buy in the phase for codes of “${set}”: the set has no code that is valid`,
    ),
    ...(groups.length === 0 ? [] : groupFaults(groups, { ...product, left, hasSecrets, customer })),
  ]
}

interface GroupContext {
  readonly customer: string
  readonly maxPerCustomer: number | null
  readonly left: readonly Phase[]
  readonly hasSecrets: boolean
}

function groupFaults(
  groups: readonly string[],
  { customer, maxPerCustomer, left, hasSecrets }: GroupContext,
): string[] {
  const named = [...new Set(groups)].map((group) => `“${group}”`).join(", ")
  const inPhase = `nobody can buy in the phase for the group ${named}`
  if (customer === "email") {
    return [
      `${inPhase}: it is sold to confirmed mailboxes, which are in no group; set customer to signed or any`,
    ]
  }
  if (!hasSecrets)
    return [`${inPhase}: CUSTOMER_SECRETS is not set, so no token that names a group is accepted`]
  const isLimited = left.some(({ maxPerCustomer: ofPhase }) => (ofPhase ?? maxPerCustomer) !== null)
  const isForOthers = left.some(({ needs }) => needs === null)
  return customer === "signed" || !isLimited || !isForOthers
    ? []
    : [
        `members of ${named} can buy again under other names in a phase for everybody, past the limit per customer; set customer to signed`,
      ]
}
