-- The shop whose pages and mails these are: its name, its colour, its links. One row, which is there from the start, so
-- that each change is an update. Null: not set. What is allowed beyond that is decided by the program, so that a new
-- language or link needs no migration.
--
-- A new table alone: nothing that a sale uses is locked.
create table shop (
  id          boolean      primary key default true,
  name        text,
  support     text,
  accent      text,
  links       jsonb        not null default '{}',
  logo        jsonb,
  icon        text,
  languages   jsonb,
  updated_at  timestamptz,
  constraint shop_is_one_row check (id),
  constraint shop_accent_is_a_colour check (accent ~ '^#[0-9a-f]{6}$')
);

insert into shop default values;
