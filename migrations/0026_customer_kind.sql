-- Who a product is sold to: null is anybody, as every product was before.
--
-- A new column without a default, and a constraint that is not checked against the rows there are, as in 0021: the statement takes
-- its lock for a moment, and waits for it for a tenth of a second only.
--
-- A server of the last version knows nothing of it, and takes holds of such a product from anybody.
set local lock_timeout = '100ms';

alter table products
  add column customer text,
  add constraint products_customer_known check (customer in ('named', 'signed')) not valid;
