-- The details of a buyer: what a product asks for, and what the buyers of its orders have given. They are personal data,
-- so they have a table of their own, from which they are erased while the orders stay.
--
-- New columns without a default, and a new table with its index: as in 0012, each statement takes its lock for a moment,
-- and the tables of the sale are waited for for a tenth of a second only.

-- `awaited`: the order is paid, and something that the product requires is missing; it stands in the money inbox.
-- `erased_at`: the details were erased. The row stays, without them, so that they are not written again.
create table order_details (
  product_id        bigint       not null,
  order_id          bigint       not null,
  email             text,
  name              text,
  phone             text,
  shipping_address  jsonb,
  answers           jsonb        not null,
  awaited           boolean      not null,
  erased_at         timestamptz,
  created_at        timestamptz  not null,
  updated_at        timestamptz  not null,
  primary key (product_id, order_id),
  constraint order_details_erased_are_empty check (
    erased_at is null or num_nonnulls(email, name, phone, shipping_address) = 0 and answers = '{}' and not awaited)
);

create index order_details_awaited on order_details (order_id) where awaited;

set local lock_timeout = '100ms';

-- What the product asks its buyers for; null: nothing. `collect_since`: when that last changed, so that `verify` knows
-- which orders it applies to.
alter table products
  add column collect jsonb,
  add column collect_since timestamptz;

-- The shop's own words, which are kept with the order and not interpreted.
alter table holds
  add column reference text,
  add column metadata jsonb;

-- `missing_details`: JSON pointers to the required details that are not there, as the product asked for them when the
-- order was made or its details last changed; null: nothing is missing.
alter table orders
  add column reference text,
  add column metadata jsonb,
  add column missing_details jsonb;

-- True: the endpoint's events carry the buyer's details, which the delivery adds when it is sent.
alter table webhook_endpoints
  add column include_details boolean;
