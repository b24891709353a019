import { adminMutants } from "./admin.ts"
import { clientMutants } from "./client.ts"
import { contractMutants } from "./contract.ts"
import { interleavingMutants } from "./interleavings.ts"
import { modelMutants } from "./model.ts"
import { guardMutants } from "./guards.ts"
import { moneyMutants } from "./money.ts"
import { historyMutants } from "./history.ts"
import { outgoingMutants } from "./outgoing.ts"
import { streamMutants } from "./streams.ts"

/** One bug on purpose, and the test that has to notice it. */
export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  /** A test file and, where that has more than one test, words of the test's name. */
  readonly caughtBy: { readonly file: string; readonly test?: string }
}

export interface Edit {
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
}

const withoutLock: Edit = {
  file: "src/store/load.ts",
  find: "         limit 1\n           for update\n",
  replace: "         limit 1\n",
}

const withoutVersionGuard: Edit = {
  file: "src/store/save-product.ts",
  find: "version = case when version = $2 then $6::bigint end",
  replace: "version = case when version = $2 or true then $6::bigint end",
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

const processes = "test/faults/several-processes.test.ts"

const race = { file: "test/race/race.test.ts", test: "two servers" }
const endings = { file: "test/race/endings.test.ts" }

/** Every guard against overselling, double endings and lost effects, taken away. */
export const mutants: readonly Mutant[] = [
  { name: "the product row is not locked", edits: [withoutLock], caughtBy: race },
  {
    name: "the row is not locked and the version is not compared",
    edits: [withoutLock, withoutVersionGuard],
    caughtBy: race,
  },
  {
    name: "the core does not look at the stock; the CHECK stops it",
    edits: [withoutStockRule],
    caughtBy: race,
  },
  {
    name: "neither the core nor a CHECK looks at the stock",
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
    name: "a hold past its end can still be ordered",
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
    name: "returned units do not come back",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "changeLoadedProduct(state, { held: product.held - qty })",
        replace: "changeLoadedProduct(state, { held: product.held })",
      },
    ],
    caughtBy: endings,
  },
  {
    name: "a batch is answered before its commit",
    edits: [
      {
        file: "src/store/product-store.ts",
        find: "  const results = await Promise.allSettled([...writes, committed])\n",
        replace:
          "  void Promise.allSettled([...writes, committed])\n  const results: PromiseSettledResult<void>[] = []\n",
      },
    ],
    caughtBy: { file: "test/faults/commit-faults.test.ts", test: "after the commit" },
  },
  {
    name: "a product's row that is not where it was locked is left as it is",
    edits: [
      {
        file: "src/store/save-product.ts",
        find: "select 1 / count(*) as saved",
        replace: "select count(*) as saved",
      },
    ],
    caughtBy: { file: "test/store/guards.test.ts", test: "moved away" },
  },
  {
    name: "the oldest version of a product's row is looked at first",
    edits: [
      {
        file: "src/store/load.ts",
        find: "         order by id desc\n         limit 1\n",
        replace: "         limit 1\n",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "newest version" },
  },
  {
    name: "groups: a product that is locked is waited for",
    edits: [
      {
        file: "src/store/load.ts",
        find: "           for update skip locked",
        replace: "           for update",
      },
    ],
    caughtBy: { file: "test/store/together.test.ts", test: "nobody waits for it" },
  },
  {
    name: "groups: nothing guards the version of several products",
    edits: [
      {
        file: "src/store/save-product.ts",
        find: "case when products.version = p.loaded_version then p.version end",
        replace: "p.version",
      },
    ],
    caughtBy: { file: "test/store/together.test.ts", test: "moved on" },
  },
  {
    name: "groups: an unknown commit is repeated without a look",
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
    name: "groups: who was left out is never heard again",
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
    name: "an unknown commit is taken for done",
    edits: [
      {
        file: "src/lanes/batch.ts",
        find: "if (await this.#store.wasCommitted(this.#unknown.state)) return this.#unknown",
        replace: "if (this.#unknown !== null) return this.#unknown",
      },
    ],
    caughtBy: { file: "test/faults/commit-faults.test.ts", test: "terminated" },
  },
  {
    name: "an unknown commit is repeated without a look",
    edits: [
      {
        file: "src/lanes/batch.ts",
        find: "if (await this.#store.wasCommitted(this.#unknown.state)) return this.#unknown",
        replace: "",
      },
    ],
    caughtBy: { file: "test/faults/commit-faults.test.ts", test: "not repeated" },
  },
  {
    name: "a hold that has ended can end again, were the core to ask for it",
    edits: [
      {
        file: "src/store/save-holds.ts",
        find: "set status = case when status = 'active' then $3 end,",
        replace: "set status = $3,",
      },
    ],
    caughtBy: { file: "test/store/guards.test.ts" },
  },
  {
    name: "one condition looks for events by key and by order",
    edits: [
      {
        file: "src/store/load-money.ts",
        find: "          and (provider, key) in (select * from unnest($1::text[], $2::text[])))\n      union",
        replace:
          "          and (provider, key) in (select * from unnest($1::text[], $2::text[])) or order_id = any($3))\n      union",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts" },
  },
  {
    name: "a stopping server waits for ever for half a request",
    edits: [
      {
        file: "src/app.ts",
        find: "server.server.closeAllConnections()",
        replace: "undefined",
      },
    ],
    caughtBy: { file: "test/faults/process-faults.test.ts", test: "stops in order all the same" },
  },
  {
    name: "the gate never heals",
    edits: [
      { file: "src/lanes/gate.ts", find: "if (now >= memory.until) {", replace: "if (now < 0) {" },
      { file: "src/lanes/gate.ts", find: "if (now >= memory.nextProbe) {", replace: "if (now < 0) {" },
    ],
    caughtBy: { file: "test/race/gate.test.ts", test: "granted again within a second" },
  },
  {
    name: "the gate remembers from the commit on, however long that took",
    edits: [
      {
        file: "src/lanes/gate.ts",
        find: "const at = clock() - ageMs",
        replace: "const at = clock() + 0 * ageMs",
      },
    ],
    caughtBy: { file: "test/lanes/gate.test.ts", test: "from when its batch began" },
  },
  {
    name: "every request under a key is taken for its first attempt",
    edits: [
      {
        file: "src/http/routes/holds.ts",
        find: "key !== undefined && attempt !== FIRST_ATTEMPT",
        replace: "key === undefined && attempt === FIRST_ATTEMPT",
      },
    ],
    caughtBy: { file: "test/http/idempotency.test.ts", test: "a later one is looked for" },
  },
  {
    name: "a full disk is taken for a fault of the request",
    edits: [{ file: "src/store/errors.ts", find: ' || code.startsWith("53")', replace: "" }],
    caughtBy: { file: "test/faults/refusing-database.test.ts", test: "a database that always answers with" },
  },
  {
    name: "a query on a silent connection waits for ever",
    edits: [{ file: "src/store/pool.ts", find: "query_timeout: STATEMENT_TIMEOUT_MS + 1_000,", replace: "" }],
    caughtBy: { file: "test/faults/broken-way.test.ts", test: "go silent for good" },
  },
  {
    name: "clients that do not read are never cut off",
    edits: [
      {
        file: "src/http/slow-readers.ts",
        find: "socket.writableLength > 0",
        replace: "socket.writableLength < 0",
      },
    ],
    caughtBy: { file: "test/http/slow-readers.test.ts", test: "reads nothing of its answer" },
  },
  {
    name: "the gate is not told of freed units",
    edits: [{ file: "src/lanes/gate.ts", find: "memories.delete(product.id)", replace: "void product.id" }],
    caughtBy: { file: "test/lanes/gate.test.ts", test: "is forgotten at once" },
  },
  {
    name: "the end of a connection in use is not listened to",
    edits: [
      {
        file: "src/store/pool.ts",
        find: '    pool.on("connect", (client) => client.on("error", () => undefined))\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/faults/database-faults.test.ts", test: "stopped" },
  },
  {
    name: "a stopping server closes its socket at once",
    edits: [{ file: "src/app.ts", find: "    await arrivals.ended()\n", replace: "" }],
    caughtBy: { file: "test/faults/process-faults.test.ts", test: "SIGTERM" },
  },
  {
    name: "retention removes converted holds",
    edits: [
      {
        file: "src/store/retention.ts",
        find: "         where stretch.status in ('expired', 'released')\n",
        replace: "         where stretch.status <> 'active'\n",
      },
      {
        file: "src/store/retention.ts",
        find: "           and holds.status in ('expired', 'released')\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts" },
  },
  {
    name: "retention removes what ended lately",
    edits: [
      {
        file: "src/store/retention.ts",
        find: "           and stretch.ended_at < (select at from horizon)\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts" },
  },
  {
    name: "retention removes events that speak of money",
    edits: [
      {
        file: "src/store/retention.ts",
        find: "         where stretch.kind in ('failed', 'cancelled')\n           and stretch",
        replace: "         where stretch",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts" },
  },
  {
    name: "retention removes the event of a payment",
    edits: [
      { file: "src/store/retention.ts", find: "and not exists (", replace: "and (true or not exists (" },
      {
        file: "src/store/retention.ts",
        find: "and payments.event_key = stretch.key)\n",
        replace: "and payments.event_key = stretch.key))\n",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts" },
  },
  {
    name: "retention waits for rows that another process removes",
    edits: [
      {
        file: "src/store/retention.ts",
        find: "           for update of holds skip locked\n",
        replace: "           for update of holds\n",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts", test: "passed over" },
  },
  {
    name: "a retention pass ends at the first young stretch",
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
    name: "the planner may read growing tables whole",
    edits: [
      {
        file: "src/store/pool.ts",
        find: '"-c enable_seqscan=off"',
        replace: '"-c enable_seqscan=on"',
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "whatever the planner believes" },
  },
  {
    name: "the planner may read all rows of a product",
    edits: [
      {
        file: "src/store/save-holds.ts",
        find: "       where product_id = $1\n         and id = any($2::bigint[])`,\n    values: [productId, numbers(holds",
        replace:
          "       where product_id = $1\n         and array_position($2::bigint[], id) > 0`,\n    values: [productId, numbers(holds",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "whatever the planner believes" },
  },
  {
    name: "no room is asked for those who wait to be accepted",
    edits: [{ file: "src/listeners.ts", find: "const BACKLOG = 65_535", replace: "const BACKLOG = 511" }],
    caughtBy: { file: "test/listeners.test.ts", test: "finds room" },
  },
  {
    name: "one listener lets one connection in at a time",
    edits: [{ file: "src/listeners.ts", find: "const LISTENERS = 64", replace: "const LISTENERS = 1" }],
    caughtBy: { file: "test/listeners.test.ts", test: "comes in by many" },
  },
  {
    name: "a port is shared with whoever comes",
    edits: [{ file: "src/listeners.ts", find: "  await checkAddress({ host, port })\n", replace: "" }],
    caughtBy: { file: "test/listeners.test.ts", test: "not shared" },
  },
  {
    name: "processes: neither a lock nor a version keeps two of them apart",
    edits: [withoutLock, withoutVersionGuard],
    caughtBy: { file: "test/race/processes.test.ts" },
  },
  {
    name: "processes: they end on the spot when the first one dies",
    edits: [
      {
        file: "src/processes/child.ts",
        find: "cluster.worker.exitedAfterDisconnect = true",
        replace: "cluster.worker.exitedAfterDisconnect = false",
      },
    ],
    caughtBy: { file: processes, test: "SIGKILL of the first" },
  },
  {
    name: "processes: a dead one is not replaced",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "this.#pause(pauseMs, () => this.#start(number))",
        replace: "this.#pause(pauseMs, () => undefined)",
      },
    ],
    caughtBy: { file: processes, test: "SIGKILL of one process" },
  },
  {
    name: "processes: the end of one is waited for until Node says so",
    edits: [
      {
        file: "src/processes/fork.ts",
        find: 'if (!isSilent) worker.process.emit("disconnect")',
        replace: "if (!isSilent) await silence",
      },
    ],
    caughtBy: { file: processes, test: "on its way" },
  },
  {
    name: "processes: Ctrl-C ends them before the first one has spoken",
    edits: [
      {
        file: "src/cli/serve-child.ts",
        find: 'for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined)',
        replace: "",
      },
    ],
    caughtBy: { file: processes, test: "SIGINT to every" },
  },
  {
    name: "processes: the first one does not wait for the others",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "await Promise.all(children.map((child) => child.ended))",
        replace: "",
      },
    ],
    caughtBy: { file: processes, test: "SIGTERM to the first" },
  },
  {
    name: "processes: the background work of a dead one is left",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "if (this.#worker === child) this.#worker = null",
        replace: "",
      },
    ],
    caughtBy: { file: processes, test: "background work" },
  },
  {
    name: "processes: each takes all connections for itself",
    edits: [{ file: "src/cli/serve-child.ts", find: "        pools: share,\n", replace: "" }],
    caughtBy: { file: processes, test: "connections" },
  },
  {
    name: "processes: metrics are those of the one that is asked",
    edits: [
      {
        file: "src/cli/serve-child.ts",
        find: "joined(own, others)",
        replace: "joined(own, [])",
      },
    ],
    caughtBy: { file: processes, test: "metrics" },
  },
  {
    name: "processes: what a dead one has counted is forgotten",
    edits: [
      {
        file: "src/processes/ledger.ts",
        find: "countedByDead = countedByDead.then((before) => countedBy(before, last))",
        replace: "void countedBy",
      },
    ],
    caughtBy: { file: processes, test: "metrics" },
  },
  {
    name: "processes: a scrape waits for one that hangs",
    edits: [
      {
        file: "src/processes/metrics-desk.ts",
        find: "const ANSWERS_WITHIN_MS = 1_000",
        replace: "const ANSWERS_WITHIN_MS = 60_000",
      },
    ],
    caughtBy: { file: processes, test: "metrics" },
  },
  {
    name: "processes: a connection on its way to a dead one stays open",
    edits: [
      {
        file: "src/processes/fork.ts",
        find: 'worker.once("disconnect", () => onItsWay?.close())',
        replace: "void onItsWay",
      },
    ],
    caughtBy: { file: processes, test: "on its way" },
  },
  {
    name: "processes: --no-worker is not heard",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "if (!this.#options.worker || this.#worker !== null",
        replace: "if (this.#worker !== null",
      },
    ],
    caughtBy: { file: processes, test: "none of them works" },
  },
  {
    name: "money: what is paid late takes no units",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "if (late) sellAvailableUnits(state, order.quantity, order.customerId)",
        replace: "if (late) void order",
      },
    ],
    caughtBy: { file: "test/race/late-payments.test.ts" },
  },
  {
    name: "money: what is too much is kept",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "if (!excessGoesBack) return",
        replace: "if (excessGoesBack) return",
      },
    ],
    caughtBy: { file: "test/domain/late-payments.test.ts", test: "more than the total" },
  },
  {
    name: "money: late is never too late",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "inTime: end === null || ",
        replace: "inTime: end !== undefined || ",
      },
    ],
    caughtBy: { file: "test/domain/late-payments.test.ts" },
  },
  {
    name: "money: the limit is not asked of who pays late",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "limitIsLeft: customerId === null || ",
        replace: "limitIsLeft: customerId !== undefined || ",
      },
    ],
    caughtBy: { file: "test/domain/late-payments.test.ts" },
  },
  {
    name: "money: what is too little goes back before the order's end",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "decision.atTheEnd ? order.expiresAt : now",
        replace: "now",
      },
    ],
    caughtBy: { file: "test/domain/late-payments.test.ts", test: "too little waits" },
  },
  {
    name: "money: refunds are not counted",
    edits: [
      {
        file: "src/domain/owe-refund.ts",
        find: "payment.refundedMinor + owed.amountMinor",
        replace: "payment.refundedMinor",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "twenty at once" },
  },
  {
    name: "money: the core does not look at what is left; the CHECK stops it",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "if (amount > refundableMinor)",
        replace: "if (amount > refundableMinor * 1e9)",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "twenty at once" },
  },
  {
    name: "money: units are on offer again twice",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "if (restockQty > restockableQty)",
        replace: "if (restockQty > restockableQty + 1e9)",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "twenty at once" },
  },
  {
    name: "money: a refund has another key each time",
    edits: [
      {
        file: "src/worker/refunds.ts",
        find: "`doorbuster-refund-${refundId}`",
        replace: "`doorbuster-refund-${refundId}-${Math.random()}`",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "is sent once" },
  },
  {
    name: "money: two workers take the same refund",
    edits: [
      {
        file: "src/store/refund-queue.ts",
        find: "                 not_before = clock_timestamp()\n                   +",
        replace: "                 not_before = refunds.not_before - interval '1 year'\n                   +",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "taken by nobody else" },
  },
  {
    name: "money: what was returned by hand acts all the same",
    edits: [
      {
        file: "src/domain/event-record.ts",
        find: 'record.outcome !== "parked" || record.returnedAt !== null',
        replace: 'record.outcome !== "parked" || record.returnedAt === undefined',
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "sent back by hand" },
  },
  {
    name: "money: an order waits for its provider again and again",
    edits: [
      {
        file: "src/domain/extend-order.ts",
        find: 'if ("code" in order || order.awaited) return order',
        replace: 'if ("code" in order) return order',
      },
    ],
    caughtBy: { file: "test/domain/extend-order.test.ts", test: "a minute longer, once" },
  },
  {
    name: "money: every worker asks about the same payment",
    edits: [
      {
        file: "src/store/payment-questions.ts",
        find: "           and asked_for is distinct from expires_at\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/worker/open-payments.test.ts", test: "nobody asks it" },
  },
  {
    name: "stripe: old webhooks are believed",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: "webhookSecret, TOLERANCE_SECONDS, ",
        replace: "webhookSecret, 0, ",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "301 seconds old" },
  },
  {
    name: "stripe: what cannot be verified is a fault",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: '    return { kind: "not believed", detail: firstSentence(messageOf(error)) }',
        replace: "    throw error",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "that is garbage" },
  },
  {
    name: "stripe: a canceled payment has the key of one that succeeded",
    edits: [
      {
        file: "src/payments/stripe-news.ts",
        find: "key: `${id} ${status}`",
        replace: "key: id",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "says so, and speaks of no money" },
  },
  {
    name: "stripe: kronas are taken for their hundredth part",
    edits: [
      {
        file: "src/payments/stripe-money.ts",
        find: "return withThreeDecimals.has(currency) ? 3 : 2",
        replace: "return withThreeDecimals.has(currency) ? 3 : minorDigitsOf(currency)",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "a payment intent" },
  },
  {
    name: "stripe: a refund is not looked for before it is sent",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: "if (before.open !== null) return reportOf(before.open)",
        replace: "",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "when Stripe forgot the key" },
  },
  {
    name: "stripe: a refund is sent without its key",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: "idempotencyKey: before.failed === 0 ? idempotencyKey : ",
        replace: "idempotencyKey: before.failed === 0 ? String(Math.random()) : ",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "under its key" },
  },
  {
    name: "stripe: a busy Stripe is its last word",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: "error instanceof StripeCardError || ",
        replace: "error instanceof Error || error instanceof StripeCardError || ",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "there are too many" },
  },
  {
    name: "stripe: a buyer chooses what Stripe is asked",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: 'if (!isIntentId(paymentId)) return { status: "open" }\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "asks nothing" },
  },
  {
    name: "stripe: a declined card ends the order",
    edits: [
      {
        file: "src/payments/stripe-news.ts",
        find: '    case "payment_intent.canceled":\n',
        replace: '    case "payment_intent.canceled":\n    case "payment_intent.payment_failed":\n',
      },
      {
        file: "src/payments/stripe-news.ts",
        find: 'if (orderId === null || (status !== "succeeded" && status !== "canceled")) return null',
        replace: "if (orderId === null) return null",
      },
    ],
    caughtBy: { file: "test/http/stripe.test.ts", test: "leaves the order to another card" },
  },
  {
    name: "stripe: any refund of the payment is taken for this one",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: "    if (one.metadata?.[REFUND_ID] !== refundId) continue\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "when Stripe forgot the key" },
  },
  {
    name: "money: a refund whose COMMIT was not heard is made again",
    edits: [
      {
        file: "src/store/batch-mark.ts",
        find: "first !== undefined && isNeeded",
        replace: "first !== undefined && isNeeded && false",
      },
    ],
    caughtBy: { file: "test/faults/commit-faults.test.ts", test: "on the way of a refund" },
  },
  {
    name: "money: a parked event pays whatever order gets its id",
    edits: [
      {
        file: "src/domain/place-order.ts",
        find: "(event.holdId === null || event.holdId === holdId)",
        replace: "(event.holdId === null || event.holdId !== undefined || event.holdId === holdId)",
      },
      {
        file: "src/store/load-money.ts",
        find: "          and (hold_id is null or hold_id = any($5::bigint[]))\n",
        replace: "          and (hold_id is null or hold_id > 0 or hold_id = any($5::bigint[]))\n",
      },
    ],
    caughtBy: { file: "test/http/webhooks.test.ts", test: "names another hold" },
  },
  ...guardMutants,
  ...moneyMutants,
  ...historyMutants,
  ...outgoingMutants,
  ...clientMutants,
  ...contractMutants,
  ...interleavingMutants,
  ...modelMutants,
  ...streamMutants,
  ...adminMutants,
]
