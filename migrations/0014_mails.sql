-- Mails to buyers. Each is written in the transaction that causes it and sent afterwards, so that exactly the committed
-- changes are reported. While mail is off, or a product asks for no e-mail address, none is written.
--
-- A row holds neither an address nor a text: both are read from the order and its details when the mail is sent, so that
-- erasing a buyer's details erases them here too. last_error is the mail server's answer without the address.
--
-- The id names the kind and the subject, so that a repeated batch writes the same row. message_key makes the Message-ID,
-- which is the same in every attempt. due: to be sent, not before not_before; a worker that takes a mail moves not_before
-- first, so that another attempt follows if the worker dies. failed: refused for good. skipped: the order has no address.
create table mails (
  product_id     bigint       not null,
  id             text         not null,
  order_id       bigint       not null,
  kind           text         not null,
  refund_number  integer,
  status         text         not null default 'due',
  not_before     timestamptz  not null,
  attempts       integer      not null default 0,
  message_key    uuid         not null default gen_random_uuid(),
  last_error     text,
  created_at     timestamptz  not null,
  updated_at     timestamptz  not null,
  primary key (id, product_id),
  constraint mails_kind_known check (kind in ('receipt', 'refund', 'cancelled', 'links')),
  constraint mails_refund_named check ((kind = 'refund') = (refund_number is not null)),
  constraint mails_status_known check (status in ('due', 'sent', 'failed', 'skipped')),
  constraint mails_attempts_not_negative check (attempts >= 0)
)
-- As other tables that grow (0002_staying_fast.sql). Every row is written twice or more, then removed.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100000,
      autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 500000,
      autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);

-- Due mails by time; the mails of an order; the oldest for their removal, which are the newest backwards.
create index mails_due on mails (not_before) where status = 'due';
create index mails_of_order on mails (order_id);
create index mails_by_age on mails (created_at, id);

-- The moment from which the next mail may be sent: one row, so that all workers together keep to MAIL_PER_SECOND.
create table mail_pace (
  id       boolean      primary key default true,
  free_at  timestamptz  not null default '-infinity',
  constraint mail_pace_is_one_row check (id)
);

insert into mail_pace default values;
