-- The language in which the buyer has ordered, for the mails about the order: a tag such as `de`. Null: not known, and the
-- mails are in the shop's default language.
--
-- A new column without a default, as in 0013: the statement takes its lock for a moment, and waits for it for a tenth of a
-- second only. A server of the last version leaves it null.
set local lock_timeout = '100ms';

alter table orders
  add column language text;
