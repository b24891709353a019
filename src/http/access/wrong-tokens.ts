/** Wrong tokens that one network may send within the time. */
const MOST = 5
const WITHIN_MS = 60_000
/** Networks that are remembered; past that the one that was heard of first is forgotten. */
const MOST_NETWORKS = 10_000

/** Who has sent wrong tokens of late, by `networkOf` the request. */
export interface WrongTokens {
  /** Seconds until somebody of the network may try again; 0: now. */
  waitSeconds(network: string): number
  note(network: string): void
}

/**
 * Five wrong tokens a minute and network, counted by each process for itself. Right ones do not count: who
 * signs in on three machines at once is no attacker. But past the five a right one has to wait as well, or
 * the wait would keep nobody from guessing on.
 *
 * Nothing waits between looking and noting, so a hundred guesses at once are still five. The rate limit's
 * plugin can look without counting too, but answers later: all hundred would have looked before one is noted.
 */
export function createWrongTokens(now: () => number = () => performance.now()): WrongTokens {
  const byNetwork = new Map<string, { count: number; readonly endsAt: number }>()

  function current(network: string) {
    const known = byNetwork.get(network)
    if (known === undefined || now() < known.endsAt) return known
    byNetwork.delete(network)
    return undefined
  }

  return {
    waitSeconds(network) {
      const known = current(network)
      return known === undefined || known.count < MOST ? 0 : Math.ceil((known.endsAt - now()) / 1_000)
    },
    note(network) {
      const known = current(network)
      if (known !== undefined) {
        known.count += 1
        return
      }
      const [oldest] = byNetwork.keys()
      if (byNetwork.size >= MOST_NETWORKS && oldest !== undefined) byNetwork.delete(oldest)
      byNetwork.set(network, { count: 1, endsAt: now() + WITHIN_MS })
    },
  }
}
