/** The server's clock, as far as it is known here. */
export interface Clock {
  /**
   * What the server's clock says, in milliseconds since 1970; the local clock before anything is known.
   *
   * Wrong by half the shortest round trip at most ({@link marginMs}; some tens of milliseconds as a rule),
   * and behind by up to as much more as the answers were old: 250 ms in the server, and whatever a cache in
   * between adds. The local clock may be wrong by any amount; when it is set anew, some answers pass before
   * that is made up for.
   */
  now(): number
  /** Half the shortest of the last round trips, in milliseconds; null: nothing was asked yet. */
  readonly marginMs: number | null
}

/** A clock that can be told what answers say. */
export interface LearningClock extends Clock {
  /**
   * Takes a `server_time`, and when the local clock sent the question and had the answer, in milliseconds
   * since 1970; `sentAt` null: nobody asked. What is not newer than what was told before comes out of a
   * cache and says nothing.
   */
  learn(serverTime: string, sentAt: number | null, receivedAt: number): void
}

/** Enough to outlast a few slow answers, few enough to forget a clock that has been set anew. */
const REMEMBERED = 16

/** Knows nothing yet. `localNow` is the local clock, in milliseconds since 1970. */
export function createClock(localNow: () => number = Date.now): LearningClock {
  /** How far at least the server's clock is ahead of the local one: it was read before the answer came. */
  let floors: readonly number[] = []
  let roundTrips: readonly number[] = []
  let newest = Number.NEGATIVE_INFINITY

  const marginMs = () => (roundTrips.length === 0 ? null : Math.min(...roundTrips) / 2)

  return {
    now() {
      // An old answer makes the server's clock look late, never early: the highest floor is the best.
      const aheadMs = floors.length === 0 ? 0 : Math.max(...floors)
      return localNow() + aheadMs + (marginMs() ?? 0)
    },
    get marginMs() {
      return marginMs()
    },
    learn(serverTime, sentAt, receivedAt) {
      const at = Date.parse(serverTime)
      // A clock that was set back meanwhile has measured nothing.
      if (!(at > newest) || receivedAt < (sentAt ?? receivedAt)) return
      newest = at
      floors = [...floors, at - receivedAt].slice(-REMEMBERED)
      if (sentAt !== null) roundTrips = [...roundTrips, receivedAt - sentAt].slice(-REMEMBERED)
    },
  }
}
