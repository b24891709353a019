import type { Mutant } from "./mutants.ts"

const caughtBy = { file: "test/history/real-runs.test.ts" }

/** Bugs that must show in the history of a crowd's operations at servers that are killed. */
export const historyMutants: readonly Mutant[] = [
  {
    name: "history: a batch is answered before its commit",
    edits: [
      {
        file: "src/store/batch/product-store.ts",
        find: "  const results = await Promise.allSettled([...writes, committed])\n",
        replace:
          "  void Promise.allSettled([...writes, committed])\n  const results: PromiseSettledResult<void>[] = []\n",
      },
    ],
    caughtBy,
  },
  {
    name: "history: neither the core nor a CHECK guards the stock",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "  if (availableStock >= command.qty) return null\n",
        replace: "  if (availableStock >= -1e9) return null\n",
      },
      {
        file: "migrations/0001_core.sql",
        find: "  constraint products_units_conserved check (held + sold <= stock),\n",
        replace: "",
      },
    ],
    caughtBy,
  },
  {
    name: "history: a hold past its deadline can still be ordered",
    edits: [
      {
        file: "src/domain/hold.ts",
        find: 'return hold.status === "active" && hasPassed(hold.expiresAt, now)',
        replace: "return false && hasPassed(hold.expiresAt, now)",
      },
    ],
    caughtBy,
  },
  {
    name: "history: the gate never heals",
    edits: [
      { file: "src/lanes/gate.ts", find: "if (now >= memory.until) {", replace: "if (now < 0) {" },
      { file: "src/lanes/gate.ts", find: "if (now >= memory.nextProbe) {", replace: "if (now < 0) {" },
    ],
    caughtBy,
  },
  {
    name: "history: reads come from a cache that is a second old",
    edits: [
      {
        file: "src/store/reads/product-memory.ts",
        find: "const MEMORY_MS = 250",
        replace: "const MEMORY_MS = 2_000",
      },
      {
        file: "src/engine.ts",
        find: "          products.forget(news.productId)\n",
        replace: "",
      },
    ],
    caughtBy,
  },
]
