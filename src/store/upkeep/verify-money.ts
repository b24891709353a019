import { disputeRows, refundRows } from "./verify-rows.ts"

/** A query that finds violations of an invariant. */
export interface Check {
  readonly invariant: string
  /** Selects `product_id` and `what` for each violation, and `rows` where `what` does not name them all. */
  readonly text: string
}

/** Selects the rows of payment `p`. */
const ofPayment =
  "one.product_id = p.product_id and one.provider = p.provider and one.event_key = p.event_key"

/** Checks of payments, refunds and disputes (I7). */
export const moneyChecks: readonly Check[] = [
  {
    invariant: "I7",
    text: `
      select o.product_id, format('order %s is %s but has no payment', o.id, o.status) as what
        from orders o
        left join payments p
          on p.order_id = o.id and p.product_id = o.product_id and p.allocation = 'order'
       where o.status in ('paid', 'refunded')
         and p.order_id is null`,
  },
  {
    invariant: "I7",
    text: `
      select p.product_id, format('a payment pays order %s, which is %s', p.order_id,
                                  coalesce(o.status, 'missing')) as what
        from payments p
        left join orders o on o.id = p.order_id and o.product_id = p.product_id
       where p.allocation = 'order'
         and (o.status is null or o.status not in ('paid', 'refunded'))`,
  },
  {
    invariant: "I7",
    text: `
      select o.product_id,
             format('event %s (%s) has the outcome %s but no payment', e.key, e.provider, e.outcome) as what
        from payment_events e
        join orders o on o.id = e.applied_order_id
       where e.outcome in ('paid', 'refund_due')
         and not exists (
             select
               from payments p
              where p.order_id = o.id
                and p.product_id = o.product_id
                and p.provider = e.provider
                and (p.event_key = e.key or p.payment_id = e.payment_id))`,
  },
  {
    invariant: "I7",
    text: `
      select p.product_id,
             format('payment of event %s (%s): its refunded amount is %s of %s, but its refunds add up to %s',
                    p.event_key, p.provider, p.refunded_minor, p.amount_minor, coalesce(r.amount, 0)) as what,
             ${refundRows(ofPayment)} as rows
        from payments p
        left join (
             select product_id, provider, event_key, sum(amount_minor) as amount
               from refunds
              group by product_id, provider, event_key) as r
          on r.product_id = p.product_id
         and r.provider = p.provider
         and r.event_key = p.event_key
       where p.refunded_minor <> coalesce(r.amount, 0)
          or p.refunded_minor > p.amount_minor`,
  },
  {
    invariant: "I7",
    text: `
      select p.product_id,
             format('payment of event %s (%s): its disputed amount is %s and its refunded amount %s of %s, but its disputes hold %s',
                    p.event_key, p.provider, p.disputed_minor, p.refunded_minor, p.amount_minor,
                    coalesce(d.held, 0)) as what,
             ${disputeRows(ofPayment)} || ${refundRows(ofPayment)} as rows
        from payments p
        left join (
             select product_id, provider, event_key, sum(held_minor) as held
               from disputes
              group by product_id, provider, event_key) as d
          on d.product_id = p.product_id
         and d.provider = p.provider
         and d.event_key = p.event_key
       where p.disputed_minor <> coalesce(d.held, 0)
          or p.disputed_minor + p.refunded_minor > p.amount_minor`,
  },
  {
    invariant: "I7",
    text: `
      select d.product_id,
             format('dispute %s (%s) has no payment', d.dispute_id, d.provider) as what
        from disputes d
        left join payments p
          on p.product_id = d.product_id
         and p.provider = d.provider
         and p.event_key = d.event_key
         and p.order_id = d.order_id
       where p.order_id is null`,
  },
  {
    invariant: "I7",
    text: `
      select r.product_id,
             format('refund %s-%s is due, but dispute %s (%s) already takes its payment back',
                    r.order_id, r.number, d.dispute_id, d.provider) as what
        from refunds r
        join disputes d
          on d.product_id = r.product_id
         and d.provider = r.provider
         and d.event_key = r.event_key
       where r.status = 'due'
         and d.status <> 'won'
         and d.amount_minor > d.held_minor`,
  },
  {
    invariant: "I7",
    text: `
      select o.product_id,
             format('event %s (%s) has the outcome disputed but no dispute', e.key, e.provider) as what
        from payment_events e
        join orders o on o.id = e.applied_order_id
       where e.outcome = 'disputed'
         and not exists (
             select
               from disputes d
              where d.order_id = o.id
                and d.product_id = o.product_id
                and d.provider = e.provider
                and d.dispute_id = e.dispute_id
                and d.payment_id = e.payment_id)`,
  },
  {
    invariant: "I7",
    text: `
      select p.product_id,
             format('payment of event %s (%s): of %s received, %s is refunded automatically and %s is kept for order %s',
                    p.event_key, p.provider, p.amount_minor, coalesce(r.amount, 0),
                    case when p.allocation = 'order' then o.total_minor else 0 end, p.order_id) as what,
             ${refundRows(`${ofPayment} and one.reason not in ('requested', 'elsewhere')`)} as rows
        from payments p
        join orders o on o.id = p.order_id and o.product_id = p.product_id
        left join (
             select product_id, provider, event_key, sum(amount_minor) as amount
               from refunds
              where reason not in ('requested', 'elsewhere')
              group by product_id, provider, event_key) as r
          on r.product_id = p.product_id
         and r.provider = p.provider
         and r.event_key = p.event_key
       where p.amount_minor - coalesce(r.amount, 0)
             <> case when p.allocation = 'order' then o.total_minor else 0 end`,
  },
  {
    invariant: "I7",
    text: `
      select r.product_id, format('refund %s-%s has no payment', r.order_id, r.number) as what
        from refunds r
        left join payments p
          on p.product_id = r.product_id
         and p.provider = r.provider
         and p.event_key = r.event_key
         and p.order_id = r.order_id
       where p.order_id is null`,
  },
  {
    invariant: "I7",
    text: `
      select o.product_id,
             format('order %s is %s: it counts %s refunds and %s restocked units, its refunds are %s with %s units; %s of its price of %s is refunded',
                    o.id, o.status, o.refund_count, o.restocked_qty, coalesce(r.count, 0),
                    coalesce(r.units, 0), coalesce(r.back, 0), o.total_minor) as what,
             ${refundRows("one.product_id = o.product_id and one.order_id = o.id")} as rows
        from orders o
        left join (
             select product_id, order_id, count(*) as count, sum(restock_qty) as units,
                    sum(amount_minor) filter (where reason in ('requested', 'elsewhere') and status = 'confirmed') as back
               from refunds
              group by product_id, order_id) as r
          on r.product_id = o.product_id
         and r.order_id = o.id
       where o.refund_count <> coalesce(r.count, 0)
          or o.restocked_qty <> coalesce(r.units, 0)
          or o.status = 'refunded' and coalesce(r.back, 0) < o.total_minor
          or o.status = 'paid' and o.total_minor > 0 and coalesce(r.back, 0) >= o.total_minor`,
  },
]
