import type { Check } from "./verify-money.ts"

/** The details of order `o`. */
const detailsOfOrder = "d.product_id = o.product_id and d.order_id = o.id"

/**
 * What each order of a product lacks of what it requires, one row each, without orders made before it began to ask and
 * those whose details were erased.
 */
const lacking = `
  select o.product_id, o.id, o.missing_details, f.pointer
    from orders o
    join products p on p.id = o.product_id
    left join order_details d on ${detailsOfOrder}
   cross join lateral (
         values ('email', '/details/email', d.email is not null),
                ('name', '/details/name', d.name is not null),
                ('phone', '/details/phone', d.phone is not null),
                ('shippingAddress', '/details/shipping_address', d.shipping_address is not null)
         ) as f (field, pointer, is_there)
   where p.collect is not null
     and p.collect ->> f.field = 'required'
     and o.created_at > p.collect_since
     and d.erased_at is null
     and not f.is_there
  union all
  select o.product_id, o.id, o.missing_details, '/details/answers/' || (question ->> 'key')
    from orders o
    join products p on p.id = o.product_id
    left join order_details d on ${detailsOfOrder}
   cross join lateral jsonb_array_elements(p.collect -> 'questions') as question
   where p.collect is not null
     and (question ->> 'required')::boolean
     and o.created_at > p.collect_since
     and d.erased_at is null
     and case when question ->> 'kind' = 'checkbox'
              then coalesce(d.answers -> (question ->> 'key') <> 'true'::jsonb, true)
              else not coalesce(d.answers ? (question ->> 'key'), false) end`

/** The checks of buyers' details (I11). */
export const detailsChecks: readonly Check[] = [
  {
    invariant: "I11",
    text: `
      select product_id, format('order %s lacks %s, which it does not say', id, pointer) as what
        from (${lacking}) as l
       where not coalesce(missing_details ? pointer, false)`,
  },
  {
    invariant: "I11",
    text: `
      select o.product_id,
             format('order %s is paid and lacks details, but does not stand in the money inbox', o.id) as what
        from orders o
        left join order_details d on ${detailsOfOrder}
       where o.status = 'paid'
         and o.missing_details is not null
         and d.erased_at is null
         and d.awaited is not true`,
  },
  {
    invariant: "I11",
    text: `
      select d.product_id,
             format('order %s stands in the money inbox for its details, but is %s and lacks %s', d.order_id,
                    coalesce(o.status, 'not there'), coalesce(o.missing_details::text, 'nothing')) as what
        from order_details d
        left join orders o on o.product_id = d.product_id and o.id = d.order_id
       where d.awaited
         and (o.status is distinct from 'paid' or o.missing_details is null)`,
  },
  {
    invariant: "I11",
    text: `
      select d.product_id, format('details are stored for order %s, which is not there', d.order_id) as what
        from order_details d
        left join orders o on o.product_id = d.product_id and o.id = d.order_id
       where o.id is null`,
  },
]
