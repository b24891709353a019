import type { Mutant } from "./mutants.ts"

const guards = "test/store/guards.test.ts"

/** Conditions of statements, limits and leases, each of which only one test checks. */
export const guardMutants: readonly Mutant[] = [
  {
    name: "guards: a refund is updated whatever its status",
    edits: [
      {
        file: "src/store/batch/save-money.ts",
        find: "set status = case when status = $4 then $5 end,",
        replace: "set status = coalesce($5, $4),",
      },
    ],
    caughtBy: { file: guards, test: "sends a refund again" },
  },
  {
    name: "guards: an order is changed whatever status it has",
    edits: [
      {
        file: "src/store/batch/save-orders.ts",
        find: "set status = case when status = $3 then $4 end,",
        replace: "set status = coalesce($4, $3),",
      },
    ],
    caughtBy: { file: guards, test: "of an order that has ended" },
  },
  {
    name: "guards: a parked event is applied although its money was sent back by hand",
    edits: [
      {
        file: "src/store/batch/save-money.ts",
        find: "payment_events.outcome = 'parked' and payment_events.returned_at is null then",
        replace: "payment_events.outcome = 'parked' then",
      },
    ],
    caughtBy: { file: guards, test: "was returned manually" },
  },
  {
    name: "guards: any row at a product's remembered location is taken for the product",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: "where ctid = $8::tid\n           and id = $1\n        returning id\n      )\n      select 1 / count(*) as saved",
        replace:
          "where ctid = $8::tid\n           and $1 > 0\n        returning id\n      )\n      select 1 / count(*) as saved",
      },
    ],
    caughtBy: { file: guards, test: "by now rolls the batch back" },
  },
  {
    name: "guards: the command tag of COMMIT is not checked",
    edits: [
      {
        file: "src/store/tx.ts",
        find: 'if (command !== "COMMIT") throw',
        replace: 'if (command === "") throw',
      },
    ],
    caughtBy: { file: guards, test: "not taken for committed" },
  },
  {
    name: "guards: a stored response is replayed after its expiry",
    edits: [
      {
        file: "src/store/batch/load.ts",
        find: "and created_at > clock_timestamp() - make_interval(secs => $3)`",
        replace: "and created_at > clock_timestamp() - make_interval(secs => 100 * $3)`",
      },
    ],
    caughtBy: { file: guards, test: "for a day, and no longer" },
  },
  {
    name: "guards: refunds that are sent, refused or withheld are sent again",
    edits: [
      {
        file: "src/store/queues/refund-queue.ts",
        find: "             where status = 'due'\n               and not_before",
        replace: "             where status <> 'confirmed'\n               and not_before",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "is not sent again by itself" },
  },
  {
    name: "guards: the sending worker overwrites why a refund was withheld",
    edits: [
      {
        file: "src/store/queues/refund-queue.ts",
        find: "             and number = $2\n             and status = 'due'`",
        replace: "             and number = $2`",
      },
    ],
    caughtBy: { file: "test/worker/refunds.test.ts", test: "stays withheld" },
  },
  {
    name: "guards: an order gets more time for an unknown provider",
    edits: [
      {
        file: "src/store/queues/payment-questions.ts",
        find: "and attempt_provider = $1",
        replace: "and $1 <> ''",
      },
    ],
    caughtBy: { file: "test/worker/open-payments.test.ts", test: "pays elsewhere" },
  },
  {
    name: "guards: providers are asked about orders past their deadline",
    edits: [
      {
        file: "src/store/queues/payment-questions.ts",
        find: "           and expires_at > statement_timestamp()\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/worker/open-payments.test.ts", test: "whose time is over" },
  },
  {
    name: "guards: a payment elsewhere uses up its attempts without being cancelled",
    edits: [
      {
        file: "src/store/queues/cancellations.ts",
        find: "and attempt_provider = any($1::text[])",
        replace: "and cardinality($1::text[]) > 0",
      },
    ],
    caughtBy: { file: "test/worker/cancellations.test.ts", test: "left alone" },
  },
  {
    name: "guards: the money inbox searches applied events for returnable ones",
    edits: [
      {
        file: "src/store/reads/inbox.ts",
        find: "         and outcome = 'parked'\n         and kind = 'succeeded'\n      returning",
        replace: "         and kind = 'succeeded'\n      returning",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "cannot be marked as returned" },
  },
  {
    name: "guards: the first failed statement to arrive decides why a batch could not be loaded",
    edits: [
      {
        file: "src/store/batch/product-store.ts",
        find: "await allOrFirstFailure([begun, loading, asking])",
        replace: "await Promise.all([begun, loading, asking])",
      },
    ],
    caughtBy: { file: "test/store/guards.test.ts", test: "not because its transaction is aborted" },
  },
  {
    name: "guards: a customer's lapsed holds are not loaded",
    edits: [
      {
        file: "src/store/batch/load-due.ts",
        find: 'const { now, due, customerIds } = asked\n  const further = furtherRows({ ...asked, table: "holds"',
        replace:
          'const { now, due } = asked\n  const customerIds: string[] = []\n  const further = furtherRows({ ...asked, table: "holds"',
      },
    ],
    caughtBy: { file: "test/store/reclaim.test.ts", test: "a lapsed hold" },
  },
  {
    name: "guards: a customer's lapsed orders are not loaded",
    edits: [
      {
        file: "src/store/batch/load-due.ts",
        find: 'const { now, due, customerIds } = asked\n  const further = furtherRows({ ...asked, table: "orders"',
        replace:
          'const { now, due } = asked\n  const customerIds: string[] = []\n  const further = furtherRows({ ...asked, table: "orders"',
      },
    ],
    caughtBy: { file: "test/store/reclaim.test.ts", test: "nor does a lapsed order" },
  },
  {
    name: "guards: a late payer's units are not loaded",
    edits: [
      {
        file: "src/store/batch/load.ts",
        find: "yield* loadClaims(tx, state, unknown)",
        replace: "yield* loadClaims(tx, state, unknown.slice(0, 0))",
      },
    ],
    caughtBy: { file: "test/store/reclaim.test.ts", test: "a late payment counts" },
  },
  {
    name: "guards: the deadlines of orders free nothing",
    edits: [
      {
        file: "src/store/batch/load-due.ts",
        find: "           from orders\n          where product_id = $1\n            and status = 'pending_payment'\n            and expires_at > $2)",
        replace:
          "           from orders\n          where product_id = -$1\n            and status = 'pending_payment'\n            and expires_at > $2)",
      },
    ],
    caughtBy: { file: "test/store/reclaim.test.ts", test: "be it an order's" },
  },
  {
    name: "guards: a deadline that has passed is the next one",
    edits: [
      {
        file: "src/store/batch/load-due.ts",
        find: "            and status = 'active'\n            and expires_at > $2)",
        replace: "            and status = 'active'\n            and expires_at > '-infinity')",
      },
    ],
    caughtBy: { file: "test/store/reclaim.test.ts", test: "just been taken back" },
  },
  {
    name: "guards: a stopped process keeps its product's lock",
    edits: [
      {
        file: "src/store/session.ts",
        find: '  ask("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT, { purposes: serving }),\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/time-limits.test.ts", test: "is released after five seconds" },
  },
  {
    name: "guards: waiting for a lock has no limit of its own",
    edits: [
      {
        file: "src/store/session.ts",
        find: '  ask("lock_timeout", LOCK_TIMEOUT, { purposes: serving }),\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/time-limits.test.ts", test: "is released after five seconds" },
  },
  {
    name: "guards: a stuck statement has no time limit",
    edits: [
      {
        file: "src/store/session.ts",
        find: '  ask("statement_timeout", `${STATEMENT_TIMEOUT_SECONDS}s`, { purposes: serving }),\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/time-limits.test.ts", test: "is released after five seconds" },
  },
  {
    name: "guards: events returned by hand are retried each second",
    edits: [
      {
        file: "src/store/reads/inbox.ts",
        find: "                 and returned_at is null\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/inbox.test.ts", test: "waits for an order" },
  },
  {
    name: "guards: events that name another hold are retried each second",
    edits: [
      {
        file: "src/store/reads/inbox.ts",
        find: '                 and (e."holdId" is null or e."holdId" = o.hold_id)\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/inbox.test.ts", test: "waits for an order" },
  },
  {
    name: "guards: the retry of parked events scans all of them",
    edits: [
      {
        file: "src/store/reads/inbox.ts",
        find: "make_interval(secs => $2)) as e",
        replace: "make_interval(secs => 1000 * $2)) as e",
      },
    ],
    caughtBy: { file: "test/store/inbox.test.ts", test: "waits for an order" },
  },
  {
    name: "guards: the gate's memory has no limit",
    edits: [
      {
        file: "src/lanes/gate.ts",
        find: "if (memories.size >= REMEMBERED && !memories.has(product.id)) return",
        replace: "if (memories.size < 0) return",
      },
    ],
    caughtBy: { file: "test/lanes/gate.test.ts", test: "at most 10,000 products" },
  },
  {
    name: "guards: a batch whose observer failed is not answered",
    edits: [
      {
        file: "src/lanes/batch.ts",
        find: "process.emitWarning(error instanceof Error ? error : String(error))",
        replace: "throw error",
      },
    ],
    caughtBy: { file: "test/lanes/retries.test.ts", test: "an observer that throws after a commit" },
  },
  {
    name: "guards: a refund's failed guard counts as the fault of one command",
    edits: [
      {
        file: "src/store/errors.ts",
        find: '"orders", "refunds", "disputes"',
        replace: '"orders", "disputes"',
      },
    ],
    caughtBy: { file: "test/store/errors.test.ts", test: "means that the lock did not protect the rows" },
  },
  {
    name: "guards: events are sent to an endpoint that was just disabled",
    edits: [
      {
        file: "src/store/queues/webhook-queue.ts",
        find: "            on e.id = wanted.endpoint_id\n           and e.enabled\n",
        replace: "            on e.id = wanted.endpoint_id\n",
      },
    ],
    caughtBy: { file: "test/worker/deliveries.test.ts", test: "disabled since" },
  },
  {
    name: "guards: disabled endpoints keep the workers busy",
    edits: [
      {
        file: "src/store/queues/webhook-queue.ts",
        find: "           where e.id > 0\n             and e.enabled`",
        replace: "           where e.id > 0`",
      },
    ],
    caughtBy: { file: "test/worker/deliveries.test.ts", test: "disabled since" },
  },
  {
    name: "guards: a repeated rotation loses the previous secret",
    edits: [
      {
        file: "src/store/reads/webhook-endpoints.ts",
        find: "set previous_secret = case when secret = $2 then previous_secret else secret end,",
        replace: "set previous_secret = secret,",
      },
    ],
    caughtBy: { file: "test/worker/deliveries.test.ts", test: "both secrets" },
  },
  {
    name: "guards: closed mode shows the payment simulator",
    edits: [
      {
        file: "src/http/routes/providers/simulator.ts",
        find: 'simulator === null || gatekeeper.mode !== "open"',
        replace: "simulator === null",
      },
    ],
    caughtBy: { file: "test/http/simulator.test.ts", test: "would not serve it" },
  },
  {
    name: "guards: closed mode starts the payment simulator",
    edits: [
      {
        file: "src/config/checks.ts",
        find: "return adminToken === null && simulatorUrl === null && processes === 1",
        replace: "return adminToken !== undefined && simulatorUrl === null && processes === 1",
      },
    ],
    caughtBy: { file: "test/http/simulator.test.ts", test: "would not serve it" },
  },
  {
    name: "guards: a new endpoint receives older events",
    edits: [
      {
        file: "src/store/queues/webhook-queue.ts",
        find: "            on e.created_at <= v.created_at\n           and (v.type",
        replace: "            on (v.type",
      },
    ],
    caughtBy: { file: "test/worker/deliveries.test.ts", test: "did not exist yet" },
  },
  {
    name: "guards: an attempt that has ended is recorded again",
    edits: [
      {
        file: "src/store/queues/webhook-queue.ts",
        find: "             and status = 'due'\n             and not_before = $4",
        replace: "             and not_before = $4",
      },
    ],
    caughtBy: { file: "test/worker/deliveries.test.ts", test: "that was delivered stays so" },
  },
  {
    name: "guards: a response of its old address disables an endpoint",
    edits: [
      {
        file: "src/store/queues/webhook-queue.ts",
        find: "             and url = $2\n             and enabled`",
        replace: "             and $2::text is not null\n             and enabled`",
      },
    ],
    caughtBy: { file: "test/worker/deliveries.test.ts", test: "only at the address" },
  },
  {
    name: "guards: a parked event is not checked against an order made at the same time",
    edits: [
      {
        file: "src/lanes/payment-event-handler.ts",
        find: "    const outcome = await apply(event, requestId)\n    if (isWithoutOrder(",
        replace:
          "    const outcome = Math.random() < 2 ? null : await apply(event, requestId)\n    if (isWithoutOrder(",
      },
    ],
    caughtBy: {
      file: "test/lanes/payment-event-handler.test.ts",
      test: "made while its payment is being parked",
    },
  },
  {
    name: "guards: another payment with a parked event's key counts as that event",
    edits: [
      {
        file: "src/lanes/payment-event-handler.ts",
        find: '    if (known.fingerprint !== event.fingerprint) return { code: "event_key_reused" }\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/lanes/payment-event-handler.test.ts", test: "also while the first one waits" },
  },
  {
    name: "guards: only the first event of a webhook is applied",
    edits: [
      {
        file: "src/http/routes/providers/receive-provider-webhook.ts",
        find: "for (const event of reading.events) {",
        replace: "for (const event of reading.events.slice(0, 1)) {",
      },
    ],
    caughtBy: { file: "test/http/provider-webhooks.test.ts", test: "several payments" },
  },
  {
    name: "guards: any visitor's Cache-Control: no-cache bypasses the product cache",
    edits: [{ file: "src/http/routes/buyers/show-product.ts", find: " && isAdmin(request)", replace: "" }],
    caughtBy: { file: "test/http/products.test.ts", test: "no-cache bypasses" },
  },
  {
    name: "guards: a webhook-id with invalid characters is accepted as a key",
    edits: [
      {
        file: "src/http/routes/providers/receive-generic-webhook.ts",
        find: "key !== undefined && /^[\\x20-\\x7e]{1,255}$/.test(key) ? key",
        replace: "key !== undefined ? key",
      },
    ],
    caughtBy: { file: "test/http/webhooks.test.ts", test: "could not be a key in the body" },
  },
  {
    name: "guards: a number beyond 2^53 is parsed as another one",
    edits: [
      {
        file: "src/store/pool.ts",
        find: "if (!Number.isSafeInteger(value)) throw",
        replace: "if (Number.isNaN(value)) throw",
      },
    ],
    caughtBy: { file: "test/store/guards.test.ts", test: "could not hold exactly" },
  },
  {
    name: "guards: the refusal of an early refund is replayed for ever",
    edits: [{ file: "src/domain/execute.ts", find: '  "order_not_paid",\n', replace: "" }],
    caughtBy: { file: "test/domain/idempotency.test.ts", test: "order_not_paid" },
  },
  {
    name: "guards: the refusal for a disputed payment is replayed for ever",
    edits: [{ file: "src/domain/execute.ts", find: '  "payment_disputed",\n', replace: "" }],
    caughtBy: { file: "test/domain/idempotency.test.ts", test: "payment_disputed" },
  },
  {
    name: "guards: a hold larger than the unsold units gets a retry time",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "|| qty <= product.stock - product.sold",
        replace: "|| product.held > 0",
      },
    ],
    caughtBy: { file: "test/domain/place-hold.test.ts", test: "out_of_stock refusal > stock" },
  },
  {
    name: "guards: a refunded surplus counts as a part of the price",
    edits: [
      {
        file: "src/domain/settle-refund.ts",
        find: 'refund.status === "confirmed" && isOfPrice(refund)',
        replace: 'refund.status === "confirmed"',
      },
    ],
    caughtBy: { file: "test/domain/refunds.test.ts", test: "does not count as a part of the price" },
  },
  {
    name: "guards: a dispute of another payment blocks a refund",
    edits: [
      {
        file: "src/domain/settle-refund.ts",
        find: "dispute.provider === provider && dispute.eventKey === eventKey && coversRefunds(dispute)",
        replace: "(dispute.provider === provider || dispute.eventKey === eventKey) && coversRefunds(dispute)",
      },
    ],
    caughtBy: { file: "test/domain/refunds.test.ts", test: "tried again while a bank takes" },
  },
  {
    name: "guards: a dispute applies to another provider's payment with the same id",
    edits: [
      { file: "src/domain/record-dispute.ts", find: " && one.provider === event.provider", replace: "" },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "its own provider's payment" },
  },
  {
    name: "guards: a parked event that was applied is applied again",
    edits: [
      {
        file: "src/domain/record-payment-event.ts",
        find: "return isApplied ? record : applyPaymentEvent",
        replace: "return isApplied && now < 0 ? record : applyPaymentEvent",
      },
    ],
    caughtBy: { file: "test/domain/payment-events.test.ts", test: "is parked already acts once" },
  },
  {
    name: "guards: a parked dispute applies to another provider's payment with the same id",
    edits: [
      {
        file: "src/domain/apply-dispute.ts",
        find: "event.provider === provider && event.paymentId",
        replace: "event.paymentId",
      },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "stays parked when another provider's" },
  },
  {
    name: "guards: a lost dispute withholds refunds of the undisputed part",
    edits: [
      {
        file: "src/domain/apply-dispute.ts",
        find: 'if (dispute.status !== "won" && isNewClaim)',
        replace: 'if (dispute.status !== "won" && isNewClaim !== null)',
      },
    ],
    caughtBy: { file: "test/domain/disputes.test.ts", test: "does not withhold refunds of the rest" },
  },
]
