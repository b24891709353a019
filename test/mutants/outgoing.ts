import type { Mutant } from "./mutants.ts"

const outbox = "test/store/outbox.test.ts"
const deliveries = "test/worker/deliveries.test.ts"
const queue = "src/store/queues/webhook-queue.ts"

/** Bugs with which outgoing events are lost, sent with new ids or sent to forbidden addresses. */
export const outgoingMutants: readonly Mutant[] = [
  {
    name: "outgoing: events are written although there is no endpoint",
    edits: [
      {
        file: "src/store/batch/product-store.ts",
        find: "if (hasSubscribers)",
        replace: "if (hasSubscribers || true)",
      },
    ],
    caughtBy: { file: outbox, test: "without an endpoint, a sale writes no outgoing event" },
  },
  {
    name: "outgoing: every batch queries whether there is an endpoint",
    edits: [{ file: "src/store/batch/outbox.ts", find: "now < known.until", replace: "now < 0" }],
    caughtBy: { file: outbox, test: "at most once a second" },
  },
  {
    name: "outgoing: whether there is an endpoint is queried only once",
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
    name: "outgoing: a group of small batches writes no events",
    edits: [
      {
        file: "src/store/batch/outbox.ts",
        find: "sets.flatMap(({ state })",
        replace: "sets.slice(0, 1).flatMap(({ state })",
      },
    ],
    caughtBy: { file: outbox, test: "a group of batches writes its events" },
  },
  {
    name: "outgoing: an existing event fails the batch",
    edits: [
      { file: "src/store/batch/outbox.ts", find: "on conflict (id, product_id) do nothing", replace: "" },
    ],
    caughtBy: { file: outbox, test: "exists already" },
  },
  {
    name: "outgoing: a repeated batch gives its events new ids",
    edits: [
      {
        file: "src/wire/outgoing-event.ts",
        find: "return { id: eventId(type, name)",
        replace: "return { id: eventId(type, `${name}-${now}`)",
      },
    ],
    caughtBy: { file: outbox, test: "exists already" },
  },
  {
    name: "outgoing: events are read from the last id seen on",
    edits: [
      {
        file: queue,
        find: "> '-infinity'\n         order by created_at",
        replace:
          "> coalesce((select max(created_at) from webhook_deliveries), '-infinity')\n         order by created_at",
      },
    ],
    caughtBy: { file: deliveries, test: "commits after later events" },
  },
  {
    name: "outgoing: a taken delivery gets no lease",
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
    name: "outgoing: a worker may record a result after its lease has ended",
    edits: [
      {
        file: queue,
        find: "and not_before = $4::timestamptz",
        replace: "and ($4::timestamptz is not null)",
      },
    ],
    caughtBy: { file: deliveries, test: "whose lease has ended" },
  },
  {
    name: "outgoing: each attempt has an id of its own",
    edits: [
      {
        file: "src/worker/deliveries.ts",
        find: "send({ ...delivery, id, body }",
        replace: "send({ ...delivery, id: `${id}-${attempts}`, body }",
      },
    ],
    caughtBy: { file: deliveries, test: "worker dies" },
  },
  {
    name: "outgoing: resolved addresses are not checked",
    edits: [
      {
        file: "src/worker/post-event.ts",
        find: "(allowPrivate ? anyLookup : publicLookup)",
        replace: "(allowPrivate || publicLookup.name ? anyLookup : publicLookup)",
      },
    ],
    caughtBy: { file: deliveries, test: "a name for loopback" },
  },
  {
    name: "outgoing: an IP address in the URL is not checked",
    edits: [{ file: "src/worker/post-event.ts", find: "isIP(name) !== 0", replace: "isIP(name) > 9" }],
    caughtBy: { file: deliveries, test: "an IPv6 address" },
  },
  {
    name: "outgoing: the previous secret does not sign during a rotation",
    edits: [
      {
        file: "src/store/columns.ts",
        find: "case when ${endpoint}.previous_secret_until > clock_timestamp() then ${endpoint}.previous_secret end",
        replace: "null::text",
      },
    ],
    caughtBy: { file: deliveries, test: "both secrets" },
  },
  {
    name: "outgoing: the previous secret signs for ever",
    edits: [
      {
        file: "src/store/columns.ts",
        find: "case when ${endpoint}.previous_secret_until > clock_timestamp() then ${endpoint}.previous_secret end",
        replace: "${endpoint}.previous_secret",
      },
    ],
    caughtBy: { file: deliveries, test: "both secrets" },
  },
  {
    name: "outgoing: an endpoint that responded 410 is sent to again",
    edits: [
      {
        file: "src/worker/deliveries.ts",
        find: "result.responseStatus === GONE)",
        replace: "result.responseStatus === -GONE)",
      },
    ],
    caughtBy: { file: deliveries, test: "gets nothing more until it is enabled again" },
  },
  {
    name: "outgoing: a response's body has no limit",
    edits: [
      {
        file: "src/worker/post-event.ts",
        find: "if (bytes > LONGEST_ANSWER_BYTES) request.destroy()",
        replace: "if (bytes < 0) request.destroy()",
      },
    ],
    caughtBy: { file: deliveries, test: "is too long or does not end" },
  },
  {
    name: "outgoing: an endpoint that hangs occupies all connections",
    edits: [
      {
        file: "src/worker/deliveries.ts",
        find: "const AT_ONCE_PER_ENDPOINT = 16",
        replace: "const AT_ONCE_PER_ENDPOINT = 1_000",
      },
    ],
    caughtBy: { file: deliveries, test: "does not delay other receivers" },
  },
  {
    name: "outgoing: the removal of an event scans all deliveries",
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
  {
    name: "webhooks: a test event is not signed with the secret before the last rotation",
    edits: [
      {
        file: "src/store/reads/webhook-endpoints.ts",
        find: '${validSecrets("webhook_endpoints")} as secrets',
        replace: "array[webhook_endpoints.secret] as secrets",
      },
    ],
    caughtBy: { file: "test/http/admin-webhooks.test.ts", test: "is sent a test event, signed and at once" },
  },
]
