-- Variants: the goods that a product consists of, such as the sizes of a shoe. They lie below the product's row, which
-- keeps the lock, the sale window and the limits, so that a hold of several variants is decided as a whole.
--
-- New columns without a default, and constraints that are not checked against the rows there are: each statement takes
-- its lock for a moment. The sale waits from the lock on products to the commit, so the other tables are waited for
-- for a tenth of a second only; when one of them is being read for longer, the whole file is tried again.

-- Units of a product with variants belong to one of them each; the product's counters are the sums (I10).
create table variants (
  product_id    bigint   not null,
  id            bigint   not null,
  position      integer  not null,
  name          text     not null,
  sku           text,
  options       jsonb    not null,
  image_url     text,
  price_minor   bigint,
  max_per_hold  integer,
  enabled       boolean  not null,
  stock         integer  not null,
  held          integer  not null default 0,
  sold          integer  not null default 0,
  primary key (product_id, id),
  constraint variants_stock_not_negative check (stock >= 0),
  constraint variants_held_not_negative check (held >= 0),
  constraint variants_sold_not_negative check (sold >= 0),
  constraint variants_units_conserved check (held + sold <= stock),
  constraint variants_price_not_negative check (price_minor >= 0),
  constraint variants_limit_positive check (max_per_hold > 0)
)
-- As for products: room beside the hot rows, and vacuum by number (0002).
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
      autovacuum_vacuum_cost_delay = 0);

-- Equal to the version where the product has variants, null where it has none. A server of an earlier version, which
-- knows no variants, changes the version alone: the check then undoes its batch, so that it sells no unit of a variant.
-- To such a server the product is paused, so that it refuses a hold instead of failing at it; whether the sale really is
-- paused stands in variants_paused.
alter table products
  add column variants_version bigint,
  add column variants_paused boolean,
  add constraint products_saved_with_variants check (variants_version = version) not valid,
  add constraint products_with_variants_look_paused check (
    num_nulls(variants_version, variants_paused) = 2
    or num_nulls(variants_version, variants_paused) = 0 and paused) not valid;

set local lock_timeout = '100ms';

-- The price is that of the moment of the hold. A hold of one variant has its id, one of several has lines:
-- [{"variantId", "qty", "unitPriceMinor"}]. An earlier version would make an order without lines of it: the check
-- undoes that, because such a version does not say that the order has them.
alter table holds
  add column unit_price_minor bigint,
  add column currency text,
  add column variant_id bigint,
  add column lines jsonb,
  add column ordered_with_lines boolean,
  add constraint holds_lines_stand_once check (variant_id is null or lines is null) not valid,
  add constraint holds_ordered_with_lines check (
    status <> 'converted' or (variant_id is null and lines is null) or ordered_with_lines is true) not valid;

-- As for holds; each line of several also has "restockedQty". Where their prices differ, the order has no unit price,
-- and orders_total_is_the_sum says nothing: `verify` adds up the lines.
alter table orders
  alter column unit_price_minor drop not null,
  add column variant_id bigint,
  add column lines jsonb,
  add constraint orders_lines_stand_once check (variant_id is null or lines is null) not valid,
  add constraint orders_are_priced check (unit_price_minor is not null or lines is not null) not valid;

alter table stock_adjustments
  add column variant_id bigint;

insert into id_blocks (kind, next_id) values ('variants', 1);
