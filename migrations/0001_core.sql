-- Rules for every table of a product's rows, so that products can be distributed over several
-- servers: product_id is in every primary and unique key, the program supplies ids and times,
-- there are no triggers, and no statement needs rows of two products. There are no foreign keys:
-- rows are written under their product's row lock and not deleted while another row refers to them,
-- a check of the reference would cost more than the row, and `verify` checks all references.

-- A product is a number of units offered to all buyers at once.
--
-- Every unit is available, held or sold. The counters decide about the stock, and the CHECK
-- constraints enforce their sum independently of the code (I1). Every save compares the version, so
-- that a batch which did not hold the lock cannot overwrite another one.
create table products (
  id                bigint       primary key,
  stock             integer      not null,
  held              integer      not null default 0,
  sold              integer      not null default 0,
  version           bigint       not null default 1,
  price_minor       bigint       not null,
  currency          text         not null,
  opens_at          timestamptz,
  closes_at         timestamptz,
  paused            boolean      not null default false,
  max_per_hold      integer,
  max_per_customer  integer,
  hold_ttl_seconds  integer,
  name              text         not null,
  description       text,
  image_url         text,
  created_at        timestamptz  not null,
  updated_at        timestamptz  not null,
  constraint products_stock_not_negative check (stock >= 0),
  constraint products_held_not_negative check (held >= 0),
  constraint products_sold_not_negative check (sold >= 0),
  constraint products_units_conserved check (held + sold <= stock),
  constraint products_price_not_negative check (price_minor >= 0),
  constraint products_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint products_opens_before_it_closes check (opens_at < closes_at),
  constraint products_limits_positive
    check (max_per_hold > 0 and max_per_customer > 0 and hold_ttl_seconds > 0)
);

-- A hold reserves units for a short time. It ends once: converted, expired or released (I3).
--
-- The key begins with the id because requests often name nothing else. It includes the product so
-- that the table can be distributed by product.
create table holds (
  id           bigint       not null,
  product_id   bigint       not null,
  qty          integer      not null,
  status       text         not null,
  expires_at   timestamptz  not null,
  created_at   timestamptz  not null,
  ended_at     timestamptz,
  customer_id  text,
  primary key (id, product_id),
  constraint holds_qty_positive check (qty > 0),
  constraint holds_status_known check (status in ('active', 'converted', 'expired', 'released')),
  constraint holds_end_is_dated check ((status = 'active') = (ended_at is null))
);

-- Active holds by deadline.
create index holds_due on holds (product_id, expires_at) where status = 'active';

-- An order is a purchase made from one hold, at the price of that moment. It keeps the units held
-- until it is paid, or ends by its own deadline or by cancellation.
create table orders (
  id                bigint       not null,
  product_id        bigint       not null,
  hold_id           bigint       not null,
  customer_id       text,
  quantity          integer      not null,
  unit_price_minor  bigint       not null,
  total_minor       bigint       not null,
  currency          text         not null,
  status            text         not null,
  origin            text         not null,
  expires_at        timestamptz  not null,
  paid_at           timestamptz,
  created_at        timestamptz  not null,
  updated_at        timestamptz  not null,
  primary key (id, product_id),
  -- A hold becomes at most one order (I3).
  constraint orders_one_per_hold unique (hold_id, product_id),
  constraint orders_quantity_positive check (quantity > 0),
  constraint orders_total_is_the_sum check (total_minor = unit_price_minor * quantity),
  constraint orders_status_known
    check (status in ('pending_payment', 'paid', 'cancelled', 'expired', 'refunded')),
  constraint orders_origin_known check (origin in ('buyer', 'payment_event')),
  constraint orders_paid_is_dated check ((status in ('paid', 'refunded')) = (paid_at is not null))
);

-- Unpaid orders by deadline.
create index orders_due on orders (product_id, expires_at) where status = 'pending_payment';

