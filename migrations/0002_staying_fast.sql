-- Storage parameters: how full pages are made, and when autovacuum comes. Nothing here changes what
-- is stored. They can be set during a sale: the lock that this takes blocks neither reads nor writes of rows.
-- The numbers were measured; docs/adr/0013-what-is-kept-and-when-it-is-vacuumed.md has them.

-- Every batch updates one row of this table, and no index is on what it changes, so the new version
-- can stay on its page (HOT) and the old one is pruned by the next reader, without VACUUM. That needs
-- room beside the row, or the first versions of each product go elsewhere, each with a new index
-- entry. Less than 70 brings nothing: measured with 500 products in turn, every update was HOT.
--
-- Pruning leaves little to vacuum. When an old transaction stood in its way there is much, at once,
-- on few pages: so by number of versions instead of a share of the products, and without pauses.
alter table products set (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 10000,
  autovacuum_vacuum_cost_delay = 0
);

-- A block of ids is taken by updating one of four rows, which are a page; it is always HOT. Only an
-- old transaction leaves versions behind, so they go as promptly.
alter table id_blocks set (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

-- Units of a customer move with every hold, and no index is on them: HOT, where the page has room for
-- a second version of every row. Measured with two changes of each customer: 30 % HOT on full pages,
-- 66 % at 80, 81 % at 70, 99 % at 50, and the table was the smaller for it, because pruned versions
-- leave room where they were.
alter table product_customers set (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 50000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000
);

-- Tables that grow. The default, a fifth of the rows, means that a table of ten million holds is
-- vacuumed after two million have ended, all of which every look at what is due may meet in its index
-- until then. An absolute number comes as soon in the tenth sale as in the first. It is not smaller,
-- because each run reads the indexes whole; and inserts count apart, so that pages become all-visible
-- (and cheap to freeze) while they are still in memory. The planner's statistics follow the growth.
--
-- Their pages are filled to the brim: ending a hold or an order leaves the index of what is due, so
-- the new version needs new index entries wherever it lies, and room beside the row would be wasted.
alter table holds set (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 100000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000
);

alter table orders set (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 100000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000
);

-- Hardly ever updated (a parked event that is applied), removed by the worker.
alter table payment_events set (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 100000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000
);

-- Inserts only.
alter table payments set (
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000
);

-- Every key is removed after a day, so as much dies as comes.
alter table idempotency_keys set (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 100000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000
);
