-- Events for the outside: what happened, who wants to hear it, and who has heard it.

-- What has to leave the process after a commit. Written in the transaction that causes it, delivered
-- afterwards, so that nothing is sent that did not happen and nothing that happened goes unsent.
-- Nothing is written while nobody wants to hear anything.
--
-- The id says what happened to what, so that a batch that is repeated writes the same row. body is
-- what is sent, byte for byte, as often as it is sent. addressed_at: when its deliveries were made;
-- null is what finds it, never its place in an order, because transactions commit in any order.
--
-- The table of the same name that stood here before was never used.
drop table outbox;

create table outbox (
  id            text         not null,
  product_id    bigint       not null,
  type          text         not null,
  body          text         not null,
  created_at    timestamptz  not null,
  addressed_at  timestamptz,
  primary key (id, product_id),
  constraint outbox_type_known check (type in (
    'order.created', 'order.paid', 'order.cancelled', 'order.expired', 'order.refunded',
    'payment.refund_due', 'product.sold_out', 'product.restocked'))
);

create index outbox_unaddressed on outbox (created_at) where addressed_at is null;
create index outbox_by_age on outbox (created_at, id);

-- Who wants to hear of events. Not a table under a product: an endpoint hears of all of them. There
-- are few.
--
-- types null: all. While a secret is being replaced the one before it signs as well.
create table webhook_endpoints (
  id                     bigint       primary key,
  url                    text         not null,
  types                  text[],
  enabled                boolean      not null default true,
  disabled_reason        text,
  secret                 text         not null,
  previous_secret        text,
  previous_secret_until  timestamptz,
  created_at             timestamptz  not null,
  updated_at             timestamptz  not null,
  constraint webhook_endpoints_disabled_for_a_reason check (enabled = (disabled_reason is null)),
  constraint webhook_endpoints_previous_secret_ends
    check ((previous_secret is null) = (previous_secret_until is null))
);

insert into id_blocks (kind, next_id)
values ('webhook_endpoints', 1);

-- An event on its way to an endpoint.
--
-- due: to be sent, not before not_before; a worker that has taken it puts that off first, so that it
-- comes again when the worker dies. failed: nobody tries any more, unless it is asked for.
create table webhook_deliveries (
  event_id         text         not null,
  endpoint_id      bigint       not null,
  product_id       bigint       not null,
  status           text         not null,
  not_before       timestamptz  not null,
  attempts         integer      not null default 0,
  response_status  integer,
  last_error       text,
  created_at       timestamptz  not null,
  updated_at       timestamptz  not null,
  primary key (event_id, endpoint_id, product_id),
  constraint webhook_deliveries_status_known check (status in ('due', 'delivered', 'failed')),
  constraint webhook_deliveries_attempts_not_negative check (attempts >= 0)
);

-- What is to be sent, soonest first; then what somebody looks through, newest first.
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, not_before) where status = 'due';
create index webhook_deliveries_of_endpoint on webhook_deliveries (endpoint_id, created_at, event_id);
create index webhook_deliveries_failed on webhook_deliveries (endpoint_id, created_at, event_id)
  where status = 'failed';

-- As other tables that grow (0002_staying_fast.sql). Every row is written twice or more, then removed.
alter table outbox set (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 100000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000
);

alter table webhook_deliveries set (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 100000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 500000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000
);
