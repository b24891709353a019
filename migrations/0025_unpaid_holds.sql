-- The units that are held or ordered and not paid, by holder: who answers for a hold that the shop did not place itself. One row
-- for each such hold while it is open. The row of a hold that is paid, released or cancelled is removed; the one of a hold that
-- lapses stays for a while, and counts against its holder.
--
-- `holder` is the beginning of a keyed digest of a network, so that the table has no address.
--
-- A new table: no statement of a sale waits for it. A server of the last version writes no rows, and does not remove the row of a
-- hold that it sees paid or released: that one counts until its time is over, and then as a lapse.
create table unpaid_holds (
  product_id  bigint       not null,
  hold_id     bigint       not null,
  holder      bigint       not null,
  qty         integer      not null,
  ends_at     timestamptz  not null,
  primary key (product_id, hold_id),
  constraint unpaid_holds_qty_positive check (qty > 0)
);

create index unpaid_holds_of_holder on unpaid_holds (product_id, holder);
