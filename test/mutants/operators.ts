import type { Mutant } from "./mutants.ts"

const store = "src/store/reads/operators.ts"
const changes = "src/store/reads/operator-changes.ts"
const memory = "src/store/reads/operator-memory.ts"
const area = "src/http/access/admin-area.ts"
const roles = "test/http/operator-roles.test.ts"
const operators = "test/http/operators.test.ts"
const changeTests = "test/http/operator-changes.test.ts"
const access = "src/http/access/operator-access.ts"
const auth = "src/http/access/auth.ts"
const sessions = "src/store/reads/operator-sessions.ts"

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
  {
    name: "operators: a session ends in the browser alone",
    edits: [
      {
        file: access,
        find: "if (!isOperatorSession(value)) return\n",
        replace: 'if (value !== "") return\n',
      },
    ],
    caughtBy: { file: operators, test: "ends singly: its cookie is worth nothing" },
  },
  {
    name: "operators: signing out everywhere ends one session",
    edits: [
      {
        file: access,
        find: "everywhere ? memory.bySession(hashOf(value)) : undefined",
        replace: "undefined",
      },
    ],
    caughtBy: { file: operators, test: "all end at once" },
  },
  {
    name: "operators: a session begins with a token that was replaced",
    edits: [
      { file: sessions, find: "and token_hash = decode($2, 'hex')", replace: "and $2::text is not null" },
    ],
    caughtBy: { file: operators, test: "ends with the token" },
  },
  {
    name: "operators: sessions survive a rotation",
    edits: [
      {
        file: changes,
        find: "  await deleteSessions(tx, id)\n  return { ...operator, sessions: 0 }",
        replace: "  return { ...operator, sessions: 0 }",
      },
    ],
    caughtBy: { file: operators, test: "ends with the token" },
  },
  {
    name: "operators: the name of an operator who was renamed is given to another",
    edits: [{ file: changes, find: "where lower(operator_name) = lower($1)", replace: "where false" }],
    caughtBy: { file: changeTests, test: "the entries before keep the name of their time" },
  },
  {
    name: "operators: an operator who is enabled has the old token again",
    edits: [
      {
        file: changes,
        find: "set disabled_at = null,\n             token_hash = decode($2, 'hex')",
        replace:
          "set disabled_at = null,\n             last_used_at = case when $2 = '' then null else last_used_at end",
      },
    ],
    caughtBy: { file: changeTests, test: "the previous one and its sessions stay refused" },
  },
  {
    name: "operators: enabling passes the limit of enabled operators",
    edits: [
      {
        file: changes,
        find: "  const refusal = await refuseOneMore(tx)\n",
        replace: "  const refusal = operator.id === 0 ? await refuseOneMore(tx) : null\n",
      },
    ],
    caughtBy: { file: changeTests, test: "ends at 200 enabled operators" },
  },
  {
    name: "operators: a new role counts for the token alone, when the session began before",
    edits: [
      {
        file: memory,
        find: "operator.sessionHashes.map((hash) => [hash, operator] as const)",
        replace: "operator.sessionHashes.map((hash) => [hash, bySession.get(hash) ?? operator] as const)",
      },
    ],
    caughtBy: { file: changeTests, test: "holds at once for the token and for a session" },
  },
  {
    name: "operators: a key that gets a role keeps its scopes",
    edits: [
      {
        file: changes,
        find: "scopes = case when $3 then $5 else scopes end",
        replace: "scopes = case when $5::text[] is not null then $5 else scopes end",
      },
    ],
    caughtBy: { file: changeTests, test: "makes a key with scopes a key with a role" },
  },
  {
    name: "operators: a key signs in to the control room",
    edits: [{ file: access, find: 'operator?.kind !== "person"', replace: "operator === undefined" }],
    caughtBy: { file: operators, test: "does not begin for a key" },
  },
  {
    name: "operators: a key for holds makes orders",
    edits: [
      {
        file: auth,
        find: '"change order": { role: "support", scopes: ["orders:write"] }',
        replace: '"change order": { role: "support", scopes: ["holds:write", "orders:write"] }',
      },
    ],
    caughtBy: { file: operators, test: "and touches no order" },
  },
  {
    name: "operators: a viewer changes orders on the buyers' routes",
    edits: [{ file: auth, find: "return mayActAs(caller.role, uses[use].role) &&", replace: "return" }],
    caughtBy: { file: operators, test: "a role reads, and changes nothing" },
  },
  {
    name: "operators: all keys share their Idempotency-Keys",
    edits: [
      { file: "src/http/access/idempotency-key.ts", find: "`key ${caller.operator.id}`", replace: '"key"' },
    ],
    caughtBy: { file: operators, test: "which no other key shares" },
  },
  {
    name: "operators: an operator's changes on the buyers' routes are not recorded",
    edits: [
      { file: auth, find: " && (caller.operator === null || isRead(use))", replace: " && use !== undefined" },
    ],
    caughtBy: { file: operators, test: "a role reads, and changes nothing" },
  },
  {
    name: "operators: a session outlasts its end beside a header of another kind",
    edits: [
      {
        file: auth,
        find: "token === null ? mayHoldOperatorSession(request.headers.cookie)",
        replace:
          "request.headers.authorization === undefined ? mayHoldOperatorSession(request.headers.cookie)",
      },
      {
        file: auth,
        find: ": isOperatorToken(token)\n      return mayBeOperator",
        replace: ': isOperatorToken(token ?? "")\n      return mayBeOperator',
      },
    ],
    caughtBy: { file: operators, test: "whatever the Authorization header" },
  },
  {
    name: "operators: one gets another's answer by an Idempotency-Key",
    edits: [
      {
        file: "src/http/access/idempotency-key.ts",
        find: "`operator ${caller.operator.id}`",
        replace: '"admin"',
      },
    ],
    caughtBy: { file: operators, test: "no operator gets another one's answer" },
  },
  {
    name: "operators: whoever signs out of no session makes the process forget the operators",
    edits: [
      {
        file: "src/store/reads/operators.ts",
        find: "if (await deleteSession(pool, sessionHash)) onChange()",
        replace: "await deleteSession(pool, sessionHash)\n      onChange()",
      },
    ],
    caughtBy: { file: operators, test: "forgets no operator" },
  },
  {
    name: "operators: a change by an operator who was disabled in that moment counts as ADMIN_TOKEN's",
    edits: [
      {
        file: "src/http/routes/admin/operators/asking-operator.ts",
        find: 'if (caller.kind !== "admin") return NOBODY',
        replace: 'if (caller.kind !== "admin") return NOBODY === 0 ? null : 1',
      },
    ],
    caughtBy: { file: "test/http/asking-operator.test.ts" },
  },
]
