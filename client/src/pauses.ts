import { AbortError } from "./errors.ts"

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/**
 * The pause after so many failed tries, in milliseconds: doubled each time, with a random part, so that clients that
 * were refused together do not come back together.
 */
export function backoffMs(tries: number, firstMs = FIRST_PAUSE_MS, longestMs = LONGEST_PAUSE_MS): number {
  return Math.min(firstMs * 2 ** (tries - 1), longestMs) * (0.5 + Math.random() / 2)
}

/** Converts a `Retry-After`, seconds or a date, into milliseconds from `nowMs`; null: missing or unreadable. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000
  // Some platforms parse any text with a digit as a date.
  const at = /GMT\s*$/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}

/** Waits. Throws `AbortError` as soon as the signal is aborted. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(aborted(signal))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop)
      resolve()
    }, milliseconds)
    if (signal?.aborted === true) stop()
    else signal?.addEventListener("abort", stop, { once: true })
  })
}

/** The error of a call that its caller's signal has ended. */
export function aborted(signal: AbortSignal | undefined): AbortError {
  return new AbortError("the call was ended by its signal", { cause: signal?.reason })
}
