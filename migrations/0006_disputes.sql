-- Disputes (chargebacks): a buyer's bank takes money of a payment back.

-- The disputed and the refunded amount of a payment together are never higher than its amount (I7),
-- even if a dispute and a refund arrive at once.
alter table payments
  add column disputed_minor bigint not null default 0,
  add constraint payments_taken_within_amount
    check (disputed_minor >= 0 and refunded_minor + disputed_minor <= amount_minor);

-- amount_minor is what the bank claims. held_minor is what of it was left beside the refunds of the
-- payment, and counts in disputed_minor while the dispute is open, and for good once it is lost.
create table disputes (
  product_id    bigint       not null,
  order_id      bigint       not null,
  provider      text         not null,
  dispute_id    text         not null,
  event_key     text         not null,
  payment_id    text         not null,
  amount_minor  bigint       not null,
  currency      text         not null,
  held_minor    bigint       not null,
  status        text         not null,
  created_at    timestamptz  not null,
  updated_at    timestamptz  not null,
  primary key (provider, event_key, dispute_id, product_id),
  constraint disputes_status_known check (status in ('open', 'won', 'lost')),
  constraint disputes_held_within_claim check (held_minor between 0 and amount_minor),
  constraint disputes_won_hold_nothing check (status <> 'won' or held_minor = 0)
);

create index disputes_of_order on disputes (order_id, product_id);

-- Open disputes, for the money inbox.
create index disputes_open on disputes (order_id, provider, dispute_id) where status = 'open';

-- A message about a dispute names its payment and no order. One that comes before its payment is parked
-- like any other.
alter table payment_events
  alter column order_id drop not null,
  add column dispute_id text,
  drop constraint payment_events_kind_known,
  drop constraint payment_events_outcome_known,
  add constraint payment_events_kind_known check (kind in (
    'succeeded', 'failed', 'cancelled', 'dispute_opened', 'dispute_won', 'dispute_lost')),
  add constraint payment_events_outcome_known check (outcome in (
    'paid', 'cancelled', 'disputed', 'ignored_final', 'refund_due', 'parked')),
  add constraint payment_events_dispute_is_whole check (
    (kind in ('dispute_opened', 'dispute_won', 'dispute_lost')) = (dispute_id is not null)
    and (order_id is null) = (dispute_id is not null)
    and (dispute_id is null or payment_id is not null));

create index payment_events_parked_disputes on payment_events (payment_id, received_at)
 where outcome = 'parked'
   and dispute_id is not null;

alter table outbox
  drop constraint outbox_type_known,
  add constraint outbox_type_known check (type in (
    'order.created', 'order.paid', 'order.cancelled', 'order.expired', 'order.refunded',
    'payment.refund_due', 'payment.disputed', 'product.sold_out', 'product.restocked'));
