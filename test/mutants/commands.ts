import type { Mutant } from "./mutants.ts"

/** Bugs in what commands print and in what they may change. */
export const commandMutants: readonly Mutant[] = [
  {
    name: "commands: an error of the database is printed with its stack",
    edits: [
      {
        file: "src/cli/exit.ts",
        find: "return { status: 1, line: explainDatabase(error) }",
        replace: "return { status: 1, line: error === undefined ? explainDatabase(error) : null }",
      },
    ],
    caughtBy: { file: "test/cli/database-errors.test.ts", test: "where the role may not create tables" },
  },
  {
    name: "commands: verify migrates the schema",
    edits: [
      {
        file: "src/cli/database.ts",
        find: "    await check(database.views)\n",
        replace:
          '    const { migrate } = await import("../store/upkeep/migrate.ts")\n    await migrate(url)\n    void check\n',
      },
    ],
    caughtBy: { file: "test/cli/commands.test.ts", test: "commands refuse a schema" },
  },
  {
    name: "embedded: a server that has ended by itself stays away",
    edits: [
      {
        file: "src/embedded/keep-running.ts",
        find: "if (!runs) await startAgain()",
        replace: "if (!runs) void startAgain",
      },
    ],
    caughtBy: {
      file: "test/embedded/embedded-postgres.test.ts",
      test: "says once a minute why its server does not start",
    },
  },
  {
    name: "log: the members of a line stand in all later lines",
    edits: [
      {
        file: "src/base/log.ts",
        find: "more === noMembers ? own : { ...more, ...own }",
        replace: "Object.assign(leaked, more, own)",
      },
      {
        file: "src/base/log.ts",
        find: "const noMembers = Object.freeze({})",
        replace: "const leaked = {}\nconst noMembers = Object.freeze({})",
      },
    ],
    caughtBy: { file: "test/base/log.test.ts", test: "none of the lines before" },
  },
  {
    name: "statements: two have the same name",
    edits: [{ file: "src/store/reads/clock-skew.ts", find: '"read-clock-skew"', replace: '"read-clock"' }],
    caughtBy: { file: "test/store/statement-names.test.ts", test: "no two statements have the same name" },
  },
  {
    name: "pooler: one in transaction mode is taken for one in session mode",
    edits: [
      { file: "src/store/connection.ts", find: "if (pooled.has(pid)) {", replace: "if (pooled.has(-1)) {" },
    ],
    caughtBy: { file: "test/faults/pooler.test.ts", test: "in transaction mode" },
  },
  {
    name: "shops: one takes the tables of another in the same database for its own",
    edits: [
      {
        file: "src/store/upkeep/migrator.ts",
        find: "from pg_tables where schemaname = current_schema()",
        replace: "from pg_tables",
      },
    ],
    caughtBy: { file: "test/cli/several-shops.test.ts", test: "sell side by side" },
  },
  {
    name: "shops: those in one database wait for each other's mails",
    edits: [
      {
        file: "src/store/queues/mail-queue.ts",
        find: "hashtext(current_schema() || ' ' || ",
        replace: "hashtext('' || ",
      },
    ],
    caughtBy: { file: "test/cli/several-shops.test.ts", test: "mail links to one address" },
  },
  {
    name: "shops: a session in another schema is taken",
    edits: [
      {
        file: "src/store/session.ts",
        find: "return path === null ? ours : [",
        replace: "return path !== undefined ? ours : [",
      },
    ],
    caughtBy: { file: "test/store/session.test.ts", test: "another schema than that of DATABASE_URL" },
  },
  {
    name: "commands: a version sells on any newer schema",
    edits: [
      {
        file: "src/store/upkeep/schema.ts",
        find: "missing.length === 0 && known.some(({ name }) => name === migratedBy?.needs)",
        replace: "missing.length === 0 && (known.length > 0 || migratedBy === null)",
      },
    ],
    caughtBy: { file: "test/cli/schema-versions.test.ts", test: "migrate status ends with 1" },
  },
  {
    name: "commands: a migration replaces the note of a newer version",
    edits: [
      {
        file: "src/store/upkeep/schema.ts",
        find: 'where (select max(name collate "C") from kysely_migration) = $3',
        replace: "where $3::text is not null",
      },
    ],
    caughtBy: { file: "test/cli/schema-versions.test.ts", test: "does not replace the note of a newer one" },
  },
  {
    name: "doctor: a shop in which buyers cannot pay is found sound",
    edits: [
      {
        file: "src/cli/doctor-selling.ts",
        find: 'ok: false,\n      found: "buyers cannot pay',
        replace: 'ok: true,\n      found: "buyers cannot pay',
      },
    ],
    caughtBy: { file: "test/cli/doctor-selling.test.ts", test: "judges whether buyers can pay" },
  },
  {
    name: "doctor: the demonstration product may be sold to real buyers",
    edits: [
      {
        file: "src/cli/doctor-selling.ts",
        find: "    demonstrationFinding(demonstration),\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/cli/doctor-selling.test.ts", test: "products without a limit" },
  },
  {
    name: "serve: missing pages are not reported at the start",
    edits: [
      {
        file: "src/cli/serve.ts",
        find: "  if (!hasPages()) log.warn(`${MISSING_PAGES}.`)\n",
        replace: "  void [hasPages, MISSING_PAGES]\n",
      },
    ],
    caughtBy: { file: "test/cli/doctor-selling.test.ts", test: "without built pages" },
  },
]
