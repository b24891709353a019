import type { Mutant } from "./mutants.ts"

const limit = "src/limits/attempt-limit.ts"
const redis = "src/limits/redis-counts.ts"
const connection = "src/limits/redis-connection.ts"
const counted = "test/limits/attempt-limit.test.ts"
const failing = "test/limits/redis.test.ts"

export const limitMutants: readonly Mutant[] = [
  {
    name: "limits: where Redis is away nothing is limited",
    edits: [
      {
        file: limit,
        find: "if (window.count + window.elsewhere >= most) return secondsLeft(window)",
        replace: "",
      },
    ],
    caughtBy: { file: failing, test: "that is away at the start stops no server" },
  },
  {
    name: "limits: a Redis that does not answer is waited for without end",
    edits: [
      {
        file: connection,
        find: "setTimeout(() => setImmediate(late), milliseconds)",
        replace: "setTimeout(() => setImmediate(late), 1_000 * milliseconds)",
      },
    ],
    caughtBy: { file: failing, test: "no request fails or waits long" },
  },
  {
    name: "limits: each request waits for a Redis that does not answer",
    edits: [
      { file: redis, find: "this.#lost(connection, reasonOf(error))\n      return", replace: "return" },
    ],
    caughtBy: { file: failing, test: "no request fails or waits long" },
  },
  {
    name: "limits: each attempt is refused while Redis is away",
    edits: [
      { file: limit, find: "total !== null && total > most", replace: "total === null || total > most" },
    ],
    caughtBy: { file: failing, test: "that is away at the start stops no server" },
  },
  {
    name: "limits: a Redis that is back is not used",
    edits: [{ file: redis, find: "void this.open()", replace: "undefined" }],
    caughtBy: { file: failing, test: "no request fails or waits long" },
  },
  {
    name: "limits: a Redis that takes connections and no counts is taken to be back",
    edits: [
      {
        file: redis,
        find: "await connection.add({ key: `${server.prefix}:check`, by: 1, withinMs: 1_000 })",
        replace: "await connection.info(`${server.prefix}:check`).catch(() => undefined)",
      },
    ],
    caughtBy: { file: failing, test: "takes connections and no counts" },
  },
  {
    name: "limits: the light shows a slow count for ever",
    edits: [
      {
        file: "src/metrics/redis-metrics.ts",
        find: "    slowest = 0\n",
        replace: "    slowest = slowest * 1\n",
      },
    ],
    caughtBy: { file: "test/metrics/redis-metrics.test.ts", test: "the slowest count is remembered" },
  },
  {
    name: "limits: a password that Redis quotes is logged",
    edits: [{ file: connection, find: 'line.replaceAll(login.password, "…")', replace: "line" }],
    caughtBy: {
      file: "test/cli/doctor-redis.test.ts",
      test: "doctor does not repeat a password that the server quotes",
    },
  },
  {
    name: "limits: keys in Redis have the address",
    edits: [
      {
        file: redis,
        find: "`${server.prefix}:${digest.slice(0, DIGEST_LENGTH)}`",
        replace: "`${server.prefix}:${key}${digest.slice(0, 0)}`",
      },
    ],
    caughtBy: { file: failing, test: "neither an address nor a mailbox" },
  },
  {
    name: "limits: the total of other processes does not count",
    edits: [{ file: limit, find: "Math.max(0, total.count - window.confirmed)", replace: "0" }],
    caughtBy: { file: counted, test: "processes that take turns exceed a limit" },
  },
  {
    name: "limits: an attempt is counted after the others were asked",
    edits: [
      {
        file: limit,
        find: "return total !== null && total > most ? secondsLeft(window) : 0",
        replace: "return window.count + window.elsewhere > most && total === -1 ? secondsLeft(window) : 0",
      },
    ],
    caughtBy: { file: counted, test: "shared: of a hundred attempts at once" },
  },
]
