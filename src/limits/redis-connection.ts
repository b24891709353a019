import type { Redis } from "ioredis"
import type { RateLimiterRedis } from "rate-limiter-flexible"
import type { RedisServer } from "../config/redis.ts"
import type { Count, Total } from "./counts.ts"

/** Connecting, the login included. A Redis on the same network needs a few milliseconds. */
const CONNECTED_WITHIN_MS = 1_000
/** One count. A Redis on the same network needs less than one. */
const COUNTED_WITHIN_MS = 100

/** A connection to Redis that is used until it fails once. */
export interface RedisConnection {
  /** Adds to a key, which Redis sees as it is given. Rejects with one line that contains no secret. */
  add(count: Pick<Count, "key" | "by" | "withinMs">): Promise<Total>
  /** The server's own description (`INFO`) of a section. Rejects like `add`. */
  info(section: string): Promise<string>
  /** Calls back when the connection is lost. */
  onLost(call: () => void): void
  close(): void
}

/**
 * Connects and logs in, within a second. Rejects with one line that contains no secret. The library is loaded here, so that a
 * server without Redis does without it.
 */
export async function openRedis(server: RedisServer): Promise<RedisConnection> {
  const [{ Redis }, { RateLimiterRedis }] = await Promise.all([
    import("ioredis"),
    import("rate-limiter-flexible"),
  ])
  const client = new Redis({
    host: server.host,
    port: server.port,
    ...(server.tls && { tls: tlsOf(server.host) }),
    // Nothing is queued or sent again by the library: what fails is decided here.
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: CONNECTED_WITHIN_MS,
    // The login is sent below: in its own, the library prints some refusals to the console and goes on.
    protocol: 2,
    disableClientInfo: true,
  })
  let fault: Error | null = null
  client.on("error", (error: Error) => (fault ??= error))
  try {
    await within(CONNECTED_WITHIN_MS, "connect", () => connect(client, server))
  } catch (error) {
    client.disconnect()
    throw lineOf(fault ?? error, server)
  }
  const limiter = new RateLimiterRedis({ storeClient: client, keyPrefix: "", points: 1, duration: 1 })
  return connectionOver(client, limiter, server)
}

function tlsOf(host: string): { servername?: string } {
  // An IP address is not allowed as a server name.
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host }
}

async function connect(client: Redis, { login, database }: RedisServer): Promise<void> {
  await client.connect()
  if (login !== null) {
    await (login.user === null ? client.auth(login.password) : client.auth(login.user, login.password))
  }
  if (database !== 0) await client.select(database)
}

function connectionOver(client: Redis, limiter: RateLimiterRedis, server: RedisServer): RedisConnection {
  const ask = <Answer>(what: string, question: () => Promise<Answer>) =>
    within(COUNTED_WITHIN_MS, what, question).catch((error: unknown) => {
      throw lineOf(error, server)
    })
  return {
    async add({ key, by, withinMs }) {
      const window = { customDuration: Math.ceil(withinMs / 1_000) }
      const { consumedPoints, msBeforeNext } = await ask("count", () => limiter.penalty(key, by, window))
      return { count: consumedPoints, endsInMs: msBeforeNext }
    },
    info: (section) => ask("answer", () => client.info(section)),
    onLost: (call) => void client.once("end", call),
    close: () => client.disconnect(),
  }
}

/**
 * The answer, or an error when it takes too long. An answer that has arrived while this process was busy counts as in time: it
 * is read between the timer and the turn after it.
 */
function within<Answer>(
  milliseconds: number,
  what: string,
  question: () => Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`it did not ${what} within ${milliseconds} ms`))
    const timer = setTimeout(() => setImmediate(late), milliseconds)
    question()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}

const LONGEST_REASON = 200

/**
 * The library's errors carry the command with its arguments, a password among them, and a server that does not know a command
 * quotes its arguments. So only the first line is kept, without the password.
 */
function lineOf(error: unknown, { login }: RedisServer): Error {
  const text = error instanceof Error ? error.message || String(Reflect.get(error, "code")) : String(error)
  const line = text.split(/[\r\n]/)[0] ?? ""
  const safe = login === null ? line : line.replaceAll(login.password, "…")
  return new Error(safe.slice(0, LONGEST_REASON))
}
