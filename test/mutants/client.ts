import type { Mutant } from "./mutants.ts"

/** Faults of the client and of the storefront, with a correct server. */
export const clientMutants: readonly Mutant[] = [
  {
    name: "client: a retry gets a new idempotency key",
    edits: [
      {
        file: "client/src/send.ts",
        find: '{ accept: "application/json", ...request.headers }',
        replace: '{ accept: "application/json", ...request.headers, "idempotency-key": crypto.randomUUID() }',
      },
    ],
    caughtBy: { file: "test/client/retries.test.ts", test: "is made once" },
  },
  {
    name: "client: a call without a key is repeated",
    edits: [
      {
        file: "client/src/client.ts",
        find: "repeatable: key !== null",
        replace: "repeatable: key !== undefined",
      },
    ],
    caughtBy: { file: "test/client/retries.test.ts", test: "a call without a key" },
  },
  {
    name: "client: a signal does not end the pause between two tries",
    edits: [
      {
        file: "client/src/send.ts",
        find: "await pause(pauseMs, signal)",
        replace: "await pause(pauseMs, undefined)",
      },
    ],
    caughtBy: { file: "test/client/retries.test.ts", test: "a signal ends the pause" },
  },
  {
    name: "client: a CRLF that arrives in two parts ends two lines",
    edits: [
      {
        file: "client/src/event-stream.ts",
        find: 'if (text.endsWith("\\r")) isHalfEnded = true',
        replace: "isHalfEnded = false",
      },
    ],
    caughtBy: { file: "test/client/event-stream.test.ts", test: "in two parts, cut at every byte" },
  },
  {
    name: "client: onProduct is called after the watch has ended",
    edits: [
      {
        file: "client/src/watch.ts",
        find: 'if (type !== "product" || ending.signal.aborted) return',
        replace: 'if (type !== "product") return',
      },
    ],
    caughtBy: { file: "test/client/watch.test.ts", test: "in the same packet" },
  },
  {
    name: "client: a silent stream is never closed",
    edits: [
      {
        file: "client/src/watch.ts",
        find: "let watchdog = setTimeout(onSilence, times.silenceMs)",
        replace: "let watchdog = setTimeout(() => undefined, times.silenceMs)",
      },
      {
        file: "client/src/watch.ts",
        find: "      watchdog = setTimeout(onSilence, times.silenceMs)\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/client/watch.test.ts", test: "a silent connection" },
  },
  {
    name: "client: an answer from a cache sets the clock",
    edits: [{ file: "client/src/clock.ts", find: "!(at > newest)", replace: "!(at > 0)" }],
    caughtBy: { file: "test/client/clock.test.ts", test: "one and the same answer" },
  },
  {
    name: "storefront: each tick of the clock deletes what the buyer has typed",
    edits: [
      {
        file: "web/storefront/customer-field.tsx",
        find: "defaultValue={customerId}",
        replace: "value={customerId}",
      },
    ],
    caughtBy: { file: "test/e2e/buying.test.ts", test: "enters a customer id" },
  },
  {
    name: "storefront: a size of which all units are reserved is called sold out",
    edits: [
      {
        file: "web/storefront/variant-choice.ts",
        find: "return isSoldOut(variant) ?",
        replace: "return isSoldOut(variant) || (variant.reserved_stock ?? 0) > 0 ?",
      },
    ],
    caughtBy: { file: "test/web/variant-choice.test.ts", test: "a variant reads" },
  },
  {
    name: "storefront: the customer id is lost with the reservation",
    edits: [
      {
        file: "web/storefront/product-page-model.ts",
        find: "        customerId.value = givenId\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/e2e/buying-variants.test.ts", test: "keeps the basket and the customer id" },
  },
  {
    name: "storefront: units that are not for sale count as units left",
    edits: [
      {
        file: "web/storefront/variant-choice.ts",
        find: "of product.variants.filter(({ enabled }) => enabled)",
        replace: "of product.variants",
      },
    ],
    caughtBy: { file: "test/web/variant-choice.test.ts", test: "units of a variant that is not for sale" },
  },
  {
    name: "storefront: a reserved basket shows the prices of now",
    edits: [
      {
        file: "web/storefront/buyer-view.ts",
        find: "line.qty * line.unit_price_minor",
        replace: "line.qty * (product?.price_minor ?? 0)",
      },
    ],
    caughtBy: { file: "test/web/buyer-view.test.ts", test: "a hold costs what it cost" },
  },
  {
    name: "storefront: a size that was chosen before the scripts ran is forgotten",
    edits: [
      {
        file: "web/storefront/product-page-model.ts",
        find: "        choice.value = earlyChoice ?? choice.value\n",
        replace: "",
      },
    ],
    caughtBy: {
      file: "test/e2e/buying-variants.test.ts",
      test: "chooses one variant before the scripts run",
    },
  },
  {
    name: "storefront: another basket can be chosen while a request may have reserved one",
    edits: [
      {
        file: "web/storefront/basket.tsx",
        find: "most={isLocked ? qty : ",
        replace: "most={",
      },
    ],
    caughtBy: { file: "test/e2e/buying-variants.test.ts", test: "asks again for the same basket" },
  },
]
