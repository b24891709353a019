import { AbortError } from "./errors.ts"

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/**
 * How long to wait after so many tries in vain: twice as long each time, and a random part of it, so that
 * a crowd that was turned away together does not come back together.
 */
export function backoffMs(tries: number, firstMs = FIRST_PAUSE_MS, longestMs = LONGEST_PAUSE_MS): number {
  return Math.min(firstMs * 2 ** (tries - 1), longestMs) * (0.5 + Math.random() / 2)
}

/** What a `Retry-After` asks for, seconds or a date, in milliseconds from `nowMs`; null: nothing. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000
  // Some platforms take anything with a digit for a date.
  const at = /GMT\s*$/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}

/** Waits; throws `AbortError` as soon as the signal says so. */
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

/** What a call throws when its caller's signal ends it. */
export function aborted(signal: AbortSignal | undefined): AbortError {
  return new AbortError("the call was ended by its signal", { cause: signal?.reason })
}
