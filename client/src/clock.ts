/** An estimate of the server's clock. */
export interface Clock {
  /**
   * The server's time in milliseconds since 1970; the local time before the first answer.
   *
   * The error is at most half the shortest round trip ({@link marginMs}, usually some tens of milliseconds). It is also
   * behind by at most the age of the answers: 250 ms in the server, and what a cache in between adds. The local clock
   * may be wrong by any amount; after it was set, the estimate needs some answers to recover.
   */
  now(): number
  /** Half the shortest of the last round trips, in milliseconds; null: there was no answer yet. */
  readonly marginMs: number | null
}

/** A clock that learns from answers. */
export interface LearningClock extends Clock {
  /**
   * Takes an answer's `server_time`, and when its request was sent and it was received by the local clock, in
   * milliseconds since 1970; `sentAt` null: it came without a request. An answer that is not newer than the newest one
   * came from a cache and is ignored.
   */
  learn(serverTime: string, sentAt: number | null, receivedAt: number): void
}

/**
 * How many answers count: enough to outlast a few slow ones, few enough to forget those from before the clock was set.
 */
const REMEMBERED = 16

/** Makes a clock that has seen no answer. `localNow` is the local clock, in milliseconds since 1970. */
export function createClock(localNow: () => number = Date.now): LearningClock {
  /**
   * Lower bounds of how far the server's clock is ahead of the local one: it was read before the answer was received.
   */
  let floors: readonly number[] = []
  let roundTrips: readonly number[] = []
  let newest = Number.NEGATIVE_INFINITY

  const marginMs = () => (roundTrips.length === 0 ? null : Math.min(...roundTrips) / 2)

  return {
    now() {
      // An old answer makes the server's clock look late, never early, so the highest bound is the best.
      const aheadMs = floors.length === 0 ? 0 : Math.max(...floors)
      return localNow() + aheadMs + (marginMs() ?? 0)
    },
    get marginMs() {
      return marginMs()
    },
    learn(serverTime, sentAt, receivedAt) {
      const at = Date.parse(serverTime)
      // If the local clock was set back meanwhile, the round trip was not measured.
      if (!(at > newest) || receivedAt < (sentAt ?? receivedAt)) return
      newest = at
      floors = [...floors, at - receivedAt].slice(-REMEMBERED)
      if (sentAt !== null) roundTrips = [...roundTrips, receivedAt - sentAt].slice(-REMEMBERED)
    },
  }
}
