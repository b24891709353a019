import type { Counts } from "./counts.ts"

/** A limit: `most` attempts of a key (a network, a mailbox) within `withinMs` of its first one. */
export interface LimitRule {
  /** Tells limits apart where they are shared. The same in all processes. */
  readonly name: string
  readonly most: number
  readonly withinMs: number
}

/** Counts attempts by key, in this process and, where counts are shared, with the others. */
export interface AttemptLimit {
  /**
   * Counts an attempt, and resolves with 0; or with the seconds until the key may try again. Where counts are shared it waits
   * for the total of all processes, for a fraction of a second: for what is tried seldom. When they cannot be reached, this
   * process decides by its own count. Never rejects.
   */
  take(key: string): Promise<number>
  /** The last attempt of `take` does not count after all. */
  giveBack(key: string): void
  /** The seconds until the key may try again, as far as this process knows; 0: it may. Counts nothing. */
  waitSeconds(key: string): number
  /**
   * Counts an attempt and returns at once, for requests that must not wait. Others learn of every twentieth part of the limit,
   * so that together they may exceed it by that part for each process.
   */
  note(key: string): Noted
}

/** What is known of a key. More than the limit's `most`: the attempt is refused. */
export interface Noted {
  readonly count: number
  readonly endsInMs: number
}

/** How many keys of a limit are remembered; beyond that the oldest entry is dropped. */
const MOST_KEYS = 10_000

/** The part of a limit that a process counts for itself before it tells the others of it. */
const UNTOLD_PART = 1 / 20

interface Window {
  /** Attempts in this process. */
  count: number
  /** Of these, how many the shared counts have or are being told of, and how many they have confirmed. */
  told: number
  confirmed: number
  /** Attempts in other processes, as of the last total. */
  elsewhere: number
  endsAt: number
}

/** Makes a limit. `counts` null: this process counts alone. */
export function createAttemptLimit(
  { name, most, withinMs }: LimitRule,
  counts: Counts | null,
  now: () => number = () => performance.now(),
): AttemptLimit {
  const windows = new Map<string, Window>()
  const mostUntold = Math.max(1, Math.floor(most * UNTOLD_PART))

  function current(key: string): Window | undefined {
    const known = windows.get(key)
    if (known === undefined || now() < known.endsAt) return known
    windows.delete(key)
    return undefined
  }
  function windowOf(key: string): Window {
    const known = current(key)
    if (known !== undefined) return known
    const [oldest] = windows.keys()
    if (windows.size >= MOST_KEYS && oldest !== undefined) windows.delete(oldest)
    const window = { count: 0, told: 0, confirmed: 0, elsewhere: 0, endsAt: now() + withinMs }
    windows.set(key, window)
    return window
  }
  /** Tells the others of attempts that they do not know of; resolves with the total, null if they cannot be reached. */
  async function tell(shared: Counts, key: string, window: Window): Promise<number | null> {
    const by = window.count - window.told
    window.told = window.count
    const total = await shared.add({ limit: name, key, by, withinMs: Math.max(1, window.endsAt - now()) })
    if (total === null) {
      // The next attempt tells them of these, too.
      window.told -= by
      return null
    }
    // Totals come in the order in which they were asked for: this one has all that was told before, and nothing told after.
    window.confirmed += by
    window.elsewhere = Math.max(0, total.count - window.confirmed)
    window.endsAt = now() + total.endsInMs
    return total.count
  }
  const secondsLeft = ({ endsAt }: Window) => Math.max(1, Math.ceil((endsAt - now()) / 1_000))

  return {
    async take(key) {
      const window = windowOf(key)
      if (window.count + window.elsewhere >= most) return secondsLeft(window)
      // Counted before anything is awaited, so that attempts sent at once are counted one after the other.
      window.count += 1
      const total = counts === null ? null : await tell(counts, key, window)
      return total !== null && total > most ? secondsLeft(window) : 0
    },
    giveBack(key) {
      const window = current(key)
      if (window === undefined || window.count === 0) return
      window.count -= 1
      if (counts !== null) void tell(counts, key, window)
    },
    waitSeconds(key) {
      const window = current(key)
      return window === undefined || window.count + window.elsewhere < most ? 0 : secondsLeft(window)
    },
    note(key) {
      const window = windowOf(key)
      // Refused attempts are not counted: a flood of them costs the shared counts nothing.
      if (window.count + window.elsewhere <= most) {
        window.count += 1
        if (counts !== null && window.count - window.told >= mostUntold) void tell(counts, key, window)
      }
      return { count: window.count + window.elsewhere, endsInMs: window.endsAt - now() }
    },
  }
}
