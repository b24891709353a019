import type { Mutant } from "./mutants.ts"

const killed = "test/faults/worker-faults.test.ts"

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
]
