import type { Mutant } from "./mutants.ts"

/** Bugs in what the program requires of its database. */
export const databaseMutants: readonly Mutant[] = [
  {
    name: "replication: open connections go on selling without a standby",
    edits: [
      {
        file: "src/store/pool.ts",
        find: "closeWhen(batches, () => !synchrony.isMet(), synchrony.onLoss)",
        replace: "closeWhen(batches, () => false, () => undefined)",
      },
    ],
    caughtBy: {
      file: "test/faults/replication.test.ts",
      test: "nothing is sold while commits wait for no standby",
    },
  },
  {
    name: "replication: a server starts without the standby that it requires",
    edits: [
      {
        file: "src/store/pool.ts",
        find: 'if (problem !== null && purpose === "batches") throw',
        replace: 'if (problem === "batches" && purpose === "batches") throw',
      },
    ],
    caughtBy: {
      file: "test/faults/replication.test.ts",
      test: "nothing is sold while commits wait for no standby",
    },
  },
  {
    name: "history: a server with an older history is used",
    edits: [
      {
        file: "src/store/history.ts",
        find: "return origin.timeline < newest.timeline",
        replace: "return origin.timeline < 0",
      },
    ],
    caughtBy: { file: "test/store/history.test.ts", test: "a promoted standby is followed" },
  },
  {
    name: "history: a product that lacks committed changes is sold",
    edits: [
      {
        file: "src/store/batch/product-store.ts",
        find: "if (state.product !== null) history.compare(client, state.product)",
        replace: "if (state.product === undefined) history.compare(client, state.product)",
      },
    ],
    caughtBy: { file: "test/faults/split-brain.test.ts", test: "has lost changes without a failover" },
  },
  {
    name: "history: open connections stay at the old primary",
    edits: [
      {
        file: "src/store/pool.ts",
        find: "closeWhen(pool, history.isPast, history.onMoved)",
        replace: "closeWhen(pool, () => false, () => undefined)",
      },
    ],
    caughtBy: { file: "test/faults/split-brain.test.ts", test: "are noticed within two seconds" },
  },
  {
    name: "history: of two servers that take writes the first in the URL is used",
    edits: [
      {
        file: "src/store/server-choice.ts",
        find: "    await admit(client)\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/faults/split-brain.test.ts", test: "leads to the newer one" },
  },
  {
    name: "history: nobody looks for a second primary",
    edits: [
      {
        file: "src/store/pool.ts",
        find: "options.watchesHistory === true ?",
        replace: "options.watchesHistory !== undefined && options.url === '' ?",
      },
    ],
    caughtBy: { file: "test/faults/split-brain.test.ts", test: "are noticed within two seconds" },
  },
  {
    name: "the database compiles statements just in time",
    edits: [{ file: "src/store/session.ts", find: '  ask("jit", "off"),\n', replace: "" }],
    caughtBy: { file: "test/store/session.test.ts", test: "over the database's settings" },
  },
  {
    name: "options of the database's URL win over the program's",
    edits: [
      {
        file: "src/store/session.ts",
        find: "[userOptions, ...ours].filter",
        replace: "[...ours, userOptions].filter",
      },
    ],
    caughtBy: { file: "test/store/session.test.ts", test: "over options in DATABASE_URL" },
  },
  {
    name: "parameters of the database's URL reach the driver",
    edits: [
      {
        file: "src/base/database-url.ts",
        find: "filter(([name]) => passedOn.has(name))",
        replace: "filter(([name]) => !understood.has(name))",
      },
    ],
    caughtBy: { file: "test/store/session.test.ts", test: "over parameters of the driver" },
  },
  {
    name: "a session's settings are not read back",
    edits: [
      {
        file: "src/store/session.ts",
        find: "if (unmet.length > 0) throw",
        replace: "if (unmet.length > 99) throw",
      },
    ],
    caughtBy: {
      file: "test/store/session.test.ts",
      test: "is not used > jit = ",
    },
  },
  {
    name: "a timestamp's offset is ignored",
    edits: [{ file: "src/store/pool.ts", find: 'text.endsWith("+00")', replace: "text.length > 3" }],
    caughtBy: { file: "test/store/session.test.ts", test: "a time that is not written in UTC" },
  },
  {
    name: "a read-only database counts as a fault",
    edits: [{ file: "src/store/errors.ts", find: 'new Set(["25006", "55000"', replace: 'new Set(["55000"' }],
    caughtBy: { file: "test/faults/read-only.test.ts", test: "a database that refuses writes" },
  },
  {
    name: "a server with a read-only database reports ready",
    edits: [
      { file: "src/store/upkeep/ready.ts", find: "      isWritable &&\n", replace: "" },
      { file: "src/store/pool.ts", find: "return problem === undefined", replace: "return true" },
      {
        file: "src/store/session.ts",
        find: "if (session.readOnlyBecause !== null) throw",
        replace: "if (session.readOnlyBecause === undefined) throw",
      },
    ],
    caughtBy: { file: "test/faults/read-only.test.ts", test: "a database that refuses writes" },
  },
  {
    name: "a connection with a broken session goes back to its pool",
    edits: [
      {
        file: "src/store/tx.ts",
        find: "if (cause instanceof Error && makesSessionUnusable(cause)) return cause",
        replace: "void makesSessionUnusable",
      },
    ],
    caughtBy: { file: "test/faults/changed-column.test.ts" },
  },
  {
    name: "a read whose plan is stale is not repeated",
    edits: [
      {
        file: "src/store/pool.ts",
        find: 'typeof statement === "string" || !isStalePlan(error)',
        replace: 'typeof statement === "string" || isStalePlan(error)',
      },
    ],
    caughtBy: { file: "test/faults/changed-column.test.ts" },
  },
  {
    name: "a prepared statement invalidated by a migration counts as a fault",
    edits: [
      { file: "src/store/errors.ts", find: "code === NOT_SUPPORTED &&", replace: 'code === "none" &&' },
    ],
    caughtBy: { file: "test/faults/changed-column.test.ts" },
  },
  {
    name: "FATAL is recognised by its English word",
    edits: [
      {
        file: "src/store/errors.ts",
        find: 'connectionLossStates.has(code) || code.startsWith("28") || ',
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/errors.test.ts", test: "in German" },
  },
  {
    name: "the first of several servers is used although it is read-only",
    edits: [
      {
        file: "src/store/server-choice.ts",
        find: "if (found === null) {",
        replace: "if (found !== undefined) {",
      },
    ],
    caughtBy: { file: "test/store/server-choice.test.ts", test: "if no server takes writes" },
  },
  {
    name: "a session has the time zone of the database",
    edits: [{ file: "src/store/session.ts", find: '  ask("timezone", "UTC"),\n', replace: "" }],
    caughtBy: { file: "test/store/session.test.ts", test: "so a hold lasts its hold time" },
  },
  {
    name: "a session has the date style of the database",
    edits: [
      {
        file: "src/store/session.ts",
        find: '  ask("datestyle", "ISO", { accepts: (found) => found.startsWith("ISO") }),\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/session.test.ts", test: "over the database's settings" },
  },
  {
    name: "the program's options replace those of the database's URL",
    edits: [
      { file: "src/store/session.ts", find: "[userOptions, ...ours].filter", replace: "[...ours].filter" },
    ],
    caughtBy: { file: "test/store/session.test.ts", test: "other settings in DATABASE_URL are kept" },
  },
]
