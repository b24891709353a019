import type { Mutant } from "./mutants.ts"

const figures = "src/store/reads/sale-figures.ts"
const memory = "src/store/reads/sale-figures-memory.ts"
const courses = "src/store/reads/sale-courses.ts"
const history = "web/admin/sale-history.ts"
const figuresTest = "test/http/sale-figures.test.ts"
const memoryTest = "test/store/sale-figures-memory.test.ts"
const coursesTest = "test/store/sale-courses.test.ts"
const historyTest = "test/web/sale-history.test.ts"
const alerting = "src/worker/alerting.ts"
const alertingTest = "test/worker/alerting.test.ts"

/** Bugs in what the live screen of a sale shows of its money and of its last minutes, and in alerts. */
export const liveScreenMutants: readonly Mutant[] = [
  {
    name: "live screen: money above an order's total, which goes back by itself, is taken off the revenue",
    edits: [
      {
        file: figures,
        find: "sum(greatest(0, refunded_minor - greatest(0, amount_minor - total_minor))) as refunded",
        replace: "sum(refunded_minor) as refunded",
      },
    ],
    caughtBy: { file: figuresTest, test: "what became of all holds" },
  },
  {
    name: "live screen: orders of other currencies are added to the revenue",
    edits: [
      {
        file: "src/http/wire/sale-figures.ts",
        find: "figures.revenue.find((one) => one.currency === currency) ?? nothing",
        replace: "figures.revenue[0] ?? nothing",
      },
    ],
    caughtBy: { file: figuresTest, test: "are told apart" },
  },
  {
    name: "live screen: holds that may have been removed are not missed",
    edits: [{ file: figures, find: "coalesce($2 = 0 or", replace: "coalesce($2 >= 0 or" }],
    caughtBy: { file: figuresTest, test: "make the number of holds incomplete" },
  },
  {
    name: "live screen: every request counts the sale",
    edits: [{ file: memory, find: " && clock() >= memory.notBefore", replace: "" }],
    caughtBy: { file: memoryTest, test: "five seconds are over" },
  },
  {
    name: "live screen: a sale in which nothing happens is counted every five seconds",
    edits: [{ file: memory, find: "memory.version !== version && ", replace: "" }],
    caughtBy: { file: memoryTest, test: "has not changed" },
  },
  {
    name: "live screen: counts of a large database follow each other every five seconds",
    edits: [
      {
        file: memory,
        find: "Math.max(PAUSE_MS, PAUSE_TIMES * (clock() - startedAt))",
        replace: "PAUSE_MS",
      },
    ],
    caughtBy: { file: memoryTest, test: "nineteen times" },
  },
  {
    name: "live screen: all watched sales are counted at once",
    edits: [{ file: memory, find: "last.then(() => count(id, memory))", replace: "count(id, memory)" }],
    caughtBy: { file: memoryTest, test: "one after the other" },
  },
  {
    name: "live screen: a sale is sampled for ever after one look",
    edits: [{ file: courses, find: "until > clock()).map", replace: "until > 0).map" }],
    caughtBy: { file: coursesTest, test: "while nobody watches" },
  },
  {
    name: "live screen: the samples of a watched sale grow without end",
    edits: [{ file: courses, find: "if (samples.length > MOST_SAMPLES) samples.shift()", replace: "" }],
    caughtBy: { file: coursesTest, test: "the last 900 samples" },
  },
  {
    name: "live screen: what the page has seen itself is drawn again from the course",
    edits: [
      {
        file: history,
        find: "if (before !== undefined && before.at >= sample.at) return history",
        replace: "if (before !== undefined && before.at === sample.at) return history",
      },
    ],
    caughtBy: { file: historyTest, test: "only what the page has not seen" },
  },
  {
    name: "alerts: each look at a violated invariant tells it again",
    edits: [
      {
        file: "src/store/reads/alerts.ts",
        find: 'xmax = 0 as "isNew"',
        replace: 'true as "isNew"',
      },
    ],
    caughtBy: { file: alertingTest, test: "that comes and goes" },
  },
  {
    name: "alerts: what another process has noticed ends at the next look",
    edits: [
      {
        file: alerting,
        find: 'alerts.endUnseen("database", QUIET_MS)',
        replace: 'alerts.endUnseen("database", 0)',
      },
    ],
    caughtBy: { file: alertingTest, test: "what any process notices about the database" },
  },
  {
    name: "alerts: there is no quiet time",
    edits: [{ file: alerting, find: "const QUIET_MS = 10 * MINUTE_MS", replace: "const QUIET_MS = 0" }],
    caughtBy: { file: alertingTest, test: "that comes and goes" },
  },
  {
    name: "alerts: the installation is looked at while nobody receives alerts",
    edits: [
      {
        file: "src/store/reads/alerts.ts",
        find: "(types is null or types && '{alert.raised,alert.ended}')",
        replace: "true",
      },
    ],
    caughtBy: { file: alertingTest, test: "nothing is looked at" },
  },
  {
    name: "alerts: every refund that is under way is an alert",
    edits: [{ file: alerting, find: "lastedMs >= afterMs", replace: "afterMs >= 0" }],
    caughtBy: { file: alertingTest, test: "after half a minute" },
  },
  {
    name: "live screen: the other processes of a port keep no course",
    edits: [
      { file: "src/cli/serve-child.ts", find: "      app.engine.courses.watch(productIds)\n", replace: "" },
    ],
    caughtBy: { file: "test/faults/several-processes.test.ts", test: "whichever answers" },
  },
]
