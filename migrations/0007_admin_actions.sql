-- The record of changes through admin routes, so that an operator can prove which ones were made and when.

-- Every change that an admin route was asked for, with what became of it. Written after the answer is
-- decided and outside of every batch, so that it neither delays nor fails a change; a process that dies in
-- between leaves a change without its row. Not a table under a product: some changes are of none. Kept for
-- ever.
--
-- way: by the admin token, by a session of the control room, or in open mode, which asks for neither.
-- content: the content of the request without secrets; null if it did not fit the schema of its route.
create table admin_actions (
  id          bigint       primary key,
  way         text         not null,
  route       text         not null,
  path        text         not null,
  product_id  bigint,
  order_id    bigint,
  content     jsonb,
  status      integer      not null,
  request_id  text         not null,
  created_at  timestamptz  not null,
  constraint admin_actions_way_known check (way in ('token', 'session', 'open')),
  constraint admin_actions_status_is_an_answer check (status between 200 and 599)
);

create index admin_actions_by_age on admin_actions (created_at, id);
create index admin_actions_of_product on admin_actions (product_id, created_at, id);

insert into id_blocks (kind, next_id)
values ('admin_actions', 1);
