-- Payments that are late, of a wrong amount or duplicate, and refunds.

-- An order can be paid after its end if its units are still available (late). Units of a paid order
-- can be restocked (restocked_qty). An order's counter numbers its refunds from 1, so that a repeated
-- batch gives them the same ids.
--
-- A buyer who begins to pay gets more time (payment_attempts), and so does, once, an order whose
-- provider cannot say yet whether it is paid (awaited). asked_for is the deadline before which the
-- provider of the payment begun last was asked, so that one worker asks once.
alter table orders
  add column late boolean not null default false,
  add column restocked_qty integer not null default 0,
  add column refund_count integer not null default 0,
  add column payment_attempts integer not null default 0,
  add column attempt_provider text,
  add column attempt_payment_id text,
  add column awaited boolean not null default false,
  add column asked_for timestamptz,
  add constraint orders_late_is_paid check (not late or status in ('paid', 'refunded')),
  add constraint orders_restocked_within_quantity check (restocked_qty between 0 and quantity),
  add constraint orders_restocked_is_sold check (restocked_qty = 0 or status in ('paid', 'refunded')),
  add constraint orders_refund_count_not_negative check (refund_count >= 0),
  add constraint orders_payment_attempts_not_negative check (payment_attempts >= 0),
  add constraint orders_attempt_is_whole check ((attempt_provider is null) = (attempt_payment_id is null));

-- Orders whose provider can be asked before they expire, soonest first.
create index orders_being_paid on orders (expires_at)
 where status = 'pending_payment' and attempt_payment_id is not null;

-- When an operator has manually returned the money of a success without an order. Such an event is
-- never applied to an order.
alter table payment_events
  add column late boolean not null default false,
  add column returned_at timestamptz,
  add constraint payment_events_returned_is_parked check (returned_at is null or outcome = 'parked');

-- How much of a payment is refunded or to be refunded: never more than its amount, even if two
-- administrators refund at once.
alter table payments
  add column refunded_minor bigint not null default 0,
  add constraint payments_refunded_within_amount check (refunded_minor between 0 and amount_minor);

-- A refund returns a part of one payment, or all of it, to the buyer.
--
-- due: to be sent, not before not_before. sent: the provider has accepted it. confirmed: the buyer has
-- the money. failed: the provider refused it, and an operator has to act. Its amount counts in its
-- payment's refunded_minor in every status.
create table refunds (
  product_id          bigint       not null,
  order_id            bigint       not null,
  number              integer      not null,
  provider            text         not null,
  event_key           text         not null,
  payment_id          text,
  amount_minor        bigint       not null,
  currency            text         not null,
  reason              text         not null,
  restock_qty         integer      not null,
  status              text         not null,
  not_before          timestamptz  not null,
  attempts            integer      not null default 0,
  last_error          text,
  provider_refund_id  text,
  created_at          timestamptz  not null,
  updated_at          timestamptz  not null,
  primary key (order_id, number, product_id),
  constraint refunds_number_positive check (number > 0),
  constraint refunds_amount_not_negative check (amount_minor >= 0),
  constraint refunds_restock_not_negative check (restock_qty >= 0),
  constraint refunds_do_something check (amount_minor > 0 or restock_qty > 0),
  constraint refunds_status_known check (status in ('due', 'sent', 'confirmed', 'failed')),
  constraint refunds_reason_known check (reason in (
    'amount_too_low', 'amount_too_high', 'wrong_currency', 'second_payment', 'paid_too_late',
    'sale_over', 'customer_limit_reached', 'sold_out', 'requested'))
);

-- Due refunds by time, and unconfirmed refunds for the money inbox.
create index refunds_due on refunds (not_before) where status = 'due';
create index refunds_open on refunds (order_id, number) where status <> 'confirmed';

-- Payments that had to go back before this version knew how: each is due in full, as reason says as
-- well as their rows can tell.
update payments set refunded_minor = amount_minor where allocation = 'refund_due' and amount_minor > 0;

insert into refunds (
  product_id, order_id, number, provider, event_key, payment_id, amount_minor, currency, reason,
  restock_qty, status, not_before, created_at, updated_at)
select p.product_id, p.order_id,
       row_number() over (partition by p.order_id, p.product_id order by p.received_at, p.event_key),
       p.provider, p.event_key, p.payment_id, p.amount_minor, p.currency,
       case
         when o.currency <> p.currency then 'wrong_currency'
         when p.amount_minor < o.total_minor then 'amount_too_low'
         when o.status in ('paid', 'refunded') then 'second_payment'
         else 'paid_too_late'
       end,
       0, 'due', p.received_at, p.received_at, p.received_at
  from payments p
  join orders o on o.id = p.order_id and o.product_id = p.product_id
 where p.allocation = 'refund_due'
   and p.amount_minor > 0;

-- More than the total was kept by earlier versions.
insert into refunds (
  product_id, order_id, number, provider, event_key, payment_id, amount_minor, currency, reason,
  restock_qty, status, not_before, created_at, updated_at)
select p.product_id, p.order_id,
       1 + (select count(*) from refunds r where r.order_id = p.order_id and r.product_id = p.product_id),
       p.provider, p.event_key, p.payment_id, p.amount_minor - o.total_minor, p.currency,
       'amount_too_high', 0, 'due', p.received_at, p.received_at, p.received_at
  from payments p
  join orders o on o.id = p.order_id and o.product_id = p.product_id
 where p.allocation = 'order'
   and p.amount_minor > o.total_minor;

update payments
   set refunded_minor = payments.amount_minor - o.total_minor
  from orders o
 where o.id = payments.order_id
   and o.product_id = payments.product_id
   and payments.allocation = 'order'
   and payments.amount_minor > o.total_minor;

update orders
   set refund_count = r.count
  from (select order_id, product_id, count(*) as count from refunds group by order_id, product_id) as r
 where orders.id = r.order_id
   and orders.product_id = r.product_id;
