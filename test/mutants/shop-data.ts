import type { Mutant } from "./mutants.ts"

const answers = {
  file: "test/http/shop-data.test.ts",
  test: "is in the answers about the hold and about its order",
}
const merged = { file: "test/http/shop-data.test.ts", test: "stays when the order is paid and restocked" }
const adopted = {
  file: "test/http/shop-data.test.ts",
  test: "is taken over by an order that a payment event",
}
const keys = { file: "test/http/shop-data.test.ts", test: "is part of what an Idempotency-Key stands for" }
const bytes = { file: "test/http/shop-data.test.ts", test: "too many bytes is refused" }
const stripe = { file: "test/payments/stripe-goods.test.ts", test: "which replace none of Doorbuster's own" }

const privacy = "test/http/personal-data.test.ts"
const included = { file: privacy, test: "others do not, and no stored event has them" }
const waiting = { file: privacy, test: "gets none that were erased while the delivery waited" }
const byEmail = { file: privacy, test: "by e-mail address, in upper or lower case" }
const byCustomer = { file: privacy, test: "by customer takes the details" }
const nowhere = { file: privacy, test: "leaves the address in no table and no line of the log" }
const recorded = { file: privacy, test: "is recorded, without saying whose details" }
const csv = { file: privacy, test: "the CSV of all products has a column" }
const retention = { file: "test/worker/retention.test.ts", test: "details of a sale that ended" }
const search = { file: "test/http/order-search.test.ts", test: "by id and the newest first, page by page" }
const building = { file: "test/store/late-indexes.test.ts", test: "built beside a sale" }

/** Bugs in what is kept of the shop's own words, and of its buyers. */
export const shopDataMutants: readonly Mutant[] = [
  {
    name: "shop data: a hold's reference is not written",
    edits: [
      {
        file: "src/store/batch/save-holds.ts",
        find: "(hold) => hold.reference",
        replace: "() => null",
      },
    ],
    caughtBy: answers,
  },
  {
    name: "shop data: a change of an order clears its metadata",
    edits: [
      {
        file: "src/store/batch/save-orders.ts",
        find: "      metadataColumn(order),\n",
        replace: "      null,\n",
      },
    ],
    caughtBy: merged,
  },
  {
    name: "shop data: the order's request does not reach an order that a payment event has made",
    edits: [
      {
        file: "src/domain/place-order.ts",
        find: "    state.orders.replace({ ...order, ...fields })\n",
        replace: "",
      },
    ],
    caughtBy: adopted,
  },
  {
    name: "shop data: the same key with another reference is answered with the first hold",
    edits: [
      {
        file: "src/http/routes/buyers/hold-placement.ts",
        find: '"signed customer", wanted)',
        replace: '"signed customer", { ...wanted, reference: undefined })',
      },
    ],
    caughtBy: keys,
  },
  {
    name: "shop data: metadata of a hold may have any size",
    edits: [
      {
        file: "src/http/routes/buyers/place-hold.ts",
        find: "metadata !== undefined && isOverLimit(metadata)",
        replace: "metadata !== undefined && isOverLimit({})",
      },
    ],
    caughtBy: bytes,
  },
  {
    name: "shop data: metadata of the shop replace the hold's id at Stripe",
    edits: [
      {
        file: "src/payments/stripe-goods.ts",
        find: ".filter(([key]) => !reserved.has(key))",
        replace: "",
      },
      {
        file: "src/payments/stripe-payments.ts",
        find: "{ ...shops, ...ours }",
        replace: "{ ...ours, ...shops }",
      },
    ],
    caughtBy: stripe,
  },
  {
    name: "shop data: every endpoint gets the buyer's details",
    edits: [
      {
        file: "src/store/queues/webhook-queue.ts",
        find: "case when e.include_details and outbox.type",
        replace: "case when outbox.type",
      },
    ],
    caughtBy: included,
  },
  {
    name: "shop data: erased details are sent with waiting deliveries",
    edits: [
      {
        file: "src/store/columns.ts",
        find: "->> 'order_id')::bigint\n      and d.erased_at is null)",
        replace: "->> 'order_id')::bigint)",
      },
    ],
    caughtBy: waiting,
  },
  {
    name: "shop data: an address is erased only as it was written",
    edits: [
      {
        file: "src/store/reads/erasure.ts",
        find: '${sameEmail("email")} = ${sameEmail("$1::text")}',
        replace: "email = $1::text",
      },
    ],
    caughtBy: byEmail,
  },
  {
    name: "shop data: a customer's erasure takes everybody's details",
    edits: [
      {
        file: "src/store/reads/erasure.ts",
        find: "orders.customer_id = $3",
        replace: "orders.customer_id >= $3",
      },
    ],
    caughtBy: byCustomer,
  },
  {
    name: "shop data: answers to questions stay when details are erased",
    edits: [
      { file: "src/store/columns.ts", find: "  answers = '{}',\n", replace: "" },
      {
        file: "migrations/0013_details.sql",
        find: " and answers = '{}'",
        replace: "",
      },
    ],
    caughtBy: nowhere,
  },
  {
    name: "shop data: a search is recorded with the buyer's address",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: '"/api/admin/orders/search",',
        replace: "",
      },
    ],
    caughtBy: { file: privacy, test: "leaves the address in no table and no line of the log" },
  },
  {
    name: "shop data: the control room's search puts the buyer into the address",
    edits: [{ file: "web/admin/asked-search.ts", find: "    address.delete(word)\n", replace: "" }],
    caughtBy: { file: "test/e2e/admin-search.test.ts", test: "keeps the buyer out of every address" },
  },
  {
    name: "shop data: the record of actions says whose details were erased",
    edits: [{ file: "src/http/access/audit.ts", find: ', "/api/admin/erase"', replace: "" }],
    caughtBy: recorded,
  },
  {
    name: "shop data: the CSV has the answers of the first product alone",
    edits: [
      {
        file: "src/store/reads/asked-details.ts",
        find: "select collect\n",
        replace: "select min(collect::text)::jsonb as collect\n",
      },
      {
        file: "src/store/reads/asked-details.ts",
        find: "select jsonb_object_keys(answers)\n                 from told\n",
        replace: "select '' where false\n",
      },
    ],
    caughtBy: csv,
  },
  {
    name: "shop data: details of a sale without an end are kept by the order's age",
    edits: [
      {
        file: "src/store/upkeep/retention.ts",
        find: "greatest(orders.updated_at, chunk.updated_at)",
        replace: "orders.created_at",
      },
    ],
    caughtBy: retention,
  },
  {
    name: "shop data: a search for several things finds what has one of them",
    edits: [
      {
        file: "src/store/reads/order-search.ts",
        find: "...(paid === null ? []",
        replace: "...(paid === null || paid.length > 0 ? []",
      },
    ],
    caughtBy: search,
  },
  {
    name: "shop data: the newest orders with a frequent name are found before those of a time are chosen",
    edits: [
      {
        file: "src/store/reads/order-search.ts",
        find: "wanted.to === null ? null",
        replace: "wanted.from === null ? null",
      },
    ],
    caughtBy: {
      file: "test/store/search-plans.test.ts",
      test: "a frequent name and an early time",
    },
  },
  {
    name: "shop data: an index is built under a lock that stops the sale",
    edits: [
      {
        file: "src/store/upkeep/late-indexes.ts",
        find: "`create index concurrently ",
        replace: "`create index ",
      },
    ],
    caughtBy: building,
  },
]
