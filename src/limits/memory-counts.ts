import type { Count, Counts, Total } from "./counts.ts"

/** How many keys of all limits are remembered; beyond that the oldest entry is dropped. A few megabytes. */
const MOST_KEYS = 50_000

/** The counts of the processes of one port, in the memory of the primary. */
export function createMemoryCounts(now: () => number = () => performance.now()): Counts {
  const windows = new Map<string, { count: number; readonly endsAt: number }>()

  function add({ limit, key, by, withinMs }: Count): Total {
    const name = `${limit}\n${key}`
    const known = windows.get(name)
    if (known !== undefined && now() < known.endsAt) {
      known.count += by
      return { count: known.count, endsInMs: known.endsAt - now() }
    }
    windows.delete(name)
    const [oldest] = windows.keys()
    if (windows.size >= MOST_KEYS && oldest !== undefined) windows.delete(oldest)
    windows.set(name, { count: by, endsAt: now() + withinMs })
    return { count: by, endsInMs: withinMs }
  }
  return { add: async (count) => add(count) }
}

/**
 * Counts in `near` always, and in `far` while it can be reached. The larger total decides: `far` knows of other hosts, `near`
 * of what was counted while `far` was away.
 */
export function createDoubleCounts(near: Counts, far: Counts): Counts {
  return {
    async add(count) {
      const [own, shared] = await Promise.all([near.add(count), far.add(count)])
      if (own === null || shared === null) return own ?? shared
      return shared.count >= own.count ? shared : own
    },
  }
}
