import type { Check } from "./verify-money.ts"

/** The lines of holds or orders with variants, one row each. `qty` is the column of the units. */
const linesOf = (table: string, qty: string) => `
  select one.product_id, one.id, one.status, one.variant_id, one.${qty} as units,
         ${table === "orders" ? "one.restocked_qty" : "0"} as restocked
    from ${table} as one
   where one.variant_id is not null
  union all
  select one.product_id, one.id, one.status, (line ->> 'variantId')::bigint, (line ->> 'qty')::integer,
         coalesce((line ->> 'restockedQty')::integer, 0)
    from ${table} as one
   cross join lateral jsonb_array_elements(one.lines) as line
   where one.lines is not null`

/** The checks of products with variants: each variant's units, and the sums over them (I10). */
export const variantChecks: readonly Check[] = [
  {
    invariant: "I1",
    text: `
      select product_id, format('variant %s: held is %s and sold is %s of a stock of %s', id, held, sold, stock) as what
        from variants
       where held < 0
          or sold < 0
          or held + sold > stock`,
  },
  {
    invariant: "I1",
    text: `
      select v.product_id,
             format('variant %s: stock is %s, but its adjustments add up to %s', v.id, v.stock, coalesce(a.stock, 0))
               as what
        from variants v
        left join (
             select product_id, variant_id, sum(stock_after - stock_before) as stock
               from stock_adjustments
              group by product_id, variant_id) as a on a.product_id = v.product_id and a.variant_id = v.id
       where v.stock <> coalesce(a.stock, 0)`,
  },
  {
    invariant: "I2",
    text: `
      select v.product_id,
             format('variant %s: held is %s and sold is %s, but its holds and orders have %s and %s units',
                    v.id, v.held, v.sold, coalesce(l.held, 0), coalesce(l.sold, 0)) as what
        from variants v
        left join (
             select product_id, variant_id,
                    sum(units) filter (where status in ('active', 'pending_payment')) as held,
                    sum(units - restocked) filter (where status in ('paid', 'refunded')) as sold
               from (${linesOf("holds", "qty")} union all ${linesOf("orders", "quantity")}) as line
              group by product_id, variant_id) as l on l.product_id = v.product_id and l.variant_id = v.id
       where v.held <> coalesce(l.held, 0)
          or v.sold <> coalesce(l.sold, 0)`,
  },
  {
    invariant: "I10",
    text: `
      select p.id as product_id,
             format('stock, held and sold are %s, %s and %s, but those of its variants add up to %s, %s and %s',
                    p.stock, p.held, p.sold, coalesce(v.stock, 0), coalesce(v.held, 0), coalesce(v.sold, 0)) as what
        from products p
        left join (
             select product_id, sum(stock) as stock, sum(held) as held, sum(sold) as sold
               from variants
              group by product_id) as v on v.product_id = p.id
       where (p.variants_version is not null or v.product_id is not null)
         and (p.stock, p.held, p.sold) is distinct from (v.stock, v.held, v.sold)`,
  },
  {
    invariant: "I10",
    text: `
      select p.id as product_id,
             format('the version is %s, but its variants were saved with version %s',
                    p.version, coalesce(p.variants_version::text, 'none')) as what
        from products p
       where (p.variants_version is not null
              or exists (select from variants v where v.product_id = p.id))
         and p.variants_version is distinct from p.version`,
  },
  {
    invariant: "I10",
    text: `
      select h.product_id, format('hold %s has %s units, but its lines have %s', h.id, h.qty, l.units) as what
        from holds h
        join (select product_id, id, sum(units) as units
                from (${linesOf("holds", "qty")}) as line
               group by product_id, id) as l on l.product_id = h.product_id and l.id = h.id
       where h.qty <> l.units`,
  },
  {
    invariant: "I10",
    text: `
      select o.product_id,
             format('order %s has %s units for %s and %s of them restocked, but its lines have %s for %s and %s restocked',
                    o.id, o.quantity, o.total_minor, o.restocked_qty, l.units, l.total, l.restocked) as what
        from orders o
       cross join lateral (
             select sum((line ->> 'qty')::bigint) as units,
                    sum((line ->> 'qty')::bigint * (line ->> 'unitPriceMinor')::bigint) as total,
                    sum((line ->> 'restockedQty')::bigint) as restocked
               from jsonb_array_elements(o.lines) as line) as l
       where o.lines is not null
         and (o.quantity <> l.units or o.total_minor <> l.total or o.restocked_qty <> l.restocked)`,
  },
  {
    invariant: "I10",
    text: `
      select o.product_id, format('order %s has other lines or prices than its hold %s', o.id, h.id) as what
        from orders o
        join holds h on h.product_id = o.product_id and h.id = o.hold_id
       cross join lateral (
             select jsonb_agg(line - 'restockedQty') as lines
               from jsonb_array_elements(o.lines) as line) as l
       where (h.variant_id is not null or h.lines is not null or o.variant_id is not null or o.lines is not null)
         and (h.variant_id, h.lines, h.unit_price_minor, h.currency)
             is distinct from (o.variant_id, l.lines, o.unit_price_minor, o.currency)`,
  },
]
