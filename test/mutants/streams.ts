import type { Mutant } from "./mutants.ts"

const live = "test/http/live.test.ts"
const streams = "test/http/stream.test.ts"
const watch = "src/store/reads/product-watch.ts"

/** Bugs with which streams miss changes, are late, or burden other clients. */
export const streamMutants: readonly Mutant[] = [
  {
    name: "streams: changes after a stream's turn are not sent",
    edits: [
      {
        file: "src/http/live/product-channel.ts",
        find: "if (hasChanged && watchers.size > 0) schedule()",
        replace: "if (hasChanged && watchers.size < 0) schedule()",
      },
    ],
    caughtBy: { file: live, test: "in the middle of a round in the next round" },
  },
  {
    name: "streams: changes of other processes are not read",
    edits: [{ file: watch, find: "    void readChanges()", replace: "    void readChanges" }],
    caughtBy: { file: streams, test: "made by another process" },
  },
  {
    name: "streams: a read from before a commit replaces the committed state",
    edits: [
      {
        file: watch,
        find: "product.version > version || version === known.get(product.id)",
        replace: "true",
      },
    ],
    caughtBy: { file: "test/store/product-watch.test.ts", test: "does not undo a commit" },
  },
  {
    name: "streams: opening and closing times send no event",
    edits: [{ file: watch, find: "      self.onChange(id)\n    }\n", replace: "    }\n" }],
    caughtBy: { file: streams, test: "made by time alone" },
  },
  {
    name: "streams: all streams are served in one turn of the event loop",
    edits: [
      {
        file: "src/http/live/write-scheduler.ts",
        find: "const WRITES_IN_A_TURN = 128",
        replace: "const WRITES_IN_A_TURN = 20_000",
      },
    ],
    caughtBy: { file: live, test: "a few in each turn" },
  },
  {
    name: "streams: a client is dropped because of its first answer",
    edits: [
      {
        file: "src/http/live/product-streams.ts",
        find: "      stream.firstBytes = outlet.waitingBytes\n",
        replace: "",
      },
    ],
    caughtBy: { file: live, test: "room of its first answer" },
  },
  {
    name: "streams: a client that reads nothing of a large first answer stays",
    edits: [
      {
        file: "src/http/live/product-streams.ts",
        find: "outlet.waitingBytes < firstBytes ? outlet.waitingBytes : 0",
        replace: "Math.min(outlet.waitingBytes, firstBytes)",
      },
    ],
    caughtBy: { file: live, test: "reads nothing of a large first answer" },
  },
  {
    name: "streams: a client that does not read is not dropped",
    edits: [
      {
        file: "src/http/live/product-streams.ts",
        find: "stream.outlet.waitingBytes <= limits.mostWaitingBytes + stream.firstBytes",
        replace: "stream.outlet.waitingBytes >= 0",
      },
    ],
    caughtBy: { file: streams, test: "which does not read, is disconnected" },
  },
  {
    name: "streams: a stream opens although further requests were pipelined",
    edits: [
      {
        file: "src/http/routes/buyers/stream-products.ts",
        find: "isSentAheadOn(request.raw.socket) || ",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/connections.test.ts", test: "pipelined behind another request" },
  },
  {
    name: "streams: a stopping server leaves streams open",
    edits: [{ file: "src/app.ts", find: "run: () => live.close()", replace: "run: async () => undefined" }],
    caughtBy: { file: streams, test: "ends its streams" },
  },
  {
    name: "streams: one address may open any number of streams",
    edits: [
      {
        file: "src/http/live/streams-by-network.ts",
        find: "most > 0 && (open.get(network) ?? 0) >= most",
        replace: "most > 1_000_000",
      },
    ],
    caughtBy: { file: streams, test: "has as many streams as the limit" },
  },
  {
    name: "streams: ended streams still count towards the limit",
    edits: [
      {
        file: "src/http/live/streams-by-network.ts",
        find: "?? 0) - 1",
        replace: "?? 0)",
      },
    ],
    caughtBy: { file: streams, test: "has as many streams as the limit" },
  },
  {
    name: "streams: each address of an IPv6 network has a limit of its own",
    edits: [
      {
        file: "src/http/access/network-address.ts",
        find: "return normalizeIP(addressOf(request))",
        replace: "return addressOf(request)",
      },
    ],
    caughtBy: { file: streams, test: "of IPv6 counts with its whole" },
  },
]
