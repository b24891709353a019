-- Ids are never given out twice, not even by a database that has lost the last writes of the one before it.
--
-- A standby that takes over asynchronously, and a backup that is restored, may lack the last changes of
-- id_blocks, while running servers hold the blocks that those changes gave them. The database would give the
-- same ids out again. So each row remembers where it was last written, and a change of a row that was written
-- elsewhere first jumps over a million ids.
--
-- In a trigger, so that the servers of the last version, which run beside this schema during an upgrade, jump
-- as well, and so that taking a block stays one statement.

-- Names this database and its history: the system identifier, the timeline (a promotion and a recovery to a point in time begin
-- a new one) and the database (a dump that is restored beside the original has another). The timeline comes
-- from the write-ahead log: the control file names the old one until the first checkpoint after a promotion.
--
-- Null if the server does not tell; then no change of the origin is noticed, and no id jumps. The functions
-- are open to every role of PostgreSQL, but a hosted server may withhold them. Runs as its owner, so that all
-- roles get the same result.
create function id_origin() returns text
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select system_identifier
           || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
           || '/' || (select oid from pg_database where datname = current_database())
      from pg_control_system()
  );
exception
  when others then
    return null;
end
$$;

-- The default comes after the column, so that the table is not rewritten for it.
alter table id_blocks
  add column origin text;

update id_blocks
   set origin = id_origin();

alter table id_blocks
  alter column origin set default id_origin();

-- The statement's own step is kept: a server takes `size` ids off the end that it is answered with.
create function jump_over_lost_ids() returns trigger
  language plpgsql
  set search_path from current
as $$
declare
  here text := id_origin();
begin
  if here is not null and old.origin <> here then
    new.next_id := new.next_id + 1000000;
  end if;
  new.origin := coalesce(here, old.origin);
  return new;
end
$$;

create trigger id_blocks_remember_origin
  before update on id_blocks
  for each row
  execute function jump_over_lost_ids();
