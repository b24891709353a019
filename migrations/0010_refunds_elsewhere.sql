-- What providers say of refunds after their last word, and of refunds that were made elsewhere.
--
-- The constraints allow more than before, so the rows that are there satisfy them: they are added without
-- a look at every row. Servers of the last version go on as they are: they write none of the new values.

-- How often a refund failed after it had been confirmed, as refunds to cards do.
alter table refunds
  add column reversals integer not null default 0,
  add constraint refunds_reversals_not_negative check (reversals >= 0) not valid;

-- The key under which a refund is sent, chosen when it is taken for the first time. What a server of the last
-- version may have sent goes on under the key of that version, so that it goes back once.
alter table refunds add column idempotency_key text;

update refunds
   set idempotency_key = format('doorbuster-refund-%s-%s', order_id, number)
 where status <> 'confirmed'
   and amount_minor > 0;

-- A refund that its shop made elsewhere, such as in the provider's dashboard, has the reason elsewhere.
alter table refunds
  drop constraint refunds_reason_known,
  add constraint refunds_reason_known check (reason in (
    'amount_too_low', 'amount_too_high', 'wrong_currency', 'second_payment', 'paid_too_late',
    'sale_over', 'customer_limit_reached', 'sold_out', 'units_not_available', 'requested', 'elsewhere'))
    not valid;

-- What is not sent because a bank takes the payment back is withheld, no longer failed. Rows of the last version
-- stay as they are, and are understood. Its servers send no refund that is withheld, show it as open, and answer
-- 500 when it is settled; when the dispute is won, they leave it, and it can be tried again in the money inbox.
alter table refunds
  drop constraint refunds_status_known,
  add constraint refunds_status_known check (status in ('due', 'sent', 'confirmed', 'failed', 'withheld'))
    not valid;

alter table outbox
  drop constraint outbox_type_known,
  add constraint outbox_type_known check (type in (
    'order.created', 'order.paid', 'order.cancelled', 'order.expired', 'order.refunded',
    'payment.refund_due', 'payment.refund_failed', 'payment.disputed', 'product.sold_out',
    'product.restocked'))
    not valid;
