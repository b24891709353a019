-- An index for the control room's page of one order. The audit waits beside the sale. What the page reads of tables that a
-- sale writes is indexed after the migrations (store/upkeep/late-indexes.ts).
create index admin_actions_of_order on admin_actions (order_id, created_at, id) where order_id is not null;
