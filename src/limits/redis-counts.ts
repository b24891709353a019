import { createHmac } from "node:crypto"
import type { RedisServer } from "../config/redis.ts"
import type { Count, Counts, Total } from "./counts.ts"
import { openRedis, type RedisConnection } from "./redis-connection.ts"

/** Is told how Redis does. */
export interface RedisObserver {
  /** From now on nothing is counted in Redis. `reason`: one line without a secret. Called once until `back`. */
  away(reason: string): void
  /** Counts are shared: for the first time, or again. */
  back(): void
  /** Attempts were counted in Redis, which took this many milliseconds; null: only here. */
  counted(tookMs: number | null): void
}

/** Counts in Redis. */
export interface RedisCounts extends Counts {
  /** Connects, for a second at most, and goes on trying if that fails. Before that, nothing is counted. Never rejects. */
  open(): Promise<void>
  /** Closes the connection. From then on nothing is counted. */
  close(): void
}

export interface RedisCountsOptions {
  readonly server: RedisServer
  /** The installation's: the names of keys are made with it, so that Redis has no addresses. */
  readonly secret: string
  readonly observer: RedisObserver
}

/** How long Redis is left alone after it has failed. */
const FIRST_PAUSE_MS = 1_000
/** A Redis that fails again and again is tried this seldom, so that the log does not fill. */
const LONGEST_PAUSE_MS = 30_000
/** A Redis that was back for this long is taken to be well. */
const WELL_AFTER_MS = 60_000

/**
 * Counts in Redis, once it is open. While Redis is away `add` answers null at once: of the requests that have to wait for
 * Redis, only those that are under way when it fails wait for the time-out. A connection that has failed once is given up,
 * because a host that has gone without a word would otherwise be waited for.
 */
export function createRedisCounts(options: RedisCountsOptions): RedisCounts {
  return new ConnectedCounts(options)
}

class ConnectedCounts implements RedisCounts {
  readonly #options: RedisCountsOptions
  #connection: RedisConnection | null = null
  #isAway = false
  #isClosed = false
  #pauseMs = FIRST_PAUSE_MS
  #backAt = -Infinity
  #pause: NodeJS.Timeout | undefined

  constructor(options: RedisCountsOptions) {
    this.#options = options
  }

  async add(count: Count): Promise<Total | null> {
    const connection = this.#connection
    if (connection === null) return this.#notShared()
    const startedAt = performance.now()
    try {
      const total = await connection.add({ ...count, key: this.#keyOf(count) })
      this.#options.observer.counted(performance.now() - startedAt)
      return total
    } catch (error) {
      this.#lost(connection, reasonOf(error))
      return this.#notShared()
    }
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#pause)
    this.#connection?.close()
    this.#connection = null
  }

  /** Connects, and counts something: a Redis may accept connections and take no writes. */
  async open(): Promise<void> {
    const { server, observer } = this.#options
    let connection: RedisConnection | null = null
    try {
      connection = await openRedis(server)
      await connection.add({ key: `${server.prefix}:check`, by: 1, withinMs: 1_000 })
    } catch (error) {
      connection?.close()
      return this.#failed(reasonOf(error))
    }
    if (this.#isClosed) return connection.close()
    const opened = connection
    opened.onLost(() => this.#lost(opened, "it closed the connection"))
    this.#connection = opened
    this.#isAway = false
    this.#backAt = performance.now()
    observer.back()
  }

  #notShared(): null {
    this.#options.observer.counted(null)
    return null
  }

  /** `connection` has failed. The first one to notice it decides. */
  #lost(connection: RedisConnection, reason: string): void {
    if (this.#connection !== connection) return
    this.#connection = null
    connection.close()
    const isWell = performance.now() - this.#backAt >= WELL_AFTER_MS
    this.#pauseMs = isWell ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
    this.#failed(reason)
  }

  #failed(reason: string): void {
    if (this.#isClosed) return
    if (!this.#isAway) this.#options.observer.away(reason)
    this.#isAway = true
    this.#pause = setTimeout(() => void this.open(), this.#pauseMs).unref()
  }

  /** Limits by address become keys without an address. */
  #keyOf({ limit, key }: Count): string {
    const { server, secret } = this.#options
    const digest = createHmac("sha256", secret).update(`redis\n${limit}\n${key}`).digest("base64url")
    return `${server.prefix}:${digest.slice(0, DIGEST_LENGTH)}`
  }
}

/** 132 bits. */
const DIGEST_LENGTH = 22

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
