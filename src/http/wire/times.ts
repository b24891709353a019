import { instant, type Instant } from "../../domain/time.ts"

/** The end of the times that PostgreSQL and ISO 8601 write with a year of four digits, less a day for offsets. */
const END_OF_TIME = Date.UTC(9999, 11, 31)

/** The moment, if it is one from 1970 to 9999; null otherwise. */
export function momentFrom(milliseconds: number): Instant | null {
  return milliseconds >= 0 && milliseconds < END_OF_TIME ? instant(milliseconds) : null
}

/** The moment, or the nearest one from 1970 to 9999; null: it is no time. */
export function nearestMoment(milliseconds: number): Instant | null {
  return momentFrom(Math.min(Math.max(0, milliseconds), END_OF_TIME - 1))
}
