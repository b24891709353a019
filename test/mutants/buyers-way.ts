import type { Mutant } from "./mutants.ts"

const thumb = "test/e2e/impatient-thumb.test.ts"

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
    name: "way: the main button moves on a phone",
    edits: [
      {
        file: "web/storefront/storefront.css",
        find: "    position: fixed;\n    inset: auto 0 0;",
        replace: "",
      },
    ],
    caughtBy: { file: thumb, test: "at the same place" },
  },
]
