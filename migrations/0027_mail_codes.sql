-- Codes that are mailed to buyers, so that a product can be sold to confirmed mailboxes; and such products.
--
-- New tables, and two constraints that allow more than before, so they are not checked against the rows there are, as in 0022 and
-- 0026: each statement takes its lock for a moment, and waits for it for a tenth of a second only.
--
-- A server of the last version writes no codes, and takes holds of a product for confirmed mailboxes from anybody. A worker of the
-- last version sends the event of a request without the address and the code.
set local lock_timeout = '100ms';

-- One row for each mailbox that a code was asked for, until an hour after. The code itself is in no table: it is a keyed digest
-- of the mailbox and the seed, and is made when it is mailed and when it is compared.
--
-- mailbox: a keyed digest of the address, which is also the customer of the holds.
-- email: the address as it was written, which the mail goes to.
-- tries: how often a code was compared with this one. A try counts before it is judged, so that simultaneous ones count too.
-- mails: how many mails were asked for since `counted_from`.
-- due_at: when the mail is sent; null: it was sent, nobody can send it, or the shop sends it itself.
create table mail_codes (
  mailbox       text         primary key,
  email         text         not null,
  language      text,
  seed          uuid         not null,
  tries         integer      not null default 0,
  ends_at       timestamptz  not null,
  mails         integer      not null default 1,
  counted_from  timestamptz  not null,
  due_at        timestamptz,
  attempts      integer      not null default 0,
  constraint mail_codes_tries_in_range check (tries between 0 and 5),
  constraint mail_codes_mails_in_range check (mails between 1 and 5)
);

create index mail_codes_due on mail_codes (due_at) where due_at is not null;

-- How many codes were mailed since `counted_from`: one row, so that all servers together keep to MAIL_CODES_PER_HOUR.
create table mail_code_total (
  id            boolean      primary key default true,
  mails         integer      not null default 0,
  counted_from  timestamptz  not null default '-infinity',
  constraint mail_code_total_is_one_row check (id)
);

insert into mail_code_total default values;

alter table products
  drop constraint products_customer_known,
  add constraint products_customer_known check (customer in ('named', 'signed', 'email')) not valid;

-- The event by which a shop that mails the codes itself is told of a request.
alter table outbox
  drop constraint outbox_type_known,
  add constraint outbox_type_known check (type in (
    'order.created', 'order.paid', 'order.cancelled', 'order.expired', 'order.refunded',
    'payment.refund_due', 'payment.refund_failed', 'payment.disputed', 'customer.code_requested', 'product.sold_out',
    'product.restocked', 'alert.raised', 'alert.ended'))
    not valid;
