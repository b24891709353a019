import type { Mutant } from "./mutants.ts"

const live = "test/http/live.test.ts"
const streams = "test/http/stream.test.ts"
const watch = "src/store/reads/product-watch.ts"

/** What streams promise: every change, in time, to everybody, at nobody's cost. */
export const streamMutants: readonly Mutant[] = [
  {
    name: "streams: nobody hears what has changed since his turn",
    edits: [
      {
        file: "src/http/live/product-channel.ts",
        find: "if (hasChanged && watchers.size > 0) schedule()",
        replace: "if (hasChanged && watchers.size < 0) schedule()",
      },
    ],
    caughtBy: { file: live, test: "behind the back" },
  },
  {
    name: "streams: nobody looks for what other processes change",
    edits: [{ file: watch, find: "    void readChanges()", replace: "    void readChanges" }],
    caughtBy: { file: streams, test: "of another process" },
  },
  {
    name: "streams: what was read before a commit is put in its place",
    edits: [
      {
        file: watch,
        find: "product.version > version || version === known.get(product.id)",
        replace: "true",
      },
    ],
    caughtBy: { file: "test/store/product-watch.test.ts", test: "meanwhile" },
  },
  {
    name: "streams: time alone changes nothing",
    edits: [{ file: watch, find: "      self.onChange(id)\n    }\n", replace: "    }\n" }],
    caughtBy: { file: streams, test: "only time makes" },
  },
  {
    name: "streams: a crowd is served in one turn",
    edits: [
      {
        file: "src/http/live/write-scheduler.ts",
        find: "const WRITES_IN_A_TURN = 128",
        replace: "const WRITES_IN_A_TURN = 20_000",
      },
    ],
    caughtBy: { file: live, test: "a few clients in each turn" },
  },
  {
    name: "streams: who does not read is kept",
    edits: [
      {
        file: "src/http/live/product-streams.ts",
        find: "stream.outlet.waitingBytes <= limits.mostWaitingBytes",
        replace: "stream.outlet.waitingBytes >= 0",
      },
    ],
    caughtBy: { file: streams, test: "does not read, who is dropped" },
  },
  {
    name: "streams: one is opened where requests were sent ahead",
    edits: [
      {
        file: "src/http/routes/buyers/stream.ts",
        find: "isSentAheadOn(request.raw.socket) || ",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/connections.test.ts", test: "in the same packet" },
  },
  {
    name: "streams: a stopping server leaves them open",
    edits: [{ file: "src/app.ts", find: "run: () => live.close()", replace: "run: async () => undefined" }],
    caughtBy: { file: streams, test: "ends its streams" },
  },
  {
    name: "streams: one address may have all of them",
    edits: [
      {
        file: "src/http/live/streams-by-network.ts",
        find: "most > 0 && (open.get(network) ?? 0) >= most",
        replace: "most > 1_000_000",
      },
    ],
    caughtBy: { file: streams, test: "has as many streams as it may" },
  },
  {
    name: "streams: those that have ended count for ever",
    edits: [
      {
        file: "src/http/live/streams-by-network.ts",
        find: "?? 0) - 1",
        replace: "?? 0)",
      },
    ],
    caughtBy: { file: streams, test: "has as many streams as it may" },
  },
  {
    name: "streams: each address of a network of IPv6 counts for itself",
    edits: [
      {
        file: "src/http/access/network-address.ts",
        find: "return normalizeIP(addressOf(request))",
        replace: "return addressOf(request)",
      },
    ],
    caughtBy: { file: streams, test: "of IPv6 is one with its neighbours" },
  },
]
