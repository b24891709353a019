-- Where a product stands: null is listed, as every product was before.
--
-- New columns without a default, and a constraint that is not checked against the rows there are, as in 0012: each statement
-- takes its lock for a moment, and waits for it for a tenth of a second only.
--
-- A server of the last version knows no status. To such a server a draft or an archived product is paused, as a product
-- with variants is (0012), so that it sells no unit of it; whether the sale really is paused stands in status_paused. It
-- still shows the product, and cannot resume it: the constraint undoes that.
set local lock_timeout = '100ms';

alter table products
  add column status text,
  add column status_paused boolean,
  add constraint products_status_known check (status in ('draft', 'unlisted', 'archived')) not valid,
  add constraint products_hidden_look_paused check (
    case when status in ('draft', 'archived') then status_paused is not null and paused
         else status_paused is null end) not valid;

-- Whether lists name products before they open; null: they do.
alter table shop
  add column lists_scheduled boolean;
