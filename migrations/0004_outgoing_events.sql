-- Outgoing events, the endpoints that receive them, and their deliveries.

-- Each event is written in the transaction that causes it and delivered afterwards, so that exactly the
-- committed events are sent. While there is no endpoint, none is written.
--
-- The id names the event's type and subject, so that a repeated batch writes the same row. body is sent
-- byte for byte in every attempt. addressed_at is the time when the deliveries were inserted. The worker
-- finds new events by its null, not by their order, because transactions commit in any order.
--
-- The earlier table of this name was never used.
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

-- The receivers of outgoing events. An endpoint receives the events of all products. There are few.
--
-- types null: all types. After a rotation the previous secret also signs until previous_secret_until.
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

-- One outgoing event for one endpoint.
--
-- due: to be sent, not before not_before. A worker that takes a delivery moves not_before first, so
-- that another attempt follows if the worker dies. failed: no attempt follows without a replay.
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

-- Due deliveries by time; then, for lists of an endpoint's deliveries, the newest first.
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
