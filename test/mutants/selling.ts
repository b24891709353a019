import type { Edit, Mutant } from "./mutants.ts"

const withoutLock: Edit = {
  file: "src/store/batch/lock-products.ts",
  find: "         limit 1\n           for update\n",
  replace: "         limit 1\n",
}

const withoutVersionGuard: Edit = {
  file: "src/store/batch/save-product.ts",
  find: "version = case when version = $2 then $6::bigint end,\n               claims_version",
  replace: "version = case when version = $2 or true then $6::bigint end,\n               claims_version",
}

const withoutStockRule: Edit = {
  file: "src/domain/place-hold.ts",
  find: "  if (availableStock >= command.qty) return null\n",
  replace: "  if (availableStock >= -1e9) return null\n",
}

const withoutUnitsCheck: Edit = {
  file: "migrations/0001_core.sql",
  find: "  constraint products_units_conserved check (held + sold <= stock),\n",
  replace: "",
}

const race = { file: "test/race/race.test.ts", test: "against two servers on one database" }
const endings = { file: "test/race/endings.test.ts" }

/** Bugs in what keeps a sale exact: locks, versions, CHECKs, batches, and the handling of unknown commits. */
export const sellingMutants: readonly Mutant[] = [
  {
    // The version guard alone keeps the sale exact, so a race ends well unless a batch uses up its retries.
    name: "the product row is not locked",
    edits: [withoutLock],
    caughtBy: { file: "test/store/guards.test.ts", test: "a batch waits for its lock" },
  },
  {
    name: "the product row is not locked and its version is not compared",
    // A race ends badly only when two batches overlap, which is not certain: this is noticed each time.
    edits: [withoutLock, withoutVersionGuard],
    caughtBy: { file: "test/store/guards.test.ts", test: "a batch waits for its lock" },
  },
  {
    name: "the core does not check the stock; the CHECK stops it",
    edits: [withoutStockRule],
    caughtBy: race,
  },
  {
    name: "neither the core nor a CHECK guards the stock",
    edits: [withoutStockRule, withoutUnitsCheck],
    caughtBy: race,
  },
  {
    name: "a released hold can be ordered",
    edits: [
      {
        file: "src/domain/place-order.ts",
        find: '  if (hold.status === "released") return { code: "hold_released" }\n',
        replace: "",
      },
    ],
    caughtBy: endings,
  },
  {
    name: "a hold past its deadline can still be ordered",
    edits: [
      {
        file: "src/domain/hold.ts",
        find: 'return hold.status === "active" && hasPassed(hold.expiresAt, now)',
        replace: "return false && hasPassed(hold.expiresAt, now)",
      },
    ],
    caughtBy: endings,
  },
  {
    name: "released units do not become available",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "move(state, units, { held: -1, sold: 0 })",
        replace: "move(state, units, { held: 0, sold: 0 })",
      },
    ],
    caughtBy: endings,
  },
  {
    name: "a batch is answered before its commit",
    edits: [
      {
        file: "src/store/batch/product-store.ts",
        find: "  const results = await Promise.allSettled([...writes, committed])\n",
        replace:
          "  void Promise.allSettled([...writes, committed])\n  const results: PromiseSettledResult<void>[] = []\n",
      },
    ],
    caughtBy: { file: "test/faults/commit-faults.test.ts", test: "after the commit" },
  },
  {
    name: "a product's row that has moved since its lock is not written",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: "select 1 / count(*) as saved",
        replace: "select count(*) as saved",
      },
    ],
    caughtBy: { file: "test/store/guards.test.ts", test: "moved away rolls the batch back" },
  },
  {
    name: "the oldest version of a product's row is looked at first",
    edits: [
      {
        file: "src/store/batch/lock-products.ts",
        find: "         where id between $1 and $1\n         order by id desc\n         limit 1\n",
        replace: "         where id between $1 and $1\n         limit 1\n",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "newest version" },
  },
  {
    name: "groups: a product's row that has moved away is not written",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: "select 1 / (count(*) = cardinality($1))::integer as saved",
        replace: "select count(*) as saved",
      },
    ],
    caughtBy: { file: "test/store/guards.test.ts", test: "rolls back a batch of several products" },
  },
  {
    name: "groups: another product's row at a product's old location is overwritten",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: "when products.id = p.id and products.version",
        replace: "when products.version",
      },
    ],
    caughtBy: { file: "test/store/guards.test.ts", test: "rolls back a batch of several products" },
  },
  {
    name: "the planner may sort the versions of a product's row",
    edits: [
      {
        file: "src/store/session.ts",
        find: '  ask("enable_bitmapscan", "off", { purposes: ["batches"] }),\n  ask("enable_sort", "off", { purposes: ["batches"] }),\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "newest version" },
  },
  {
    name: "groups: the oldest version of a product's row is looked at first",
    edits: [
      {
        file: "src/store/batch/lock-products.ts",
        find: "                where id between wanted.id and wanted.id\n                order by id desc\n",
        replace: "                where id between wanted.id and wanted.id\n",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "newest version" },
  },
  {
    name: "groups: a product that is locked is waited for",
    edits: [
      {
        file: "src/store/batch/lock-products.ts",
        find: "                  for update skip locked",
        replace: "                  for update",
      },
    ],
    caughtBy: { file: "test/store/together.test.ts", test: "the group does not wait for it" },
  },
  {
    name: "groups: nothing guards the version of several products",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: "when products.id = p.id and products.version = p.loaded_version",
        replace: "when products.id = p.id",
      },
    ],
    caughtBy: { file: "test/store/together.test.ts", test: "a product that has changed" },
  },
  {
    name: "groups: an unknown commit is repeated without looking for it",
    edits: [
      {
        file: "src/lanes/groups.ts",
        find: "else resolve(commitBatch(context, batch, decided))",
        replace: "else resolve(commitBatch(context, batch))",
      },
    ],
    caughtBy: { file: "test/lanes/groups.test.ts", test: "is looked for" },
  },
  {
    name: "groups: a batch that was left out is never run",
    edits: [
      {
        file: "src/lanes/groups.ts",
        find: "if (decided !== null && !isUnknown) resolve",
        replace: 'if (decided === null) resolve({ kind: "unavailable" })\n      else if (!isUnknown) resolve',
      },
    ],
    caughtBy: { file: "test/lanes/groups.test.ts", test: "waits alone" },
  },
  {
    name: "an unknown commit counts as done",
    edits: [
      {
        file: "src/lanes/batch.ts",
        find: "if (await store.wasCommitted(unanswered.state, unanswered.mark)) return unanswered",
        replace: "if (unanswered !== null) return unanswered",
      },
    ],
    caughtBy: { file: "test/faults/commit-faults.test.ts", test: "terminated" },
  },
  {
    name: "an unknown commit is repeated without looking for it",
    edits: [
      {
        file: "src/lanes/batch.ts",
        find: "if (await store.wasCommitted(unanswered.state, unanswered.mark)) return unanswered",
        replace: "",
      },
    ],
    caughtBy: { file: "test/faults/commit-faults.test.ts", test: "does not repeat it" },
  },
  {
    name: "the statement ends a hold that has already ended",
    edits: [
      {
        file: "src/store/batch/save-holds.ts",
        find: "set status = case when status = 'active' then $3 end,",
        replace: "set status = $3,",
      },
    ],
    caughtBy: { file: "test/store/guards.test.ts", test: "ends a hold that is" },
  },
]
