import type { Check } from "./verify-money.ts"
import { holdRows, orderRows } from "./verify-rows.ts"

const counts = "status in ('pending_payment', 'paid', 'refunded')"
const ofCustomer = (customer: string) =>
  `one.product_id = ${customer}.product_id and one.customer_id = ${customer}.customer_id`
const ofClaim = (claim: string) =>
  `one.product_id = ${claim}.product_id and one.claimants ? ${claim}.claimant`
const rowsBehind = (condition: string) =>
  `${holdRows(`${condition} and one.status = 'active'`)} || ${orderRows(`${condition} and one.${counts}`)}`

/** The checks of I8: of customers, and of the claims of access codes. */
export const claimChecks: readonly Check[] = [
  {
    invariant: "I8",
    text: `
      select product_id, format('customer %s has %s units, but the counter says %s',
                                customer_id, sum(owned), sum(counted)) as what,
             ${rowsBehind(ofCustomer("units"))} as rows
        from (select product_id, customer_id, qty as owned, 0 as counted
                from holds
               where status = 'active'
                 and customer_id is not null
              union all
              select product_id, customer_id, quantity - restocked_qty, 0
                from orders
               where ${counts}
                 and customer_id is not null
              union all
              select product_id, customer_id, 0, units
                from product_customers) as units
       group by product_id, customer_id
      having sum(owned) <> sum(counted)`,
  },
  {
    invariant: "I8",
    text: `
      select product_id, format('customer %s has %s units, more than the limit of %s',
                                customer_id, units, unit_limit) as what,
             ${rowsBehind(ofCustomer("product_customers"))} as rows
        from product_customers
       where units > unit_limit`,
  },
  {
    invariant: "I8",
    text: `
      select product_id, format('claim %s has %s units, but the counter says %s',
                                claimant, sum(owned), sum(counted)) as what,
             ${rowsBehind(ofClaim("units"))} as rows
        from (select product_id, claimant, qty as owned, 0 as counted
                from holds
               cross join lateral jsonb_array_elements_text(claimants) as claimant
               where status = 'active'
                 and claimants is not null
              union all
              select product_id, claimant, quantity - restocked_qty, 0
                from orders
               cross join lateral jsonb_array_elements_text(claimants) as claimant
               where ${counts}
                 and claimants is not null
              union all
              select product_id, claimant, 0, units
                from claims) as units
       group by product_id, claimant
      having sum(owned) <> sum(counted)`,
  },
  {
    invariant: "I8",
    text: `
      select product_id, format('claim %s has %s units, more than the limit of %s',
                                claimant, units, unit_limit) as what,
             ${rowsBehind(ofClaim("claims"))} as rows
        from claims
       where units > unit_limit`,
  },
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
