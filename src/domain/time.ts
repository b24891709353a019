/**
 * A moment, in whole milliseconds since 1970-01-01T00:00:00Z.
 *
 * Every moment that decides something is read from the database's clock under the product's lock;
 * the brand keeps `Date.now()` from slipping in.
 */
export type Instant = number & { readonly unit: "milliseconds since the epoch" }

/** Brands a number of milliseconds since the epoch. */
export function instant(milliseconds: number): Instant {
  return milliseconds as Instant
}

/** The moment `seconds` after `start`; before it, when negative. */
export function later(start: Instant, seconds: number): Instant {
  return instant(start + seconds * 1000)
}

/** True from the deadline on: at `deadline` itself it has already passed (I6). */
export function hasPassed(deadline: Instant, now: Instant): boolean {
  return deadline <= now
}

/** ISO 8601 in UTC with milliseconds, as on the wire and in SQL parameters. */
export function isoTime(moment: Instant): string {
  const known = texts.get(moment)
  if (known !== undefined) return known
  const text = new Date(moment).toISOString()
  if (texts.size >= REMEMBERED_TEXTS) texts.clear()
  texts.set(moment, text)
  return text
}

/** All rows of a batch share their moments, and each is written to the row, the wire and the log. */
const texts = new Map<Instant, string>()
const REMEMBERED_TEXTS = 16

/** As {@link isoTime}; null stays null. */
export function isoTimeOrNull(moment: Instant | null): string | null {
  return moment === null ? null : isoTime(moment)
}
