import type { Mutant } from "./mutants.ts"

const http = (test: string) => ({ file: "test/http/order-details.test.ts", test })
const hostile = (test: string) => ({ file: "test/http/hostile-details.test.ts", test })
const verify = (test: string) => ({ file: "test/store/verify-details.test.ts", test })

/** Bugs in what keeps a buyer's details: there before a payment is opened, in the inbox otherwise, and nowhere else. */
export const detailsMutants: readonly Mutant[] = [
  {
    name: "details: a payment is begun although details are missing",
    edits: [
      {
        file: "src/domain/extend-order.ts",
        find: "  if (order.missingDetails !== null) return",
        replace: "  if (order.missingDetails?.length === 0) return",
      },
    ],
    caughtBy: http("may be left out: the order says what is missing"),
  },
  {
    name: "details: an order of 0.00 is paid although details are missing",
    edits: [
      {
        file: "src/domain/pay-if-free.ts",
        find: "  if (isWaiting && order.missingDetails === null) {",
        replace: "  if (isWaiting) {",
      },
    ],
    caughtBy: http("an order of 0.00 is paid when nothing is missing any more"),
  },
  {
    name: "details: a paid order that lacks details does not come into the inbox",
    edits: [
      {
        file: "src/store/batch/details-rows.ts",
        find: "    ...groupBy(turned, isAwaited).map",
        replace: "    ...groupBy(turned.slice(0, 0), isAwaited).map",
      },
    ],
    caughtBy: http("is taken for an order that lacks details"),
  },
  {
    name: "details: an order with all its details stays in the inbox",
    edits: [
      {
        file: "src/store/batch/details-rows.ts",
        find: "             awaited = excluded.awaited,\n",
        replace: "",
      },
    ],
    caughtBy: http("is taken for an order that lacks details"),
  },
  {
    name: "details: erased details are written again",
    edits: [
      {
        file: "src/domain/set-details.ts",
        find: "  if (state.details.get(orderId)?.erased === true) return",
        replace: "  if (state.details.get(orderId)?.erased === null) return",
      },
      {
        file: "src/store/batch/details-rows.ts",
        find: "case when order_details.erased_at is null then excluded.updated_at end",
        replace: "excluded.updated_at, erased_at = null",
      },
    ],
    caughtBy: http("erased details are not written again"),
  },
  {
    name: "details: the owner changes them after the order has ended",
    edits: [
      {
        file: "src/domain/set-details.ts",
        find: '  if (by === "owner" && order.status !== "pending_payment") return',
        replace: '  if (by === "owner" && order.status === "refunded") return',
      },
    ],
    caughtBy: http("only the owner and the shop see and change them"),
  },
  {
    name: "details: the record of actions keeps what the shop has sent",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: "isChecked && !isPersonal",
        replace: "isChecked && (!isPersonal || isChecked)",
      },
    ],
    caughtBy: http("details are in no log line"),
  },
  {
    name: "details: a repeated request with other details gets the first answer",
    edits: [
      {
        file: "src/http/routes/buyers/order-placement.ts",
        find: "{ holdId, details, language, ...fields })\n",
        replace: "{ holdId, language, ...fields })\n",
      },
    ],
    caughtBy: http("are the same in a repeated request with the same key"),
  },
  {
    name: "details: the buyer's request replaces the details of an order that is paid",
    edits: [
      {
        file: "src/domain/place-order.ts",
        find: "isUntold(state.details.get(order.id))",
        replace: "(isUntold(undefined) || state.details.get(order.id) === undefined)",
      },
    ],
    caughtBy: http("that came before the buyer's request"),
  },
  {
    name: "details: a line break is stored",
    edits: [
      {
        file: "src/wire/details.ts",
        find: 'const linePattern = "^[^\\\\u0000-\\\\u001f',
        replace: 'const linePattern = "^[^\\\\u0000-\\\\u0009',
      },
    ],
    caughtBy: hostile("a line feed is refused"),
  },
  {
    name: "details: verify does not notice an order of a server that knows no details",
    edits: [
      {
        file: "src/store/upkeep/verify-details.ts",
        find: "where not coalesce(missing_details ? pointer, false)",
        replace: "where not coalesce(missing_details ? pointer, true)",
      },
    ],
    caughtBy: verify("an order of a server that does not know what a product asks for"),
  },
  {
    name: "details: an address is taken that a mail program reads as two",
    edits: [
      {
        file: "src/domain/email-address.ts",
        find: "@<>()\\\\[\\\\]\\\\\\\\,;:",
        replace: "@<>()\\\\[\\\\]\\\\\\\\;:",
      },
    ],
    caughtBy: {
      file: "test/domain/email-address.test.ts",
      test: "every address that is taken is read by the mailer",
    },
  },
  {
    name: "details: a payment is opened at Stripe although details are missing",
    edits: [
      {
        file: "src/http/routes/buyers/open-payment.ts",
        find: "      if (order.missingDetails !== null)\n",
        replace: "      if (order.missingDetails?.length === 0)\n",
      },
    ],
    caughtBy: {
      file: "test/http/order-payments.test.ts",
      test: "is refused while details are missing, without asking the provider",
    },
  },
  {
    name: "details: an erased order comes into the inbox when it is paid",
    edits: [
      {
        file: "src/store/batch/details-rows.ts",
        find: "         and order_id = any($2::bigint[])\n         and erased_at is null`",
        replace: "         and order_id = any($2::bigint[])`",
      },
      {
        file: "migrations/0013_details.sql",
        find: " and not awaited",
        replace: "",
      },
    ],
    caughtBy: {
      file: "test/http/personal-data.test.ts",
      test: "leaves said what was missing, and brings no order into the money inbox",
    },
  },
  {
    name: "details: of a product that asks for two, one passes for both",
    edits: [
      {
        file: "src/domain/details.ts",
        find: '  for (const field of plainFields)\n    if (collect[field] === "required"',
        replace: '  for (const field of ["email", "phone"] as const)\n    if (collect[field] === "required"',
      },
    ],
    caughtBy: { file: "test/model/core.test.ts", test: "random commands keep" },
  },
  {
    name: "details: the buyer's request writes erased details of an order that a payment event has made",
    edits: [
      {
        file: "src/domain/set-details.ts",
        find: "row === undefined || (!row.erased && isNothing(row))",
        replace: "row === undefined || isNothing(row)",
      },
    ],
    caughtBy: { file: "test/model/core.test.ts", test: "random commands keep" },
  },
  {
    name: "details: served: an order leaves the inbox with a part of its details",
    edits: [
      {
        file: "src/store/batch/details-rows.ts",
        find: "return order !== undefined && isAwaited(order)",
        replace: "return order !== undefined && isAwaited(order) && order.missingDetails?.length === 2",
      },
    ],
    caughtBy: { file: "test/model/served.test.ts" },
  },
  {
    name: "details: the wild simulator: details that come after the payment leave the order in the inbox",
    edits: [
      {
        file: "src/store/batch/details-rows.ts",
        find: "             awaited = excluded.awaited,\n",
        replace: "             awaited = order_details.awaited or excluded.awaited,\n",
      },
    ],
    caughtBy: { file: "test/simulator/rehearsal.test.ts" },
  },
  {
    name: "rehearsal: an order that lacks details is looked for in the inbox alone",
    edits: [
      {
        file: "src/proof/rehearsal/buyer-details.ts",
        find: "if (isWaitedFor === (isPaid && !isComplete)) return []",
        replace: "if (!isWaitedFor || !isComplete) return []",
      },
    ],
    caughtBy: { file: "test/rehearsal/judge.test.ts", test: "finds a paid order that lacks details" },
  },
  {
    name: "rehearsal: details that were acknowledged are not looked for",
    edits: [
      {
        file: "src/proof/rehearsal/buyer-details.ts",
        find: "emails.get(orderId) !== email",
        replace: "!emails.has(orderId)",
      },
    ],
    caughtBy: { file: "test/rehearsal/judge.test.ts", test: "has the address of another buyer" },
  },
  {
    name: "details: a question that is called like a member of every object counts as answered",
    edits: [
      {
        file: "src/domain/details.ts",
        find: '  if (!Object.hasOwn(answers, key)) return false\n  return kind !== "checkbox" || answers[key] === true',
        replace: '  return kind === "checkbox" ? answers[key] === true : answers[key] !== undefined',
      },
    ],
    caughtBy: {
      file: "test/http/order-details.test.ts",
      test: "a question may have the name of a member that every object has",
    },
  },
  {
    name: "details: a buyer's request replaces the reference that the shop has given the hold",
    edits: [
      {
        file: "src/domain/shop-fields.ts",
        find: "present.reference ?? given ?? null",
        replace: "given ?? present.reference",
      },
    ],
    caughtBy: { file: "test/domain/shop-fields.test.ts", test: "the hold's, and its own beside them" },
  },
]
