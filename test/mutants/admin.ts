import type { Mutant } from "./mutants.ts"

const session = "test/http/admin-session.test.ts"
const actions = "test/http/admin-actions.test.ts"
const auth = "src/http/access/auth.ts"

/** The guards of the control room, taken away. */
export const adminMutants: readonly Mutant[] = [
  {
    name: "control room: a time that cannot be read is none",
    edits: [
      {
        file: "web/admin/form-values.ts",
        find: "  if (!(year >= 1970 && year <= 9998)) return unreadable(DATE_FAULT)",
        replace: "  if (!(year >= 1970 && year <= 9998)) return empty",
      },
    ],
    caughtBy: { file: "test/web/form-values.test.ts", test: "becomes neither null nor a value" },
  },
  {
    name: "control room: what cannot be read is saved as an empty field",
    edits: [
      {
        file: "web/admin/form-values.ts",
        find: '  return reading.kind === "empty" ? null : reading.value',
        replace: '  return reading.kind === "value" ? reading.value : null',
      },
      {
        file: "web/admin/form-values.ts",
        find: '  if (reading.kind === "unreadable") throw new Error(`${reading.fault} Nothing was saved.`)\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/web/form-values.test.ts", test: "becomes neither null nor a value" },
  },
  {
    name: "control room: a scheduled sale opens without a question",
    edits: [
      {
        file: "web/admin/settings-risk.ts",
        find: 'if (product.sale_state === "scheduled") return openRisk(product, changes)',
        replace: 'if (product.sale_state === "scheduled") return null',
      },
    ],
    caughtBy: { file: "test/web/settings-risk.test.ts", test: "while it is" },
  },
  {
    name: "control room: a session counts wherever the request comes from",
    edits: [
      {
        file: auth,
        find: `if (senderOf(request) === "own page")`,
        replace: "if (true)",
      },
    ],
    caughtBy: { file: session, test: "changes something" },
  },
  {
    name: "control room: a session counts where no browser says that the page is ours",
    edits: [
      {
        file: auth,
        find: `senderOf(request) === "own page"`,
        replace: `senderOf(request) !== "foreign page"`,
      },
    ],
    caughtBy: { file: session, test: "from nowhere that is named" },
  },
  {
    name: "control room: an origin is believed against what the browser says of the site",
    edits: [
      {
        file: "src/http/access/own-page.ts",
        find: `  if (site !== undefined) return`,
        replace: `  if (site !== undefined && headers.origin === undefined) return`,
      },
    ],
    caughtBy: { file: session, test: "our origin made up" },
  },
  {
    name: "control room: any signature makes a session",
    edits: [
      {
        file: "src/http/access/admin-session.ts",
        find: "return isGenuine && now()",
        replace: "return now()",
      },
    ],
    caughtBy: { file: session, test: "cannot be made longer" },
  },
  {
    name: "control room: a session never ends",
    edits: [
      {
        file: "src/http/access/admin-session.ts",
        find: "isGenuine && now() < Number(end) * 1_000",
        replace: "isGenuine",
      },
    ],
    caughtBy: { file: session, test: "twelve hours" },
  },
  {
    name: "control room: sessions outlive the admin token",
    edits: [
      {
        file: "src/http/access/admin-session.ts",
        find: "admin session\\n${adminToken}",
        replace: "admin session",
      },
    ],
    caughtBy: { file: session, test: "carried to another token" },
  },
  {
    name: "control room: any token signs in",
    edits: [
      { file: auth, find: "(isAdminToken(token) ? sessions.begin() : null)", replace: "sessions.begin()" },
    ],
    caughtBy: { file: session, test: "with another token" },
  },
  {
    name: "control room: wrong tokens are not counted",
    edits: [
      {
        file: "src/http/routes/admin/admin-pages.ts",
        find: "          wrongTokens.note(network)\n",
        replace: "",
      },
    ],
    caughtBy: { file: session, test: "with another token" },
  },
  {
    name: "control room: a form leads anywhere after signing in",
    edits: [
      {
        file: "src/http/routes/admin/admin-pages.ts",
        find: String.raw`/^\/admin(?:\/[\w-]+)*$/.test(path) ? path`,
        replace: "true ? path",
      },
    ],
    caughtBy: { file: session, test: "no other site" },
  },
  {
    name: "control room: a change waits until it is kept",
    edits: [
      {
        file: "src/http/access/admin-area.ts",
        find: "    done(null, payload)\n",
        replace: "    void audit.settled().then(() => setTimeout(() => done(null, payload), 31_000))\n",
      },
    ],
    caughtBy: { file: actions, test: "waits for nothing" },
  },
  {
    name: "control room: secrets are kept with what was done",
    edits: [
      { file: "src/http/access/audit.ts", find: `if (name === "secret") return "not kept"`, replace: "" },
    ],
    caughtBy: { file: actions, test: "without secrets" },
  },
  {
    name: "control room: a stop does not wait for what is being kept",
    edits: [
      {
        file: "src/http/server.ts",
        find: `  app.addHook("onClose", () => services.audit.settled())\n`,
        replace: "",
      },
    ],
    caughtBy: { file: actions, test: "a stop does" },
  },
  {
    name: "control room: what the shop does is written side by side",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: "lastWritten = lastWritten.then(() => write(action))",
        replace: "lastWritten = write(action)",
      },
    ],
    caughtBy: { file: actions, test: "in the order of their answers" },
  },
  {
    name: "control room: what a request said is kept before it is understood",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: "void begun.set(request, { way, content: null })",
        replace:
          "void begun.set(request, { way, get content() { return essenceOf(request.body) }, set content(_) {} })",
      },
    ],
    caughtBy: { file: actions, test: "nobody could understand" },
  },
  {
    name: "control room: a spreadsheet runs what a customer is called",
    edits: [{ file: "src/http/wire/csv.ts", find: " ? `'${value}` : value", replace: " ? value : value" }],
    caughtBy: { file: "test/http/admin-live.test.ts", test: "a line of CSV" },
  },
  {
    name: "control room: invariants count as whole before anybody has recounted",
    edits: [
      {
        file: "src/metrics/totals.ts",
        find: "return seconds === 0 ? null :",
        replace: "return seconds < 0 ? null :",
      },
    ],
    caughtBy: { file: "test/http/admin-live.test.ts", test: "nothing is claimed" },
  },
  {
    name: "control room: a foreign page signs a visitor in",
    edits: [
      {
        file: "src/http/routes/admin/admin-pages.ts",
        find: `!isReading(request) && senderOf(request) === "foreign page"`,
        replace: "false",
      },
    ],
    caughtBy: { file: session, test: "by a foreign page" },
  },
  {
    name: "control room: nobody is told that a sale is paused before it opens",
    edits: [
      {
        file: "src/http/routes/admin/admin-live.ts",
        find: "paused: view.product.paused",
        replace: "paused: false",
      },
    ],
    caughtBy: { file: "test/http/admin-live.test.ts", test: "a pause is told" },
  },
  {
    name: "pages: the directory of built files is something that cannot be read, instead of nothing",
    edits: [
      {
        file: "src/http/transport/errors.ts",
        find: `  if (status === 403) return { code: "route_not_found" }\n`,
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/pages.test.ts", test: "is no file" },
  },
  {
    name: "control room: each address of a network of IPv6 has guesses of its own",
    edits: [
      {
        file: "src/http/routes/admin/admin-pages.ts",
        find: "const network = networkOf(request)",
        replace: "const network = request.ip",
      },
    ],
    caughtBy: { file: session, test: "the many addresses of a line" },
  },
  {
    name: "control room: guesses are looked at before those of the same moment are counted",
    edits: [
      {
        file: "src/http/routes/admin/admin-pages.ts",
        find: "        const session = gatekeeper.signIn(token)\n",
        replace:
          "        await new Promise((resolve) => setTimeout(resolve, 50))\n        const session = gatekeeper.signIn(token)\n",
      },
    ],
    caughtBy: { file: session, test: "all of them at once" },
  },
  {
    name: "control room: holds of every product are counted by product",
    edits: [
      {
        file: "src/metrics/watched-holds.ts",
        find: "const counts = watched.get(productId)?.counts\n",
        replace: `if (!watched.has(productId)) this.watch(productId, "here")\n      const counts = watched.get(productId)?.counts\n`,
      },
    ],
    caughtBy: { file: "test/metrics/watched-holds.test.ts", test: "what nobody looks at is not counted" },
  },
  {
    name: "control room: there is no bound to the products whose holds are counted",
    edits: [
      {
        file: "src/metrics/watched-holds.ts",
        find: "until > clock() && watched.size <= MOST_PRODUCTS",
        replace: "until > clock()",
      },
    ],
    caughtBy: { file: "test/metrics/watched-holds.test.ts", test: "twenty are counted" },
  },
  {
    name: "control room: processes tell each other what they were told, for ever",
    edits: [
      {
        file: "src/metrics/watched-holds.ts",
        find: `way === "here" ? until : (known?.hereUntil ?? 0)`,
        replace: "until",
      },
    ],
    caughtBy: { file: "test/metrics/watched-holds.test.ts", test: "not passed on" },
  },
  {
    name: "control room: other processes do not hear which sale is looked at",
    edits: [{ file: "src/processes/child.ts", find: "    duties.watch(watched)\n", replace: "" }],
    caughtBy: { file: "test/faults/several-processes.test.ts", test: "metrics are those of all processes" },
  },
  {
    name: "control room: anybody ends what the shop may end",
    edits: [
      {
        file: "src/http/routes/admin/admin-endings.ts",
        find: "    admitAdminsOnly(admin, services)\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/admin-endings.test.ts", test: "nobody but the shop does so" },
  },
  {
    name: "control room: a session changes what buyers' routes change, and nothing keeps it",
    edits: [
      {
        file: "src/http/access/auth.ts",
        find: '!request.url.startsWith("/api/admin/")',
        replace: "request.url === null",
      },
    ],
    caughtBy: { file: "test/http/admin-session.test.ts", test: "through buyers' routes" },
  },
]
