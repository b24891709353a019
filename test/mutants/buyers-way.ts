import type { Mutant } from "./mutants.ts"

const thumb = "test/e2e/impatient-thumb.test.ts"
const yours = "test/e2e/your-orders.test.ts"

/** Bugs in the steps of a buyer. */
export const buyersWayMutants: readonly Mutant[] = [
  {
    name: "way: units are given back without a question",
    edits: [
      {
        file: "web/storefront/asked-action.tsx",
        find: "if (isAwake && !isBusy) isAsked.value = !isAsked.value",
        replace: "if (!isBusy) onYes()",
      },
    ],
    caughtBy: { file: thumb, test: "never gives a unit back" },
  },
  {
    name: "way: buttons that give back or pay are awake at once",
    edits: [
      {
        file: "web/storefront/is-awake.ts",
        find: "useSignal(false)",
        replace: "useSignal(true)",
      },
    ],
    caughtBy: { file: thumb, test: "does nothing to a button that gives back" },
  },
  {
    name: "way: the button of an order pays at once",
    edits: [
      {
        file: "web/storefront/order-actions.tsx",
        find: "useIsAwake() && pending",
        replace: "pending",
      },
    ],
    caughtBy: { file: thumb, test: "does not pay in the first second" },
  },
  {
    name: "way: a page that leads to the order takes taps in the meantime",
    edits: [
      {
        file: "web/storefront/product-page-model.ts",
        find: "await place.goOn(orderId, token)",
        replace: "void place.goOn(orderId, token)",
      },
    ],
    caughtBy: { file: thumb, test: "never gives a unit back" },
  },
  {
    name: "way: the main button moves on a phone",
    edits: [
      {
        file: "web/storefront/pages.css",
        find: "    position: fixed;\n    inset: auto 0 0;",
        replace: "",
      },
    ],
    caughtBy: { file: thumb, test: "at the same place" },
  },
  {
    name: "way: where nothing is stored, the page of an order gets no token",
    edits: [
      {
        file: "web/storefront/own-page.ts",
        find: 'storage.isKept() ? "" : `#${token}`',
        replace: '""',
      },
    ],
    caughtBy: { file: yours, test: "nothing can be stored" },
  },
  {
    name: "way: an order that waits for payment is lost from sight",
    edits: [
      {
        file: "web/storefront/reserved-bar.tsx",
        find: "[...reserved(), ...unpaid()]",
        replace: "[...reserved()]",
      },
    ],
    caughtBy: { file: yours, test: "is on every page" },
  },
  {
    name: "way: the form for erased details opens again",
    edits: [
      {
        file: "web/storefront/order-actions.tsx",
        find: " || storage.order(order.order_id)?.isErased === true",
        replace: "",
      },
    ],
    caughtBy: { file: "test/e2e/details.test.ts", test: "is not asked again" },
  },
  {
    name: "way: an unknown address of the API is a page",
    edits: [
      {
        file: "src/http/routes/buyers/storefront-pages.ts",
        find: "(?:api|admin",
        replace: "(?:admin",
      },
    ],
    caughtBy: { file: "test/http/pages.test.ts", test: "an unknown address" },
  },
]
