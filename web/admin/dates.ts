import type { Time } from "../../client/src/index.ts"

/** `13:00:00`, in the operator's time zone. */
export function timeText(at: Time | number): string {
  return fieldText(at).slice(11)
}

/** `2026-11-27 13:00:00`, in the operator's time zone. */
export function localText(at: Time | number): string {
  return fieldText(at).replace("T", " ")
}

/** `2026-11-27 12:00:00 UTC`. */
export function utcText(at: Time | number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`
}

/** The value of a `datetime-local` field: `2026-11-27T13:00:00`, in the operator's time zone. */
export function fieldText(at: Time | number): string {
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** `12 s`, `3 min`, `5 h`. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
