/** Wrong tokens that one address may send within the time. */
const MOST = 5
const WITHIN_MS = 60_000
/** Addresses that are remembered; past that the one that was heard of first is forgotten. */
const MOST_ADDRESSES = 10_000

/** Who has sent wrong tokens of late. */
export interface WrongTokens {
  /** Seconds until the address may try again; 0: now. */
  waitSeconds(address: string): number
  note(address: string): void
}

/**
 * Five wrong tokens a minute and address, counted by each process for itself. Right ones do not count: who
 * signs in on three machines at once is no attacker.
 */
export function createWrongTokens(now: () => number = () => performance.now()): WrongTokens {
  const byAddress = new Map<string, { count: number; readonly endsAt: number }>()

  function current(address: string) {
    const known = byAddress.get(address)
    if (known === undefined || now() < known.endsAt) return known
    byAddress.delete(address)
    return undefined
  }

  return {
    waitSeconds(address) {
      const known = current(address)
      return known === undefined || known.count < MOST ? 0 : Math.ceil((known.endsAt - now()) / 1_000)
    },
    note(address) {
      const known = current(address)
      if (known !== undefined) {
        known.count += 1
        return
      }
      const [oldest] = byAddress.keys()
      if (byAddress.size >= MOST_ADDRESSES && oldest !== undefined) byAddress.delete(oldest)
      byAddress.set(address, { count: 1, endsAt: now() + WITHIN_MS })
    },
  }
}
