import type { Check } from "./verify-money.ts"
import { holdRows, orderRows } from "./verify-rows.ts"

const counts = "status in ('pending_payment', 'paid', 'refunded')"
const ofCustomer = (customer: string) =>
  `one.product_id = ${customer}.product_id and one.customer_id = ${customer}.customer_id`
const ofClaim = (claim: string) =>
  `one.product_id = ${claim}.product_id and one.claimants ? ${claim}.claimant`
const rowsBehind = (condition: string) =>
  `${holdRows(`${condition} and one.status = 'active'`)} || ${orderRows(`${condition} and one.${counts}`)}`

/** Those whose units are counted in one table, and where holds and orders name them. */
interface Counted {
  readonly noun: string
  readonly table: string
  readonly column: string
  /** The condition that a hold or order `one` counts for a row. */
  readonly of: (row: string) => string
  /** Brings `column` into the rows of holds and orders; nothing: they have it. */
  readonly unfold: string
  readonly isNamed: string
}

const customers: Counted = {
  noun: "customer",
  table: "product_customers",
  column: "customer_id",
  of: ofCustomer,
  unfold: "",
  isNamed: "customer_id is not null",
}

const claims: Counted = {
  noun: "claim",
  table: "claims",
  column: "claimant",
  of: ofClaim,
  unfold: "cross join lateral jsonb_array_elements_text(claimants) as claimant",
  isNamed: "claimants is not null",
}

function checksOf({ noun, table, column, of, unfold, isNamed }: Counted): Check[] {
  return [
    {
      invariant: "I8",
      text: `
        select product_id, format('${noun} %s has %s units, but the counter says %s',
                                  ${column}, sum(owned), sum(counted)) as what,
               ${rowsBehind(of("units"))} as rows
          from (select product_id, ${column}, qty as owned, 0 as counted
                  from holds ${unfold}
                 where status = 'active'
                   and ${isNamed}
                union all
                select product_id, ${column}, quantity - restocked_qty, 0
                  from orders ${unfold}
                 where ${counts}
                   and ${isNamed}
                union all
                select product_id, ${column}, 0, units
                  from ${table}) as units
         group by product_id, ${column}
        having sum(owned) <> sum(counted)`,
    },
    {
      invariant: "I8",
      text: `
        select product_id, format('${noun} %s has %s units, more than the limit of %s',
                                  ${column}, units, unit_limit) as what,
               ${rowsBehind(of(table))} as rows
          from ${table}
         where units > unit_limit`,
    },
  ]
}

/** The checks of I8: of customers, and of the claims of access codes. */
export const claimChecks: readonly Check[] = [
  ...checksOf(customers),
  ...checksOf(claims),
  {
    invariant: "I8",
    text: `
      select o.product_id, format('order %s has the claims %s, but its hold %s has %s',
                                  o.id, coalesce(o.claimants::text, 'none'), o.hold_id,
                                  coalesce(h.claimants::text, 'none')) as what
        from orders o
        join holds h on h.id = o.hold_id and h.product_id = o.product_id
       where o.claimants is distinct from h.claimants`,
  },
]
