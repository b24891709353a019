import type { Edit, Mutant } from "./mutants.ts"

const killed = "test/faults/worker-faults.test.ts"
const cancellations = "test/worker/cancellations.test.ts"

const disputesRace = { file: "test/race/disputes.test.ts" }
const model = "test/model/core.test.ts"

const withoutRefundRule: Edit = {
  file: "src/domain/refund-order.ts",
  find: "payment.amountMinor - payment.refundedMinor - payment.disputedMinor",
  replace: "payment.amountMinor - payment.refundedMinor",
}

const withoutCap: Edit = {
  file: "src/domain/apply-dispute.ts",
  find: "Math.min(dispute.amountMinor, restMinor - disputedMinor)",
  replace: "dispute.amountMinor",
}

const withoutWithholding: Edit = {
  file: "src/domain/apply-dispute.ts",
  find: 'if (refund.status === "due") settle(',
  replace: "if (refund.status === null) settle(",
}

const withoutTakenCheck: Edit = {
  file: "migrations/0006_disputes.sql",
  find: "check (disputed_minor >= 0 and refunded_minor + disputed_minor <= amount_minor)",
  replace: "check (disputed_minor >= 0)",
}

/** Bugs in currencies, disputes, payments, and in what a killed worker leaves behind. */
export const moneyMutants: readonly Mutant[] = [
  {
    name: "currencies: the platform's Intl decides the decimals of an amount",
    edits: [
      {
        file: "client/src/currencies.ts",
        find: "return decimals.get(code) ?? 2",
        replace:
          'return new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions().maximumFractionDigits ?? 2',
      },
    ],
    caughtBy: { file: "test/web/other-intl.test.ts", test: "changes no amount" },
  },
  {
    name: "currencies: a price is formatted with the platform's decimals",
    edits: [
      {
        file: "web/shared/money.ts",
        find: "    minimumFractionDigits: digits,\n    maximumFractionDigits: digits,\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/web/other-intl.test.ts", test: "changes no amount" },
  },
  {
    name: "currencies: a product may have a withdrawn currency",
    edits: [
      {
        file: "client/src/currencies.ts",
        find: "  return current.has(code)\n",
        replace: "  return isKnownCurrency(code)\n",
      },
    ],
    caughtBy: { file: "test/http/admin-products.test.ts", test: "refuses the withdrawn currency" },
  },
  {
    name: "currencies: Stripe gets a third decimal that it does not accept",
    edits: [
      {
        file: "src/payments/stripe-money.ts",
        find: "amount !== null && amount % step === 0",
        replace: "step > 0",
      },
    ],
    caughtBy: { file: "test/payments/stripe-money.test.ts", test: "has no amount at Stripe" },
  },
  {
    name: "killed worker: an event counts as delivered before it is sent",
    edits: [
      {
        file: "src/store/queues/webhook-queue.ts",
        find: "set attempts = attempts + 1,\n",
        replace: "set attempts = attempts + 1,\n               status = 'delivered',\n",
      },
    ],
    caughtBy: { file: killed, test: "webhook-id" },
  },
  {
    name: "killed worker: an event has another id when it is sent again",
    edits: [
      {
        file: "src/worker/deliveries.ts",
        find: "send({ ...delivery, id, body }",
        replace: "send({ ...delivery, id: `${id}-${attempts}`, body }",
      },
    ],
    caughtBy: { file: killed, test: "webhook-id" },
  },
  {
    name: "killed worker: a refund counts as sent before it is sent",
    edits: [
      {
        file: "src/store/queues/refund-queue.ts",
        find: "set attempts = attempts + 1,\n",
        replace: "set attempts = attempts + 1,\n                 status = 'sent',\n",
      },
    ],
    caughtBy: { file: killed, test: "same key" },
  },
  {
    name: "killed worker: a refund has another key when it is sent again",
    edits: [
      {
        file: "src/worker/refunds.ts",
        find: "amountMinor, currency, idempotencyKey }\n",
        replace: "amountMinor, currency, idempotencyKey: `${idempotencyKey}-${refund.attempts}` }\n",
      },
    ],
    caughtBy: { file: killed, test: "same key" },
  },
  {
    name: "cancelled payments: two workers cancel the same payment",
    edits: [
      {
        file: "src/store/queues/cancellations.ts",
        find: "clock_timestamp() + make_interval(secs => $3)\n            from",
        replace: "clock_timestamp() + 0 * make_interval(secs => $3)\n            from",
      },
    ],
    caughtBy: { file: cancellations, test: "while one worker cancels a payment" },
  },
  {
    name: "cancelled payments: a payment that cannot be cancelled is retried for ever",
    edits: [
      {
        file: "src/worker/cancellations.ts",
        find: "isOver || payment.attempts >= MOST_ATTEMPTS",
        replace: "isOver",
      },
    ],
    caughtBy: { file: cancellations, test: "cannot be cancelled now" },
  },
  {
    name: "cancelled payments: a success found while cancelling is not recorded",
    edits: [
      {
        file: "src/worker/cancellations.ts",
        find: 'if (report.status === "succeeded") return !isRefusal(await paymentEvents.receive(report.event))',
        replace: "void paymentEvents",
      },
    ],
    caughtBy: { file: cancellations, test: "is late money" },
  },
  {
    name: "cancelled payments: the payment of a pending order is cancelled",
    edits: [
      {
        file: "src/store/queues/cancellations.ts",
        find: "where status in ('cancelled', 'expired')",
        replace: "where status in ('cancelled', 'expired', 'pending_payment')",
      },
    ],
    caughtBy: { file: cancellations, test: "of an order that has expired" },
  },
  {
    name: "cancelled payments: a buyer can have another buyer's payment cancelled",
    edits: [
      {
        file: "src/payments/stripe-payments.ts",
        find: "intent === null || !isOfOrder(intent, instruction)",
        replace: "intent === null || (!isOfOrder(intent, instruction) && false)",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "is not cancelled" },
  },
  {
    name: "opened payments: a page can get another buyer's client secret",
    edits: [
      {
        file: "src/payments/stripe-payments.ts",
        find: "intent !== null && isOfOrder(intent, request) ? intent : null",
        replace: "intent",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "does not give out the secret" },
  },
  {
    name: "opened payments: an open payment is not looked for before a new one",
    edits: [
      {
        file: "src/http/routes/buyers/open-payment.ts",
        find: "attempt?.provider === provider ? attempt.paymentId : null",
        replace: "attempt?.provider === provider ? null : null",
      },
    ],
    caughtBy: { file: "test/http/order-payments.test.ts", test: "opens one payment, even if" },
  },
  {
    name: "opened payments: anyone may open a payment",
    edits: [
      {
        file: "src/http/routes/buyers/open-payment.ts",
        find: 'order === null || !mayUseHold(caller, order.holdId, "change order")',
        replace: "order === null",
      },
    ],
    caughtBy: { file: "test/http/order-payments.test.ts", test: "is refused to callers without" },
  },
  {
    name: "opened payments: the return URL decides that a payment succeeded",
    edits: [
      {
        file: "web/storefront/stripe-payment.ts",
        find: 'query.get("payment_intent") !== started.id',
        replace: 'query.get("payment_intent") === null',
      },
    ],
    caughtBy: { file: "test/e2e/stripe.test.ts", test: "ignores a forged return link" },
  },
  {
    name: "disputes: the product row is not locked",
    edits: [
      {
        file: "src/store/batch/lock-products.ts",
        find: "         limit 1\n           for update\n",
        replace: "         limit 1\n",
      },
    ],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: refunds ignore disputed amounts; the CHECK stops them",
    edits: [withoutRefundRule],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: neither refunds nor a CHECK considers disputed amounts",
    edits: [withoutRefundRule, withoutTakenCheck],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: a dispute ignores refunded amounts; the CHECK stops it",
    edits: [withoutCap],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: neither a dispute nor a CHECK considers refunded amounts",
    edits: [withoutCap, withoutTakenCheck],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: a due refund is sent although its amount is disputed",
    edits: [withoutWithholding],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: a retry sends a withheld refund",
    edits: [
      {
        file: "src/domain/settle-refund.ts",
        find: 'result.status === "due" && isCovered(state, refund)',
        replace: "result.status === null && isCovered(state, refund)",
      },
    ],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: a refund sent before the dispute is not recorded",
    edits: [
      {
        file: "src/domain/settle-refund.ts",
        find: 'withheld: ["due", "sent", "confirmed"]',
        replace: 'withheld: ["due"]',
      },
    ],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: units are restocked twice, and no CHECK stops it",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "return qty > restockableQty\n",
        replace: "return qty > restockableQty + 1e9\n",
      },
      {
        file: "migrations/0003_money.sql",
        find: "  add constraint orders_restocked_within_quantity check (restocked_qty between 0 and quantity),\n",
        replace: "",
      },
    ],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: due refunds are not withheld, which the model must notice",
    edits: [withoutWithholding],
    caughtBy: { file: model, test: "random purchases" },
  },
  {
    name: "disputes: a refund ignores disputed amounts, which the model must notice",
    edits: [withoutRefundRule],
    caughtBy: { file: model, test: "random commands" },
  },
  {
    name: "disputes: a dispute that arrives before its payment is not applied to it",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "if (payment !== undefined) applyParkedDisputes",
        replace: "if (payment === null) applyParkedDisputes",
      },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "every order and repetition" },
  },
  {
    name: "disputes: parked disputes are not loaded with their payment",
    edits: [
      {
        file: "src/store/batch/load-money.ts",
        find: "          and dispute_id is not null\n",
        replace: "          and dispute_id is null\n",
      },
    ],
    caughtBy: { file: "test/http/disputes.test.ts", test: "arrives before its payment" },
  },
  {
    name: "disputes: the first claimed amount is kept when the bank claims another one",
    edits: [
      {
        file: "src/domain/apply-dispute.ts",
        find: "Math.max(before.amountMinor, claimed.amountMinor)",
        replace: "before.amountMinor",
      },
    ],
    caughtBy: { file: "test/http/disputes.test.ts", test: "whose amount grows" },
  },
  {
    name: "disputes: the last event to arrive decides the status",
    edits: [
      {
        file: "src/domain/apply-dispute.ts",
        find: "precedence[claimed.status] > precedence[before.status] ? claimed.status : before.status",
        replace: "precedence[claimed.status] >= 0 ? claimed.status : before.status",
      },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "every order and repetition" },
  },
  {
    name: "disputes: a won dispute does not release withheld refunds",
    edits: [
      {
        file: "src/domain/apply-dispute.ts",
        find: "if (!isContested) resumeRefunds",
        replace: "if (isContested === null) resumeRefunds",
      },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "every order and repetition" },
  },
  {
    name: "disputes: an inquiry counts as disputed money",
    edits: [
      {
        file: "src/payments/stripe-events.ts",
        find: '    case "needs_response":\n',
        replace: '    case "needs_response":\n    case "warning_needs_response":\n',
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "is ignored with" },
  },
  {
    name: "money: an order stays refunded when its confirmed refund fails",
    edits: [
      {
        file: "src/domain/settle-refund.ts",
        find: 'if (order.status !== "refunded" ||',
        replace: "if (order.status !== null ||",
      },
    ],
    caughtBy: { file: "test/domain/refunds.test.ts", test: "paid again" },
  },
  {
    name: "money: any failed attempt revokes a confirmation",
    edits: [
      {
        file: "src/domain/settle-refund.ts",
        find: 'return result.status !== "failed" || !isNamed',
        replace: 'return result.status !== "failed"',
      },
    ],
    caughtBy: { file: "test/domain/refunds.test.ts", test: "changes nothing" },
  },
  {
    name: "money: an external refund is counted at each report",
    edits: [
      {
        file: "src/domain/record-refund.ts",
        find: "if (known !== undefined) return",
        replace: "if (known === null) return",
      },
    ],
    caughtBy: { file: "test/domain/external-refunds.test.ts", test: "once" },
  },
  {
    name: "money: an external refund exceeds the payment",
    edits: [
      {
        file: "src/domain/record-refund.ts",
        find: "Math.min(report.amountMinor, leftMinor)",
        replace: "report.amountMinor",
      },
    ],
    caughtBy: { file: "test/domain/external-refunds.test.ts", test: "no more than is left" },
  },
  {
    name: "money: a refund that was made by hand is sent again",
    edits: [
      {
        file: "src/domain/record-refund.ts",
        find: "report.amountMinor > leftMinor ?",
        replace: "report.amountMinor < 0 ?",
      },
    ],
    caughtBy: { file: "test/domain/external-refunds.test.ts", test: "was still to be sent" },
  },
  {
    name: "money: an order of 0.00 waits for a payment",
    edits: [
      {
        file: "src/domain/pay-if-free.ts",
        find: 'const isWaiting = order.status === "pending_payment" && order.totalMinor === 0',
        replace: 'const isWaiting = order.status === "pending_payment" && order.totalMinor < 0',
      },
    ],
    caughtBy: { file: "test/domain/place-order.test.ts", test: "is paid when it is made" },
  },
  {
    name: "money: a payment is assigned to a second order",
    edits: [
      {
        file: "src/lanes/payment-event-handler.ts",
        find: 'if (event.outcome !== "parked") return { event, duplicate: true }',
        replace: "",
      },
      {
        file: "src/lanes/payment-event-handler.ts",
        find: 'event?.outcome === "parked" || event?.appliedOrderId === orderId',
        replace: "event !== null",
      },
      {
        file: "src/lanes/payment-event-handler.ts",
        find: "if (applied?.appliedOrderId !== orderId)",
        replace: "if (applied === null)",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "is assigned to one, once" },
  },
  {
    name: "disputes: a won dispute does not release refunds withheld by a server of the last version",
    edits: [
      {
        file: "src/domain/refund.ts",
        find: 'status === "withheld" || (status === "failed" && lastError === WITHHELD)',
        replace: 'status === "withheld"',
      },
    ],
    caughtBy: { file: "test/domain/withheld-refunds.test.ts", test: "when the only dispute is won" },
  },
  {
    name: "money: a refund that was made elsewhere is not recorded",
    edits: [
      {
        file: "src/http/routes/providers/refund-updates.ts",
        find: "if (paymentId === null || providerRefundId === null ||",
        replace: "if (paymentId !== undefined || providerRefundId === null ||",
      },
    ],
    caughtBy: { file: "test/http/provider-webhooks.test.ts", test: "made at the provider, and its failure" },
  },
]
