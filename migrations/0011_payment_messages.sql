-- What a payment message says beyond its event: fields that are not known here, or all of a message that could not
-- be understood.
--
-- Only a table is added, so nothing waits, and servers of the last version go on as they are: they keep no messages.

-- The text of a message as it came, under the provider and the key of its event. It is text and not jsonb, which
-- would refuse a message with \u0000 in it. Nothing is decided by a row of this table, and a row may be deleted at any
-- time. The worker removes it with its event.
create table payment_messages (
  provider     text         not null,
  key          text         not null,
  message      text         not null,
  received_at  timestamptz  not null,
  constraint payment_messages_once primary key (provider, key)
);

-- As other tables that grow (0002_staying_fast.sql): a provider may add a field to each of its messages.
alter table payment_messages set (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 100000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000
);
