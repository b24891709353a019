import type { Mutant } from "./mutants.ts"

const store = "src/store/reads/operators.ts"
const memory = "src/store/reads/operator-memory.ts"
const area = "src/http/access/admin-area.ts"
const roles = "test/http/operator-roles.test.ts"
const operators = "test/http/operators.test.ts"

/** Bugs in who may do what, and in how operators end. */
export const operatorMutants: readonly Mutant[] = [
  {
    name: "operators: every role may use every admin route",
    edits: [{ file: area, find: " || !mayActAs(caller.role, role)) {", replace: ") {" }],
    caughtBy: { file: roles, test: "with the role of" },
  },
  {
    name: "operators: a role may not do what it may",
    edits: [
      {
        file: "src/domain/operator.ts",
        find: "roles.indexOf(role) >= roles.indexOf(needed)",
        replace: "roles.indexOf(role) > roles.indexOf(needed)",
      },
    ],
    caughtBy: { file: roles, test: "with the role of" },
  },
  {
    name: "operators: an admin route without a role is served",
    edits: [
      { file: area, find: "    if (role === null) throw", replace: "    if (role === undefined) throw" },
    ],
    caughtBy: { file: roles, test: "names no role stops the start" },
  },
  {
    name: "operators: the support changes the shop's settings",
    edits: [
      {
        file: "src/http/routes/admin/shop/change-shop.ts",
        find: 'security: needsRole("owner")',
        replace: 'security: needsRole("support")',
      },
    ],
    caughtBy: { file: roles, test: "says the role of each route" },
  },
  {
    name: "operators: changes do not take turns, so two owners disable each other",
    edits: [{ file: store, find: "      await takeTurn(tx)\n", replace: "" }],
    caughtBy: { file: operators, test: "one succeeds, on one server and on two" },
  },
  {
    name: "operators: an operator who was disabled meanwhile changes others",
    edits: [{ file: store, find: "if (by === null) return true", replace: "if (by !== 0) return true" }],
    caughtBy: { file: operators, test: "one succeeds, on one server and on two" },
  },
  {
    name: "operators: a disabled operator is still identified",
    edits: [
      {
        file: store,
        find: `        from operators o
       where disabled_at is null`,
        replace: "        from operators o",
      },
    ],
    caughtBy: { file: operators, test: "ends when the operator is disabled" },
  },
  {
    name: "operators: a process goes on with what it knew before its own change",
    edits: [
      {
        file: memory,
        find: "      readAt = Number.NEGATIVE_INFINITY\n",
        replace: "",
      },
    ],
    caughtBy: { file: operators, test: "ends when the operator is disabled" },
  },
  {
    name: "operators: a read that began before a change is used after it",
    edits: [{ file: memory, find: "    if (changes !== before) return\n", replace: "" }],
    caughtBy: { file: "test/store/operator-memory.test.ts", test: "began before a change" },
  },
  {
    name: "operators: what is remembered counts for ever while the database does not answer",
    edits: [{ file: memory, find: "if (age >= LATEST_MS - WAIT_MS)", replace: "if (age === Infinity)" }],
    caughtBy: {
      file: "test/store/operator-memory.test.ts",
      test: "the last operators count for five seconds",
    },
  },
  {
    name: "operators: each use is written",
    edits: [
      {
        file: store,
        find: " or last_used_at < clock_timestamp() - interval '1 minute'",
        replace: " or true",
      },
    ],
    caughtBy: { file: operators, test: "is noted as used at most once a minute" },
  },
  {
    name: "operators: what a role refused is not recorded",
    edits: [
      {
        file: area,
        find: "    if (!isReading(request)) audit.began(request, caller)\n",
        replace:
          '    if (!isReading(request) && caller.kind === "admin" && caller.role !== "viewer") audit.began(request, caller)\n',
      },
    ],
    caughtBy: { file: operators, test: "names who asked for a change" },
  },
]
