/** How many wrong admin tokens a network may send within `WITHIN_MS`. */
const MOST_TOKENS = 5
/** As for tokens, of access codes: many buyers may be behind one address, and mistype theirs. */
export const MOST_WRONG_CODES = 10
const WITHIN_MS = 60_000
/** How many networks are remembered; beyond that the oldest entry is dropped. */
const MOST_NETWORKS = 10_000

/** Counts recent wrong admin tokens by the sender's network (`networkOf`). */
export interface WrongTokens {
  /** Seconds until the network may try again; 0: it may try now. */
  waitSeconds(network: string): number
  /** Counts a token as wrong. Call it before a token is looked up. */
  note(network: string): void
  /** The token was right: it does not count. */
  takeBack(network: string): void
}

/**
 * Allows each network `most` wrong tokens a minute, five of them where it is not said; each process counts separately. Right tokens do not count, so an
 * operator may sign in on several machines at once. After that a right one has to wait as well, because
 * otherwise an attacker could go on guessing.
 *
 * `waitSeconds` and `note` are synchronous, so of a hundred simultaneous guesses only five are checked. The plugin of
 * the rate limit is asynchronous: all hundred would pass its check before the first is counted.
 */
export function createWrongTokens(
  now: () => number = () => performance.now(),
  most = MOST_TOKENS,
): WrongTokens {
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
      return known === undefined || known.count < most ? 0 : Math.ceil((known.endsAt - now()) / 1_000)
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
    takeBack(network) {
      const known = current(network)
      if (known !== undefined) known.count = Math.max(0, known.count - 1)
    },
  }
}
