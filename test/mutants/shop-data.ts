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
        find: "askerName(gatekeeper.callerOf(request)), wanted)",
        replace: "askerName(gatekeeper.callerOf(request)), { ...wanted, reference: undefined })",
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
]
