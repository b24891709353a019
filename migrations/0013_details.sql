-- What the shop's own systems know a hold or order by. Nullable columns without a default: each statement takes its lock
-- for a moment.
set local lock_timeout = '100ms';

alter table holds
  add column reference text,
  add column metadata jsonb;

alter table orders
  add column reference text,
  add column metadata jsonb;
