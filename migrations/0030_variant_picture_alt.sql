-- What a variant's own picture shows, for people who do not see it.
--
-- A new column without a default: the statement takes its lock for a moment, and waits for it for a tenth of a second only. A server
-- of the last version leaves the column as it is.
set local lock_timeout = '100ms';

alter table variants add column image_alt text;
