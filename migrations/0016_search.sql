-- The search of orders by the buyer's e-mail address and by words of the name. Orders are also searched by age and by the
-- shop's reference: the indexes for that belong to tables that a sale writes, so they are built after the migrations and
-- without a lock that a sale would wait for (store/upkeep/late-indexes.ts).
--
-- The table is as new as its indexes.
set local lock_timeout = '100ms';

create index order_details_by_email on order_details (lower(email collate "C"), order_id) where email is not null;

create index order_details_by_name on order_details using gin (to_tsvector('simple', name)) where name is not null;
