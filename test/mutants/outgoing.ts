import type { Mutant } from "./mutants.ts"

const outbox = "test/store/outbox.test.ts"
const deliveries = "test/worker/deliveries.test.ts"
const queue = "src/store/queues/webhook-queue.ts"

/** What keeps outgoing events from getting lost, coming twice or going where they must not, taken away. */
export const outgoingMutants: readonly Mutant[] = [
  {
    name: "outgoing: events are written although nobody listens",
    edits: [
      {
        file: "src/store/batch/product-store.ts",
        find: "hasSubscribers ?",
        replace: "hasSubscribers || true ?",
      },
    ],
    caughtBy: { file: outbox, test: "nobody listens writes nothing" },
  },
  {
    name: "outgoing: whether somebody listens is asked by every batch",
    edits: [{ file: "src/store/batch/outbox.ts", find: "now < known.until", replace: "now < 0" }],
    caughtBy: { file: outbox, test: "once a second at most" },
  },
  {
    name: "outgoing: whether somebody listens is asked once and never again",
    edits: [
      {
        file: "src/store/batch/outbox.ts",
        find: "until: askedAt + KNOWN_FOR_MS",
        replace: "until: Infinity",
      },
    ],
    caughtBy: { file: outbox, test: "another process" },
  },
  {
    name: "outgoing: a group of small batches tells nothing",
    edits: [
      {
        file: "src/store/batch/outbox.ts",
        find: "sets.flatMap(({ state })",
        replace: "sets.slice(0, 1).flatMap(({ state })",
      },
    ],
    caughtBy: { file: outbox, test: "share a transaction" },
  },
  {
    name: "outgoing: an event that is there already fails the batch",
    edits: [
      { file: "src/store/batch/outbox.ts", find: "on conflict (id, product_id) do nothing", replace: "" },
    ],
    caughtBy: { file: outbox, test: "there already" },
  },
  {
    name: "outgoing: a repeated batch names its events anew",
    edits: [
      {
        file: "src/wire/outgoing-event.ts",
        find: 'return { id: `${type.replace(".", "_")}-${name}`',
        replace: 'return { id: `${type.replace(".", "_")}-${name}-${now}`',
      },
    ],
    caughtBy: { file: outbox, test: "there already" },
  },
  {
    name: "outgoing: events are looked for after the last one seen",
    edits: [
      {
        file: queue,
        find: "> '-infinity'\n         order by created_at",
        replace:
          "> coalesce((select max(created_at) from webhook_deliveries), '-infinity')\n         order by created_at",
      },
    ],
    caughtBy: { file: deliveries, test: "committed after later ones" },
  },
  {
    name: "outgoing: what is taken is not put off",
    edits: [{ file: queue, find: "const LEASE_SECONDS = 60", replace: "const LEASE_SECONDS = 0" }],
    caughtBy: { file: deliveries, test: "worker dies" },
  },
  {
    name: "outgoing: two workers take the same delivery",
    edits: [
      {
        file: queue,
        find: "                limit wanted.room\n                  for update skip locked",
        replace: "                limit wanted.room",
      },
    ],
    caughtBy: { file: deliveries, test: "however many workers" },
  },
  {
    name: "outgoing: whoever took a delivery once may note what became of it for ever",
    edits: [
      {
        file: queue,
        find: "and not_before = $4::timestamptz",
        replace: "and ($4::timestamptz is not null)",
      },
    ],
    caughtBy: { file: deliveries, test: "whose time was over" },
  },
  {
    name: "outgoing: each attempt has an id of its own",
    edits: [
      {
        file: "src/worker/deliveries.ts",
        find: "postEvent({ ...delivery, id, body }",
        replace: "postEvent({ ...delivery, id: `${id}-${attempts}`, body }",
      },
    ],
    caughtBy: { file: deliveries, test: "worker dies" },
  },
  {
    name: "outgoing: names are not looked up with care",
    edits: [
      {
        file: "src/worker/post-event.ts",
        find: "(allowPrivate ? anyLookup : publicLookup)",
        replace: "(allowPrivate || publicLookup.name ? anyLookup : publicLookup)",
      },
    ],
    caughtBy: { file: deliveries, test: "private addresses" },
  },
  {
    name: "outgoing: an address in the URL is believed",
    edits: [{ file: "src/worker/post-event.ts", find: "isIP(name) !== 0", replace: "isIP(name) > 9" }],
    caughtBy: { file: deliveries, test: "private addresses" },
  },
  {
    name: "outgoing: the secret before does not sign while they are rotated",
    edits: [
      {
        file: queue,
        find: "case when e.previous_secret_until > clock_timestamp() then e.previous_secret end",
        replace: "null::text",
      },
    ],
    caughtBy: { file: deliveries, test: "both secrets" },
  },
  {
    name: "outgoing: the secret before signs for ever",
    edits: [
      {
        file: queue,
        find: "case when e.previous_secret_until > clock_timestamp() then e.previous_secret end",
        replace: "e.previous_secret",
      },
    ],
    caughtBy: { file: deliveries, test: "both secrets" },
  },
  {
    name: "outgoing: an endpoint that is gone is asked again",
    edits: [
      {
        file: "src/worker/deliveries.ts",
        find: "result.responseStatus === GONE)",
        replace: "result.responseStatus === -GONE)",
      },
    ],
    caughtBy: { file: deliveries, test: "gone" },
  },
  {
    name: "outgoing: an answer has no end",
    edits: [
      {
        file: "src/worker/post-event.ts",
        find: "if (bytes > LONGEST_ANSWER_BYTES) request.destroy()",
        replace: "if (bytes < 0) request.destroy()",
      },
    ],
    caughtBy: { file: deliveries, test: "at length" },
  },
  {
    name: "outgoing: a receiver that hangs has all connections",
    edits: [
      {
        file: "src/worker/deliveries.ts",
        find: "const AT_ONCE_PER_ENDPOINT = 16",
        replace: "const AT_ONCE_PER_ENDPOINT = 1_000",
      },
    ],
    caughtBy: { file: deliveries, test: "nobody's way" },
  },
  {
    name: "outgoing: all deliveries are looked through for each event that is removed",
    edits: [
      {
        file: "src/store/upkeep/retention.ts",
        find: `where event_id = any(array(select id from past))
             and product_id = any(array(select product_id from past))`,
        replace: "using past where event_id = past.id and webhook_deliveries.product_id = past.product_id",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "hardly any delivery" },
  },
]
