import type { Mutant } from "./mutants.ts"

const guards = "test/store/guards.test.ts"

/** What only one test looks at: conditions of statements, limits and leases, taken away. */
export const guardMutants: readonly Mutant[] = [
  {
    name: "guards: a refund goes on from whatever status it has",
    edits: [
      {
        file: "src/store/save-money.ts",
        find: "set status = case when status = $4 then $5 end,",
        replace: "set status = coalesce($5, $4),",
      },
    ],
    caughtBy: { file: guards, test: "sends a refund again" },
  },
  {
    name: "guards: an order is changed whatever status it has",
    edits: [
      {
        file: "src/store/save-orders.ts",
        find: "set status = case when status = $3 then $4 end,",
        replace: "set status = coalesce($4, $3),",
      },
    ],
    caughtBy: { file: guards, test: "for an order that has ended" },
  },
  {
    name: "guards: a parked event is applied although its money was sent back by hand",
    edits: [
      {
        file: "src/store/save-money.ts",
        find: "payment_events.outcome = 'parked' and payment_events.returned_at is null then",
        replace: "payment_events.outcome = 'parked' then",
      },
    ],
    caughtBy: { file: guards, test: "sent back by hand" },
  },
  {
    name: "guards: whatever row is at a product's place is taken for it",
    edits: [
      {
        file: "src/store/save-product.ts",
        find: "where ctid = $8::tid\n           and id = $1\n",
        replace: "where ctid = $8::tid\n           and $1 > 0\n",
      },
    ],
    caughtBy: { file: guards, test: "another product's row" },
  },
  {
    name: "guards: COMMIT is not asked what it did",
    edits: [
      {
        file: "src/store/tx.ts",
        find: 'if (command !== "COMMIT") throw',
        replace: 'if (command === "") throw',
      },
    ],
    caughtBy: { file: guards, test: "not taken for committed" },
  },
  {
    name: "guards: a first answer is given again until it is removed",
    edits: [
      {
        file: "src/store/load.ts",
        find: "and created_at > clock_timestamp() - make_interval(secs => $3)`",
        replace: "and created_at > clock_timestamp() - make_interval(secs => 100 * $3)`",
      },
    ],
    caughtBy: { file: guards, test: "for a day, and no longer" },
  },
]
