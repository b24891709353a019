-- Indexes for the control room's page of one order.
--
-- Building an index lets no row be written meanwhile. The audit waits beside the sale, and the part of payment_events that
-- is indexed here is small: the table is read once, which takes about a second for five million events.

-- Events that left no payment of their own. Those that did are found by it, and those still parked by payment_events_parked.
-- An event that pays its order, as nearly all do, adds no entry.
create index payment_events_without_payment on payment_events (applied_order_id, received_at)
  where outcome in ('cancelled', 'disputed', 'ignored_final', 'refund_due');

create index admin_actions_of_order on admin_actions (order_id, created_at, id) where order_id is not null;
