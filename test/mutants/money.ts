import type { Mutant } from "./mutants.ts"

const killed = "test/faults/worker-faults.test.ts"
const cancellations = "test/worker/cancellations.test.ts"

/** What keeps money and news of it from getting lost when a worker dies, taken away. */
export const moneyMutants: readonly Mutant[] = [
  {
    name: "killed worker: an event counts as delivered before it is sent",
    edits: [
      {
        file: "src/store/webhook-queue.ts",
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
        file: "src/store/refund-queue.ts",
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
        find: "idempotencyKey: `doorbuster-refund-${refundId}`",
        replace: "idempotencyKey: `doorbuster-refund-${refundId}-${refund.attempts}`",
      },
    ],
    caughtBy: { file: killed, test: "same key" },
  },
  {
    name: "cancelled payments: two workers take the same one",
    edits: [
      {
        file: "src/store/cancellations.ts",
        find: "$3 * power(2",
        replace: "0 * $3 * power(2",
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
        find: 'if (report.status === "succeeded") return !isRefusal(await desk.receive(report.event))',
        replace: "void desk",
      },
    ],
    caughtBy: { file: cancellations, test: "is late money" },
  },
  {
    name: "cancelled payments: that of an order that waits is cancelled",
    edits: [
      {
        file: "src/store/cancellations.ts",
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
        file: "src/payments/stripe.ts",
        find: "intent === null || !isOfOrder(intent, order)",
        replace: "intent === null || (!isOfOrder(intent, order) && false)",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "is not cancelled" },
  },
]
