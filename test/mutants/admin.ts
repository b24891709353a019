import type { Mutant } from "./mutants.ts"

const session = "test/http/admin-session.test.ts"
const actions = "test/http/admin-actions.test.ts"
const auth = "src/http/access/auth.ts"

/** Bugs in the guards of the control room. */
export const adminMutants: readonly Mutant[] = [
  {
    name: "control room: a time that cannot be parsed counts as an empty field",
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
    name: "control room: a value that cannot be parsed is saved as an empty field",
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
    name: 'control room: clearing "Opens" opens a scheduled sale without confirmation',
    edits: [
      {
        file: "web/admin/settings-risk.ts",
        find: 'if (product.sale_state === "scheduled") return openRisk(product, changes)',
        replace: 'if (product.sale_state === "scheduled") return null',
      },
    ],
    caughtBy: { file: "test/web/settings-risk.test.ts", test: "while the sale is" },
  },
  {
    name: "control room: the session cookie is accepted from other sites",
    edits: [
      {
        file: auth,
        find: `if (senderOf(request) === "own page")`,
        replace: "if (true)",
      },
    ],
    caughtBy: { file: session, test: "changes a product" },
  },
  {
    name: "control room: the session cookie is accepted without Sec-Fetch-Site or Origin",
    edits: [
      {
        file: auth,
        find: `senderOf(request) === "own page"`,
        replace: `senderOf(request) !== "foreign page"`,
      },
    ],
    caughtBy: { file: session, test: "without headers that show its page" },
  },
  {
    name: "control room: Origin is trusted although Sec-Fetch-Site contradicts it",
    edits: [
      {
        file: "src/http/access/own-page.ts",
        find: `  if (site !== undefined) return`,
        replace: `  if (site !== undefined && headers.origin === undefined) return`,
      },
    ],
    caughtBy: { file: session, test: "with a forged Origin" },
  },
  {
    name: "control room: a session cookie's signature is not checked",
    edits: [
      {
        file: "src/http/access/admin-session.ts",
        find: "return isGenuine && now()",
        replace: "return now()",
      },
    ],
    caughtBy: { file: session, test: "cannot be extended" },
  },
  {
    name: "control room: a session does not expire",
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
    caughtBy: { file: session, test: "is invalid under another admin token" },
  },
  {
    name: "control room: sign-in accepts any token",
    edits: [
      { file: auth, find: "if (isAdminToken(token)) return { ...sessions", replace: "return { ...sessions" },
    ],
    caughtBy: { file: session, test: "with a wrong token" },
  },
  {
    name: "control room: wrong tokens are not counted",
    edits: [
      {
        file: "src/http/routes/admin/control-room/sign-in.ts",
        find: "await wrongTokens.take(network)",
        replace: "0",
      },
    ],
    caughtBy: { file: session, test: "with a wrong token" },
  },
  {
    name: "control room: sign-in redirects to any address",
    edits: [
      {
        file: "src/http/routes/admin/control-room/own-paths.ts",
        find: String.raw`/^\/admin(?:\/[\w-]+)*$/.test(path) ? path`,
        replace: "true ? path",
      },
    ],
    caughtBy: { file: session, test: "never to another site" },
  },
  {
    name: "control room: a change waits for its audit row",
    edits: [
      {
        file: "src/http/access/admin-area.ts",
        find: "    done(null, payload)\n",
        replace: "    void audit.settled().then(() => setTimeout(() => done(null, payload), 31_000))\n",
      },
    ],
    caughtBy: { file: actions, test: "does not wait for its record" },
  },
  {
    name: "control room: audit rows contain secrets",
    edits: [
      { file: "src/http/access/audit.ts", find: `if (unkept.has(name)) return "not kept"`, replace: "" },
    ],
    caughtBy: { file: actions, test: "contains no secrets" },
  },
  {
    name: "control room: a stop does not wait for audit rows",
    edits: [
      {
        file: "src/http/server.ts",
        find: `  app.addHook("onClose", () => services.audit.settled())\n`,
        replace: "",
      },
    ],
    caughtBy: { file: actions, test: "stopping does" },
  },
  {
    name: "control room: audit rows are written concurrently",
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
    name: "control room: a request's body is audited before validation",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: "begun.set(request, { way, operatorId, operatorName, content: null })",
        replace:
          "begun.set(request, { way, operatorId, operatorName, get content() { return recordedBody(request.body) }, set content(_) {} })",
      },
    ],
    caughtBy: { file: actions, test: "no body that does not match the schema" },
  },
  {
    name: "control room: a customer's name can be a spreadsheet formula",
    edits: [{ file: "src/http/wire/csv.ts", find: " ? `'${value}` : value", replace: " ? value : value" }],
    caughtBy: { file: "test/http/admin-live.test.ts", test: "csvLine" },
  },
  {
    name: "control room: invariants are shown as intact before the first recount",
    edits: [
      {
        file: "src/metrics/totals.ts",
        find: "return seconds === 0 ? null :",
        replace: "return seconds < 0 ? null :",
      },
    ],
    caughtBy: { file: "test/http/admin-live.test.ts", test: "before the first recount" },
  },
  {
    name: "control room: a page of another site can sign a visitor in",
    edits: [
      {
        file: "src/http/routes/admin/control-room/control-room-routes.ts",
        find: `!isReading(request) && senderOf(request) === "foreign page"`,
        replace: "false",
      },
    ],
    caughtBy: { file: session, test: "from a page of another origin" },
  },
  {
    name: "control room: a sale that is paused before it opens is not shown as paused",
    edits: [
      {
        file: "src/http/routes/admin/control-room/show-live-sale.ts",
        find: "paused: view.product.paused",
        replace: "paused: false",
      },
    ],
    caughtBy: { file: "test/http/admin-live.test.ts", test: "a pause is reported" },
  },
  {
    name: "pages: the directory of built files is 403 instead of 404",
    edits: [
      {
        file: "src/http/transport/errors.ts",
        find: `  if (status === 403) return { code: "route_not_found" }\n`,
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/pages.test.ts", test: "is not served as a file" },
  },
  {
    name: "control room: each address of an IPv6 network has its own limit of wrong tokens",
    edits: [
      {
        file: "src/http/routes/admin/control-room/sign-in.ts",
        find: "const network = networkOf(request)",
        replace: "const network = request.ip",
      },
    ],
    caughtBy: { file: session, test: "several addresses of one IPv6 network" },
  },
  {
    name: "control room: concurrent wrong tokens are checked before they are counted",
    edits: [
      {
        file: "src/limits/attempt-limit.ts",
        find: "      window.count += 1\n      const total",
        replace:
          "      await new Promise((resolve) => setTimeout(resolve, 50))\n      window.count += 1\n      const total",
      },
    ],
    caughtBy: { file: session, test: "when they are sent at once" },
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
    caughtBy: { file: "test/metrics/watched-holds.test.ts", test: "that no live screen shows" },
  },
  {
    name: "control room: the number of products with counted holds is unlimited",
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
    name: "control room: processes forward forwarded messages without end",
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
    name: "control room: other processes are not told which product is watched",
    edits: [{ file: "src/processes/child.ts", find: "    duties.watch(watched)\n", replace: "" }],
    caughtBy: { file: "test/faults/several-processes.test.ts", test: "metrics are those of all processes" },
  },
  {
    name: "control room: anyone may cancel orders and release holds as the shop",
    edits: [
      {
        file: "src/http/routes/admin/admin-routes.ts",
        find: "    admitAdminsOnly(admin, services)\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/admin-endings.test.ts", test: "only the shop can use these routes" },
  },
  {
    name: "control room: a session may use buyers' routes, which are not audited",
    edits: [
      {
        file: "src/http/access/auth.ts",
        find: '!request.url.startsWith("/api/admin/")',
        replace: "request.url === null",
      },
    ],
    caughtBy: { file: "test/http/admin-session.test.ts", test: "through the buyers' routes" },
  },
  {
    name: "activity: the record of a mailbox has its address as null",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: 'return origin === "null" ? `${protocol}…` : origin',
        replace: "return protocol === null ? `${protocol}…` : origin",
      },
    ],
    caughtBy: { file: "test/http/admin-actions.test.ts", test: "says of a mailbox that it is one" },
  },
  {
    name: "admin: the form says what the last choice of customers needs, whatever is chosen",
    edits: [
      {
        file: "web/admin/product-form.tsx",
        find: "customerHint(texts.customer.value)",
        replace: 'customerHint("email")',
      },
    ],
    caughtBy: { file: "test/e2e/admin-forms.test.ts", test: "what the chosen customers need" },
  },
]
