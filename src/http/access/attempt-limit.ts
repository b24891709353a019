/** Counts attempts by network (`networkOf`). */
export interface AttemptLimit {
  /** Counts an attempt, and returns 0; or the seconds until the network may try again, and then counts nothing. */
  take(network: string): number
}

/** How many networks are remembered; beyond that the oldest entry is dropped. */
const MOST_NETWORKS = 10_000

/** Allows each network `most` attempts within `withinMs` of its first; each process counts separately. */
export function createAttemptLimit({
  most,
  withinMs,
  now = () => performance.now(),
}: {
  readonly most: number
  readonly withinMs: number
  readonly now?: () => number
}): AttemptLimit {
  const byNetwork = new Map<string, { count: number; readonly endsAt: number }>()
  return {
    take(network) {
      const known = byNetwork.get(network)
      if (known !== undefined && now() < known.endsAt) {
        if (known.count >= most) return Math.ceil((known.endsAt - now()) / 1_000)
        known.count += 1
        return 0
      }
      byNetwork.delete(network)
      const [oldest] = byNetwork.keys()
      if (byNetwork.size >= MOST_NETWORKS && oldest !== undefined) byNetwork.delete(oldest)
      byNetwork.set(network, { count: 1, endsAt: now() + withinMs })
      return 0
    },
  }
}
