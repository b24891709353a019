-- Payments that are cancelled at their providers, because their orders have ended unpaid.

-- The payment that the buyer's page has named last may still be open when its order is cancelled or
-- expires. Its provider is asked to cancel it: not before attempt_cancel_after, attempt_cancels times
-- so far, until the provider says that it is over or was asked often enough (attempt_over).
alter table orders
  add column attempt_cancel_after timestamptz not null default '-infinity',
  add column attempt_cancels integer not null default 0,
  add column attempt_over boolean not null default false,
  add constraint orders_attempt_cancels_not_negative check (attempt_cancels >= 0);

-- Payments of orders that ended before this version are left as they are.
update orders
   set attempt_over = true
 where attempt_payment_id is not null
   and status in ('cancelled', 'expired');

-- By provider first: payments of providers that cannot cancel must not delay the others.
create index orders_with_open_payments on orders (attempt_provider, attempt_cancel_after)
 where status in ('cancelled', 'expired')
   and attempt_payment_id is not null
   and not attempt_over;
