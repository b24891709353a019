-- The shop's own numbers of a product, of the article and of the product in another system of the shop; and what buyers are
-- told of its units, where null is their exact number, as it was before.
--
-- New columns without a default, and a constraint that is not checked against the rows there are: the statement takes its lock
-- for a moment, and waits for it for a tenth of a second only. The numbers are not unique, because a shop sells an article in
-- several drops. They have no index, because only the shop looks for them, in a list that is read by id.
--
-- A server of the last version leaves the columns as they are, and shows buyers the exact number.
set local lock_timeout = '100ms';

alter table products
  add column sku text,
  add column external_id text,
  add column stock_display text,
  add constraint products_stock_display_known check (stock_display in ('low', 'none')) not valid;
