import type { Mutant } from "./mutants.ts"

/** What buyers' pages would do wrong with everybody's servers right. */
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
    caughtBy: { file: "test/client/retries.test.ts", test: "without a key" },
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
    name: "client: a CRLF that is cut ends two lines",
    edits: [
      {
        file: "client/src/event-stream.ts",
        find: 'if (text.endsWith("\\r")) isHalfEnded = true',
        replace: "isHalfEnded = false",
      },
    ],
    caughtBy: { file: "test/client/event-stream.test.ts", test: "in two, at every byte" },
  },
  {
    name: "client: a product is told after watching has ended",
    edits: [
      {
        file: "client/src/watch.ts",
        find: 'if (type !== "product" || ending.signal.aborted) return',
        replace: 'if (type !== "product") return',
      },
    ],
    caughtBy: { file: "test/client/watch.test.ts", test: "within a packet" },
  },
  {
    name: "client: a silent stream is never given up",
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
    caughtBy: { file: "test/client/watch.test.ts", test: "silence is a lost connection" },
  },
  {
    name: "client: an answer out of a cache sets the clock",
    edits: [{ file: "client/src/clock.ts", find: "!(at > newest)", replace: "!(at > 0)" }],
    caughtBy: { file: "test/client/clock.test.ts", test: "one and the same answer" },
  },
  {
    name: "storefront: every second of the clock wipes out what a buyer types",
    edits: [
      {
        file: "web/storefront/hold-form.tsx",
        find: "defaultValue={model.customerId.value}",
        replace: "value={model.customerId.value}",
      },
    ],
    caughtBy: { file: "test/e2e/buying.test.ts", test: "gives a customer id" },
  },
]
