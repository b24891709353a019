-- Variants: the goods that a product consists of, such as the sizes of a shoe. They lie below the product's row, which
-- keeps the lock, the sale window and the limits, so that a hold of several variants is decided as a whole.
--
-- New columns without a default, and constraints that are not checked against the rows there are: each statement takes
-- its lock for a moment.

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
alter table products
  add column variants_version bigint,
  add constraint products_saved_with_variants check (variants_version = version) not valid;

-- The price is that of the moment of the hold. A hold of one variant has its id, one of several has lines:
-- [{"variantId", "qty", "unitPriceMinor"}].
alter table holds
  add column unit_price_minor bigint,
  add column currency text,
  add column variant_id bigint,
  add column lines jsonb;

-- As for holds; each line of several also has "restockedQty". Where their prices differ, the order has no unit price,
-- and orders_total_is_the_sum says nothing: `verify` adds up the lines.
alter table orders
  alter column unit_price_minor drop not null,
  add column variant_id bigint,
  add column lines jsonb;

alter table stock_adjustments
  add column variant_id bigint;

-- For the search of orders by the shop's number of an article. It has no counter, so that selling does not write it.
create index variants_by_sku on variants (sku) where sku is not null;

insert into id_blocks (kind, next_id) values ('variants', 1);
