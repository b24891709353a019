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
  /** Half the shortest round trip so far, in milliseconds; null: nothing is known yet. */
  readonly marginMs: number | null
}

/** A clock that can be told what answers say. */
export interface LearningClock extends Clock {
  /**
   * Takes a `server_time` and when the local clock sent the question and had the answer, in milliseconds
   * since 1970. What is not newer than what was told before comes out of a cache and says nothing.
   */
  learn(serverTime: string, sentAt: number, receivedAt: number): void
}

/** Enough to outlast a few slow answers, few enough to forget a clock that has been set anew. */
const SAMPLES = 16

interface Sample {
  /** The server's clock is ahead of the local one by so much at least: it was read before the answer came. */
  readonly aheadMs: number
  readonly roundTripMs: number
}

/** Knows nothing yet. `localNow` is the local clock, in milliseconds since 1970. */
export function createClock(localNow: () => number = Date.now): LearningClock {
  let samples: readonly Sample[] = []
  let newest = Number.NEGATIVE_INFINITY

  const shortestMs = () => Math.min(...samples.map(({ roundTripMs }) => roundTripMs))

  return {
    now() {
      if (samples.length === 0) return localNow()
      // An old answer makes the server's clock look late, never early: the highest floor is the best.
      return localNow() + Math.max(...samples.map(({ aheadMs }) => aheadMs)) + shortestMs() / 2
    },
    get marginMs() {
      return samples.length === 0 ? null : shortestMs() / 2
    },
    learn(serverTime, sentAt, receivedAt) {
      const at = Date.parse(serverTime)
      // A clock that was set back meanwhile has measured nothing.
      if (!(at > newest) || receivedAt < sentAt) return
      newest = at
      const sample = { aheadMs: at - receivedAt, roundTripMs: receivedAt - sentAt }
      samples = [...samples, sample].slice(-SAMPLES)
    },
  }
}
