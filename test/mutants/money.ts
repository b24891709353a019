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

/** What keeps money and news of it from getting lost when a worker dies, taken away. */
export const moneyMutants: readonly Mutant[] = [
  {
    name: "currencies: the platform says how many decimals an amount has",
    edits: [
      {
        file: "client/src/currencies.ts",
        find: "return decimals.get(code) ?? 2",
        replace:
          'return new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions().maximumFractionDigits ?? 2',
      },
    ],
    caughtBy: { file: "test/web/other-intl.test.ts", test: "changes nothing that money means" },
  },
  {
    name: "currencies: a price is drawn with the platform's decimals",
    edits: [
      {
        file: "web/shared/money.ts",
        find: "    minimumFractionDigits: digits,\n    maximumFractionDigits: digits,\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/web/other-intl.test.ts", test: "changes nothing that money means" },
  },
  {
    name: "currencies: a product is offered in a currency that was withdrawn",
    edits: [
      {
        file: "client/src/currencies.ts",
        find: "  return current.has(code)\n",
        replace: "  return isKnownCurrency(code)\n",
      },
    ],
    caughtBy: { file: "test/http/admin-products.test.ts", test: "in which nothing is sold any more" },
  },
  {
    name: "currencies: Stripe is sent a third decimal that it does not take",
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
        find: "postEvent({ ...delivery, id, body }",
        replace: "postEvent({ ...delivery, id: `${id}-${attempts}`, body }",
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
    name: "cancelled payments: two workers take the same one",
    edits: [
      {
        file: "src/store/queues/cancellations.ts",
        find: "clock_timestamp() + make_interval(secs => $3)\n            from",
        replace: "clock_timestamp() + 0 * make_interval(secs => $3)\n            from",
      },
    ],
    caughtBy: { file: cancellations, test: "taken by nobody else" },
  },
  {
    name: "cancelled payments: one that cannot be cancelled is asked for as long as it exists",
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
    name: "cancelled payments: a success that is found on the way is forgotten",
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
    name: "cancelled payments: that of an order that waits is cancelled",
    edits: [
      {
        file: "src/store/queues/cancellations.ts",
        find: "where status in ('cancelled', 'expired')",
        replace: "where status in ('cancelled', 'expired', 'pending_payment')",
      },
    ],
    caughtBy: { file: cancellations, test: "so is that of an order that has expired" },
  },
  {
    name: "cancelled payments: a buyer has somebody else's cancelled",
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
    name: "opened payments: a page that names somebody else's gets what opens it",
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
    name: "opened payments: what was begun is not looked for",
    edits: [
      {
        file: "src/http/routes/buyers/order-payments.ts",
        find: "attempt?.provider === provider ? attempt.paymentId : null",
        replace: "attempt?.provider === provider ? null : null",
      },
    ],
    caughtBy: { file: "test/http/order-payments.test.ts", test: "opens one, however often" },
  },
  {
    name: "opened payments: anybody may open them",
    edits: [
      {
        file: "src/http/routes/buyers/order-payments.ts",
        find: "order === null || !mayUseHold(caller, order.holdId)",
        replace: "order === null || (!mayUseHold(caller, order.holdId) && false)",
      },
    ],
    caughtBy: { file: "test/http/order-payments.test.ts", test: "is nobody else's business" },
  },
  {
    name: "opened payments: a link says that a payment went through",
    edits: [
      {
        file: "web/storefront/stripe-payment.ts",
        find: 'said.get("payment_intent") !== started.id',
        replace: 'said.get("payment_intent") === null',
      },
    ],
    caughtBy: { file: "test/e2e/stripe.test.ts", test: "is not believed of a link" },
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
    name: "disputes: refunds do not look at what a bank takes; the CHECK stops them",
    edits: [withoutRefundRule],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: neither refunds nor a CHECK looks at what a bank takes",
    edits: [withoutRefundRule, withoutTakenCheck],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: a dispute takes what has gone back already; the CHECK stops it",
    edits: [withoutCap],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: neither a dispute nor a CHECK looks at what has gone back",
    edits: [withoutCap, withoutTakenCheck],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: what is due goes back although a bank has taken it",
    edits: [withoutWithholding],
    caughtBy: disputesRace,
  },
  {
    name: "disputes: what was withheld is sent when somebody tries it again",
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
    name: "disputes: what a worker had sent when the bank took it is not believed",
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
    name: "disputes: units are on offer again twice, and no CHECK stops it",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "if (restockQty > restockableQty)",
        replace: "if (restockQty > restockableQty + 1e9)",
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
    name: "disputes: the model does not notice that refunds are sent beside them",
    edits: [withoutWithholding],
    caughtBy: { file: model, test: "random purchases" },
  },
  {
    name: "disputes: the model does not notice a refund of what a bank takes",
    edits: [withoutRefundRule],
    caughtBy: { file: model, test: "random commands" },
  },
  {
    name: "disputes: told of before their payment, they are not seen when it comes",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "if (payment !== undefined) applyParkedDisputes",
        replace: "if (payment === null) applyParkedDisputes",
      },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "whatever order" },
  },
  {
    name: "disputes: those that wait for a payment are not loaded with it",
    edits: [
      {
        file: "src/store/batch/load-money.ts",
        find: "          and dispute_id is not null\n",
        replace: "          and dispute_id is null\n",
      },
    ],
    caughtBy: { file: "test/http/disputes.test.ts", test: "overtakes its payment" },
  },
  {
    name: "disputes: the first claim counts",
    edits: [
      {
        file: "src/domain/apply-dispute.ts",
        find: "Math.max(before.amountMinor, claimed.amountMinor)",
        replace: "before.amountMinor",
      },
    ],
    caughtBy: { file: "test/http/disputes.test.ts", test: "that grows" },
  },
  {
    name: "disputes: the last word is the one that came last",
    edits: [
      {
        file: "src/domain/apply-dispute.ts",
        find: "precedence[claimed.status] > precedence[before.status] ? claimed.status : before.status",
        replace: "precedence[claimed.status] >= 0 ? claimed.status : before.status",
      },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "whatever order" },
  },
  {
    name: "disputes: what was withheld stays so when the dispute is won",
    edits: [
      {
        file: "src/domain/apply-dispute.ts",
        find: "if (!isContested) resumeRefunds",
        replace: "if (isContested === null) resumeRefunds",
      },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "whatever order" },
  },
  {
    name: "disputes: an inquiry counts as money that is gone",
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
    name: "pay: an order stays refunded when its refund fails after all",
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
    name: "pay: any failed try takes a confirmation back",
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
    name: "pay: a refund that was made elsewhere counts each time it is told of",
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
    name: "pay: a refund that was made elsewhere gives back more than came in",
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
    name: "pay: what the shop gave back by hand is sent once more",
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
    name: "pay: an order that costs nothing waits for a payment",
    edits: [
      {
        file: "src/domain/place-order.ts",
        find: "if (order.totalMinor === 0) apply",
        replace: "if (order.totalMinor < 0) apply",
      },
    ],
    caughtBy: { file: "test/domain/place-order.test.ts", test: "is paid when it is made" },
  },
  {
    name: "pay: a payment is given to a second order",
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
    caughtBy: { file: "test/http/money.test.ts", test: "is given to one, once" },
  },
  {
    name: "disputes: what a server of the last version withheld stays so when the dispute is won",
    edits: [
      {
        file: "src/domain/refund.ts",
        find: 'status === "withheld" || (status === "failed" && lastError === WITHHELD)',
        replace: 'status === "withheld"',
      },
    ],
    caughtBy: { file: "test/domain/withheld-refunds.test.ts", test: "when the only dispute is won" },
  },
]
