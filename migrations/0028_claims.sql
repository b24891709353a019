-- Phases of a sale, access codes, and the claims that count the units held and owned with a code.
--
-- New columns without a default, and constraints that are not checked against the rows there are, as in 0012: each statement
-- takes its lock for a moment, and waits for it for a tenth of a second only. New tables: no statement of a sale waits for them.

-- How many units of a product are held and owned together for a claim that is not a customer's (I8). Those of customers stay in
-- product_customers, where servers of the last version count them.
--
-- `claimant`: `k:` and the digest of an access code. unit_limit is the limit when units were last granted. Room beside the rows,
-- and vacuum by number, as for product_customers (0002).
create table claims (
  product_id  bigint   not null,
  claimant    text     not null,
  units       integer  not null,
  unit_limit  integer,
  primary key (product_id, claimant),
  constraint claims_units_not_negative check (units >= 0),
  constraint claims_within_limit check (units <= unit_limit)
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000,
      autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 500000);

-- The codes themselves are not kept, only their keyed digests.
create table access_codes (
  product_id  bigint       not null,
  claimant    text         not null,
  code_set    text         not null,
  units       integer      not null,
  created_at  timestamptz  not null,
  revoked_at  timestamptz,
  primary key (product_id, claimant),
  constraint access_codes_units_positive check (units > 0)
);

set local lock_timeout = '100ms';

-- claims_version is equal to the version from the moment at which the product has phases for the first time, and null before. A
-- server of an earlier version, which would not give units back to a claim, changes the version alone: the check then undoes its
-- batch. To such a server the product looks paused while it has phases; whether the sale really is paused stands in phases_paused.
alter table products
  add column phases jsonb,
  add column claims_version bigint,
  add column phases_paused boolean,
  add constraint products_saved_with_claims check (claims_version = version) not valid,
  add constraint products_with_phases_look_paused check (
    case when phases is not null then claims_version is not null and phases_paused is not null and paused
         else phases_paused is null end) not valid;

-- The claims of a hold besides its customer's, such as ["k:…"]. An earlier version would make an order without claims of it: the
-- check undoes that, because such a version does not say that the order has them.
alter table holds
  add column claimants jsonb,
  add column ordered_with_claims boolean,
  add constraint holds_ordered_with_claims check (
    status <> 'converted' or claimants is null or ordered_with_claims is true) not valid;

alter table orders
  add column claimants jsonb;

-- A late payment of an order whose code is used up goes back for that reason.
alter table refunds
  drop constraint refunds_reason_known,
  add constraint refunds_reason_known check (reason in (
    'amount_too_low', 'amount_too_high', 'wrong_currency', 'second_payment', 'paid_too_late', 'sale_over',
    'customer_limit_reached', 'access_code_used_up', 'sold_out', 'units_not_available', 'requested', 'elsewhere'))
    not valid;
