import type { Time } from "../../client/src/index.ts"

const pad = (number: number) => String(number).padStart(2, "0")

const inDays = (days: number) => `${days} d`

/** `1:59`, `2:00:00`, `3 d 02:00:00`; `–:––` before the time is known. */
export function countdownText(seconds: number | null, daysText = inDays): string {
  if (seconds === null) return "–:––"
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor(seconds / 3_600) % 24
  const minutes = Math.floor(seconds / 60) % 60
  const rest = pad(seconds % 60)
  if (days > 0) return `${daysText(days)} ${pad(hours)}:${pad(minutes)}:${rest}`
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** `PT1M59S`, an ISO 8601 duration. */
export function durationOf(seconds: number | null): string | undefined {
  return seconds === null ? undefined : `PT${Math.floor(seconds / 60)}M${seconds % 60}S`
}

/** `Fri, 27 Nov, 12:00 UTC`; `zone` null: UTC, until the reader's zone is known. */
export function dateText(time: Time, zone: string | null, locale = "en-GB"): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone ?? "UTC",
    timeZoneName: "short",
  }).format(new Date(time))
}

/** `12:00:00`, on the server's clock in the reader's zone. */
export function clockText(nowMs: number, zone: string, locale = "en-GB"): string {
  return new Intl.DateTimeFormat(locale, {
    // Not `timeStyle`, which writes 0:26:40 in Japanese and Spanish, so that the clock moves at ten.
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  }).format(nowMs)
}

/** The reader's time zone; UTC where the browser reports none, or one that it cannot format. */
export function readerZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  try {
    return Intl.DateTimeFormat("en-GB", { timeZone }).resolvedOptions().timeZone
  } catch {
    return "UTC"
  }
}
