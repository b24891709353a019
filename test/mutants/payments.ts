import type { Mutant } from "./mutants.ts"

/** Bugs in payments and refunds. */
export const paymentsMutants: readonly Mutant[] = [
  {
    name: "money: a late payment takes no units",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "if (late) sellAvailableUnits(state, order, claimsOfLate(state, order, now))",
        replace: "if (late) void order",
      },
    ],
    caughtBy: { file: "test/race/late-payments.test.ts" },
  },
  {
    name: "money: an excess payment is not refunded",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "if (!refundsExcess) return",
        replace: "if (refundsExcess) return",
      },
    ],
    caughtBy: { file: "test/domain/late-payments.test.ts", test: "more than the total" },
  },
  {
    name: "money: a late payment has no deadline",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "isBeforeLateDeadline: end === null || ",
        replace: "isBeforeLateDeadline: end !== undefined || ",
      },
    ],
    caughtBy: { file: "test/domain/late-payments.test.ts", test: "cancelled ten minutes ago" },
  },
  {
    name: "money: a late payment ignores the customer's limit",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: 'fullLateClaim(state, claimsOfLate(state, order, now), qty) ?? "free"',
        replace: '"free"',
      },
    ],
    caughtBy: { file: "test/domain/late-payments.test.ts", test: "the limit is reached" },
  },
  {
    name: "money: a partial payment is refunded before the order's deadline",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "decision.waitsForDeadline ? order.expiresAt : now",
        replace: "now",
      },
    ],
    caughtBy: { file: "test/domain/late-payments.test.ts", test: "too little is refunded at the deadline" },
  },
  {
    name: "money: refunds are not counted",
    edits: [
      {
        file: "src/domain/create-refund.ts",
        find: "payment.refundedMinor + wanted.amountMinor",
        replace: "payment.refundedMinor",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "twenty concurrent refunds" },
  },
  {
    name: "money: the core does not check what is left of a payment; the CHECK stops it",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "if (amount > refundableMinor)",
        replace: "if (amount > refundableMinor * 1e9)",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "twenty concurrent refunds" },
  },
  {
    name: "money: units are restocked twice",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "return qty > restockableQty\n",
        replace: "return qty > restockableQty + 1e9\n",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "twenty concurrent refunds" },
  },
  {
    name: "money: a refund has another key each time",
    edits: [
      {
        file: "src/store/queues/refund-queue.ts",
        find: "refunds.order_id, refunds.number, payment_id), 255)",
        replace: "refunds.order_id, refunds.number, random()), 255)",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "is sent once" },
  },
  {
    name: "money: a refund sent by the last version is sent with another key",
    edits: [
      {
        file: "src/store/queues/refund-queue.ts",
        find: "case when attempts = 0 then",
        replace: "case when attempts >= 0 then",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "key of that version" },
  },
  {
    name: "money: a refund's lease is shorter than its calls",
    edits: [
      {
        file: "src/worker/provider-calls.ts",
        find: "Math.max(0, ...[...providers].map(callSecondsOf))",
        replace: "0 * [...providers].length",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "longer than the provider may take" },
  },
  {
    name: "money: two workers take the same refund",
    edits: [
      {
        file: "src/store/queues/refund-queue.ts",
        find: "                 not_before = clock_timestamp() + make_interval(secs => $3),\n",
        replace:
          "                 not_before = refunds.not_before - interval '1 year' + make_interval(secs => $3),\n",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "taken by no other worker" },
  },
  {
    name: "money: an event returned by hand is applied",
    edits: [
      {
        file: "src/domain/payment-event-record.ts",
        find: 'record.outcome !== "parked" || record.returnedAt !== null',
        replace: 'record.outcome !== "parked" || record.returnedAt === undefined',
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "a returned payment has no effect on an order" },
  },
  {
    name: "money: an order waits for its provider again and again",
    edits: [
      {
        file: "src/domain/extend-order.ts",
        find: 'if ("code" in order || order.awaited) return order',
        replace: 'if ("code" in order) return order',
      },
    ],
    caughtBy: { file: "test/domain/extend-order.test.ts", test: "one more minute, once" },
  },
  {
    name: "money: every worker asks the provider about the same payment",
    edits: [
      {
        file: "src/store/queues/payment-questions.ts",
        find: "           and asked_for is distinct from expires_at\n",
        replace: "",
      },
      {
        file: "src/store/queues/payment-questions.ts",
        find: "         where orders.asked_for is distinct from orders.expires_at\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/worker/open-payments.test.ts", test: "no other worker does" },
  },
  {
    name: "money: providers are not asked earlier if many orders have the same deadline",
    edits: [
      {
        file: "src/store/queues/payment-questions.ts",
        find: "where left_seconds <= $3 + turn_seconds",
        replace: "where left_seconds <= $3",
      },
    ],
    caughtBy: { file: "test/worker/open-payments.test.ts", test: "1,000 paid orders" },
  },
  {
    name: "money: an order that could not be asked about in time expires",
    edits: [
      {
        file: "src/worker/open-payments.ts",
        find: "...postponed.map(",
        replace: "...postponed.slice(0, 0).map(",
      },
    ],
    caughtBy: { file: "test/worker/open-payments.test.ts", test: "gets a minute, once" },
  },
  {
    name: "money: a refund with an unknown commit is made again",
    edits: [
      {
        file: "src/store/batch/batch-mark.ts",
        find: "return isNeeded ?",
        replace: "return isNeeded && false ?",
      },
    ],
    caughtBy: { file: "test/faults/commit-faults.test.ts", test: "a refund's COMMIT" },
  },
  {
    name: "money: a parked event pays whatever order gets its id",
    edits: [
      {
        file: "src/domain/place-order.ts",
        find: "(event.holdId === null || event.holdId === holdId)",
        replace: "(event.holdId === null || event.holdId !== undefined || event.holdId === holdId)",
      },
      {
        file: "src/store/batch/load-money.ts",
        find: "          and (hold_id is null or hold_id = any($5::bigint[]))\n",
        replace: "          and (hold_id is null or hold_id > 0 or hold_id = any($5::bigint[]))\n",
      },
    ],
    caughtBy: { file: "test/http/webhooks.test.ts", test: "names another hold" },
  },
  {
    name: "money: a refund's key does not name its payment",
    edits: [
      {
        file: "src/store/queues/refund-queue.ts",
        find: "case when attempts = 0 then",
        replace: "case when attempts < 0 then",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "is sent once" },
  },
  {
    name: "payment links: only the beginning of the address is signed",
    edits: [
      {
        file: "src/payments/payment-page.ts",
        find: '      const query = link.slice(link.indexOf("?") + 1)',
        replace: '      const query = link.slice(link.indexOf("?") + 1, link.indexOf("&"))',
      },
    ],
    caughtBy: {
      file: "test/http/payment-links.test.ts",
      test: "says what is to be paid until when, and is signed",
    },
  },
  {
    name: "payment links: a value of the order can add parameters",
    edits: [
      {
        file: "src/payments/payment-page.ts",
        find: "encodeURIComponent(values[name])",
        replace: "encodeURI(values[name])",
      },
    ],
    caughtBy: {
      file: "test/http/payment-links.test.ts",
      test: "says what is to be paid until when, and is signed",
    },
  },
  {
    name: "payment links: PAYMENT_URL may send buyers over plain HTTP",
    edits: [
      {
        file: "src/config/payment-page.ts",
        find: 'url.protocol === "http:" && isLoopback(hostOf(url))',
        replace: 'url.protocol === "http:"',
      },
    ],
    caughtBy: { file: "test/config/payment-page.test.ts", test: "is refused: http://shop.example/pay" },
  },
]
