import type { Mutant } from "./mutants.ts"

/** Bugs in ids, migrations, retention, inserts and query plans. */
export const storageMutants: readonly Mutant[] = [
  {
    name: "a database that took over without the last writes gives the same ids out again",
    edits: [
      {
        file: "migrations/0008_origin_of_ids.sql",
        find: "new.next_id := new.next_id + 1000000;",
        replace: "new.next_id := new.next_id;",
      },
    ],
    caughtBy: { file: "test/faults/failover.test.ts", test: "gives out no id again" },
  },
  {
    name: "a batch that is found after an unknown commit is answered without waiting for the standby",
    edits: [
      {
        file: "src/store/batch/product-store.ts",
        find: "if (isThere) await commit(tx)\n    else broken",
        replace: "broken",
      },
    ],
    caughtBy: {
      file: "test/faults/synchronous-standby.test.ts",
      test: "a hold whose COMMIT waits for the synchronous standby",
    },
  },
  {
    name: "a cancelled wait for the standby counts as a commit",
    edits: [
      { file: "src/store/tx.ts", find: "if (code === WARNING) isLocalOnly = true", replace: "void code" },
    ],
    caughtBy: {
      file: "test/faults/synchronous-standby.test.ts",
      test: "a hold whose COMMIT waits for the synchronous standby",
    },
  },
  {
    name: "a migration waits for a lock as long as it takes",
    edits: [
      {
        file: "src/store/upkeep/migrator.ts",
        find: "await sql.raw(`set local lock_timeout = '${LOCK_TIMEOUT}'`).execute(db)",
        replace: "void LOCK_TIMEOUT",
      },
    ],
    caughtBy: { file: "test/store/migrate.test.ts", test: "behind a dump" },
  },
  {
    name: "a claim of an order id does not notice a failover",
    edits: [
      {
        file: "src/store/batch/ids.ts",
        find: "blocks.some(({ nextId }) => nextId <= orderId)",
        replace: "blocks.length > 0",
      },
    ],
    caughtBy: { file: "test/store/ids.test.ts", test: "after a failover, an order id" },
  },
  {
    name: "identical rows are merged into one",
    edits: [{ file: "src/store/batch/insert-rows.ts", find: "isTold && (texts", replace: "(texts" }],
    caughtBy: { file: "test/store/insert-rows.test.ts", test: "equal rows are refused" },
  },
  {
    name: "an insert has a statement for each combination of constant columns",
    edits: [
      {
        file: "src/store/batch/insert-rows.ts",
        find: "(texts.has(form) || texts.size < FORMS) ? form",
        replace: "form.length > 0 ? form",
      },
    ],
    caughtBy: {
      file: "test/store/insert-rows.test.ts",
      test: "number of statements for a table stays small",
    },
  },
  {
    name: "a column counts as constant after its first two rows",
    edits: [
      {
        file: "src/store/batch/insert-rows.ts",
        find: "values.every((value) => value === values[0])",
        replace: "values.slice(0, 2).every((value) => value === values[0])",
      },
    ],
    caughtBy: { file: "test/store/insert-rows.test.ts", test: "rows are read as they were written" },
  },
  {
    name: "one condition looks for events by key and by order",
    edits: [
      {
        file: "src/store/batch/load-money.ts",
        find: "          and (provider, key) in (select * from unnest($1::text[], $2::text[])))\n      union",
        replace:
          "          and (provider, key) in (select * from unnest($1::text[], $2::text[])) or order_id = any($3))\n      union",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "every statement that loads a batch" },
  },
  {
    name: "retention removes converted holds",
    edits: [
      {
        file: "src/store/upkeep/retention.ts",
        find: "         where chunk.status in ('expired', 'released')\n",
        replace: "         where chunk.status <> 'active'\n",
      },
      {
        file: "src/store/upkeep/retention.ts",
        find: "           and holds.status in ('expired', 'released')\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts", test: "a hold that is" },
  },
  {
    name: "retention removes rows that ended recently",
    edits: [
      {
        file: "src/store/upkeep/retention.ts",
        find: "           and chunk.ended_at < (select at from horizon)\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts", test: "a hold that is" },
  },
  {
    name: "retention removes events about money",
    edits: [
      {
        file: "src/store/upkeep/retention.ts",
        find: "         where chunk.kind in ('failed', 'cancelled')\n           and chunk",
        replace: "         where chunk",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts", test: "an event that" },
  },
  {
    name: "retention removes the event of a payment",
    edits: [
      {
        file: "src/store/upkeep/retention.ts",
        find: "and not exists (",
        replace: "and (true or not exists (",
      },
      {
        file: "src/store/upkeep/retention.ts",
        find: "and payments.event_key = chunk.key)\n",
        replace: "and payments.event_key = chunk.key))\n",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts", test: "an event that" },
  },
  {
    name: "retention waits for rows that another process is removing",
    edits: [
      {
        file: "src/store/upkeep/retention.ts",
        find: "           for update of holds skip locked\n",
        replace: "           for update of holds\n",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts", test: "are skipped, without waiting" },
  },
  {
    name: "a retention pass ends at the first young chunk",
    edits: [
      {
        file: "src/worker/retention.ts",
        find: "const YOUNG_IN_A_ROW = 50_000",
        replace: "const YOUNG_IN_A_ROW = 1_000",
      },
    ],
    caughtBy: { file: "test/worker/retention.test.ts", test: "young ids among old ones" },
  },
  {
    name: "the next retention pass forgets holds that waited",
    edits: [
      {
        file: "src/worker/retention.ts",
        find: "    after = beforeWaiting ?? after\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/worker/retention.test.ts", test: "young ids among old ones" },
  },
  {
    name: "the planner may scan growing tables sequentially",
    edits: [
      {
        file: "src/store/session.ts",
        find: 'ask("enable_seqscan", "off"',
        replace: 'ask("enable_seqscan", "on"',
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "whatever the planner estimates" },
  },
  {
    name: "the planner may read all rows of a product",
    edits: [
      {
        file: "src/store/batch/save-holds.ts",
        find: "       where product_id = $1\n         and id = any($2::bigint[])`,\n    values: [productId, numbers(holds",
        replace:
          "       where product_id = $1\n         and array_position($2::bigint[], id) > 0`,\n    values: [productId, numbers(holds",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "whatever the planner estimates" },
  },
  {
    name: "plans: those that were made for empty tables are kept",
    edits: [
      {
        file: "src/store/batch/fresh-plans.ts",
        find: "  if (count >= FIRST_RENEWAL && isPowerOfTwo)",
        replace: "  if (count < FIRST_RENEWAL && isPowerOfTwo)",
      },
    ],
    caughtBy: { file: "test/store/first-minute.test.ts", test: "so it does on PostgreSQL 15" },
  },
  {
    name: "plans: a batch reads all details of its product",
    edits: [
      {
        file: "src/store/batch/details-rows.ts",
        find: "                  and order_id = wanted.id",
        replace: "                  and order_id + 0 = wanted.id",
      },
    ],
    caughtBy: {
      file: "test/store/first-minute.test.ts",
      test: "a batch of a first sale reads the rows that it names",
    },
  },
]
