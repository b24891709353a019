/**
 * A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
 *
 * Rules use only times of the database's clock, read under the product's lock, because the clocks of several servers
 * differ. So that no rule uses the process's own clock by mistake, the compiler does not accept `Date.now()` as an
 * `Instant`.
 */
export type Instant = number & { readonly unit: "milliseconds since the epoch" }

/** Brands a number of milliseconds since the epoch. */
export function instant(milliseconds: number): Instant {
  return milliseconds as Instant
}

/** Returns the time `seconds` after `start`, or before it when negative. */
export function later(start: Instant, seconds: number): Instant {
  return instant(start + seconds * 1000)
}

/** True from the deadline on: at `deadline` itself, it has passed (I6). */
export function hasPassed(deadline: Instant, now: Instant): boolean {
  return deadline <= now
}

/** Formats a time as ISO 8601 in UTC with milliseconds, as on the wire and in SQL parameters. */
export function isoTime(time: Instant): string {
  const cached = cachedTexts.get(time)
  if (cached !== undefined) return cached
  const text = new Date(time).toISOString()
  if (cachedTexts.size >= MOST_CACHED_TEXTS) cachedTexts.clear()
  cachedTexts.set(time, text)
  return text
}

/** The rows of a batch share their times, and each time is written to a row, the wire and the log. */
const cachedTexts = new Map<Instant, string>()
const MOST_CACHED_TEXTS = 16

/** As {@link isoTime}; null stays null. */
export function isoTimeOrNull(time: Instant | null): string | null {
  return time === null ? null : isoTime(time)
}