-- The inbox: every verified message of a payment provider, once (I4).
--
-- The key does not include a product: an event key must be unique over all products, and an event may
-- arrive before its order exists. Such an event is parked until then.
create table payment_events (
  provider          text         not null,
  key               text         not null,
  fingerprint       text         not null,
  kind              text         not null,
  order_id          bigint       not null,
  payment_id        text,
  amount_minor      bigint,
  currency          text,
  hold_id           bigint,
  product_id        bigint,
  quantity          integer,
  outcome           text         not null,
  applied_order_id  bigint,
  order_status      text,
  received_at       timestamptz  not null,
  applied_at        timestamptz,
  constraint payment_events_once primary key (provider, key),
  constraint payment_events_kind_known check (kind in ('succeeded', 'failed', 'cancelled')),
  constraint payment_events_outcome_known
    check (outcome in ('paid', 'cancelled', 'ignored_final', 'refund_due', 'parked')),
  constraint payment_events_parked_or_applied
    check ((outcome = 'parked') = (applied_at is null) and (outcome = 'parked') = (applied_order_id is null))
);

create index payment_events_parked on payment_events (order_id, received_at) where outcome = 'parked';
create index payment_events_parked_lately on payment_events (received_at) where outcome = 'parked';

-- Money received, recorded independently of the order's state (I7).
create table payments (
  product_id    bigint       not null,
  order_id      bigint       not null,
  provider      text         not null,
  event_key     text         not null,
  payment_id    text,
  amount_minor  bigint       not null,
  currency      text         not null,
  allocation    text         not null,
  received_at   timestamptz  not null,
  constraint payments_one_per_event primary key (provider, event_key, product_id),
  constraint payments_amount_not_negative check (amount_minor >= 0),
  constraint payments_allocation_known check (allocation in ('order', 'refund_due'))
);

create index payments_of_order on payments (order_id, product_id);

-- One payment pays an order; every other one has to be refunded.
create unique index payments_one_pays_the_order on payments (order_id, product_id) where allocation = 'order';

-- A payment is counted once, however many events report it.
create unique index payments_counted_once
  on payments (provider, payment_id, order_id, product_id) where payment_id is not null;

-- How many units of a product each customer holds and owns (I8).
--
-- unit_limit is the product's limit at the time when units were last granted, so that a lower limit
-- does not affect units granted before.
create table product_customers (
  product_id   bigint   not null,
  customer_id  text     not null,
  units        integer  not null,
  unit_limit   integer,
  primary key (product_id, customer_id),
  constraint product_customers_units_not_negative check (units >= 0),
  constraint product_customers_within_limit check (units <= unit_limit)
);

-- Every change of a product's stock, including the initial one.
create table stock_adjustments (
  id            bigint       not null,
  product_id    bigint       not null,
  stock_before  integer      not null,
  stock_after   integer      not null,
  created_at    timestamptz  not null,
  primary key (id, product_id)
);

create index stock_adjustments_of_product on stock_adjustments (product_id, id);

-- First answers to requests that came with an Idempotency-Key, kept for 24 hours.
--
-- The key does not include a product, so that a key is found even if a second request with it names
-- another product.
create table idempotency_keys (
  scope        text         not null,
  key          text         not null,
  fingerprint  text         not null,
  outcome      text         not null,
  created_at   timestamptz  not null,
  primary key (scope, key)
);

create index idempotency_keys_by_age on idempotency_keys (created_at);

-- Outgoing events. Each is written in the transaction that causes it and delivered afterwards, so that
-- exactly the committed events are sent. No event is written before there is an endpoint.
create table outbox (
  id          bigint       not null,
  product_id  bigint       not null,
  topic       text         not null,
  payload     jsonb        not null,
  created_at  timestamptz  not null,
  sent_at     timestamptz,
  primary key (id, product_id)
);

-- The next unused id of each kind. Processes take ids in blocks, under this row's lock.
create table id_blocks (
  kind     text    primary key,
  next_id  bigint  not null
);

insert into id_blocks (kind, next_id)
values ('products', 1), ('holds', 1), ('orders', 1), ('stock_adjustments', 1);

-- Order ids in payment events that arrived before their orders. No other order gets these ids.
create table claimed_order_ids (
  order_id  bigint  primary key,
  hold_id   bigint  not null
);

-- Secrets that all processes of an installation share without configuration, such as the key that
-- signs owner tokens.
create table installation_secrets (
  name   text  primary key,
  value  text  not null
);
