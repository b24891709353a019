import { useSignal, type ReadonlySignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { explain } from "./api.ts"

/** A value that is read repeatedly. */
export interface Polling<Value> {
  /** The last value that was read; null: none yet. */
  readonly value: ReadonlySignal<Value | null>
  /** The message about the last read, if it failed; null: it succeeded. */
  readonly failure: ReadonlySignal<string | null>
  /** When the last successful read ended, in milliseconds since 1970; null: none yet. */
  readonly readAt: ReadonlySignal<number | null>
  readonly refresh: () => void
}

/**
 * Reads a value now, and again `everyMs` after each read. A new `key` starts over. `load` is taken from the first
 * render with that key.
 */
export function usePolling<Value>(
  key: string,
  everyMs: number,
  load: (signal: AbortSignal) => Promise<Value>,
): Polling<Value> {
  const value = useSignal<Value | null>(null)
  const failure = useSignal<string | null>(null)
  const readAt = useSignal<number | null>(null)
  const asked = useSignal(0)
  const turn = asked.value

  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    let timer: ReturnType<typeof setTimeout> | undefined
    async function read(): Promise<void> {
      try {
        const read = await load(signal)
        if (signal.aborted) return
        value.value = read
        failure.value = null
        readAt.value = Date.now()
      } catch (error) {
        if (!signal.aborted) failure.value = explain(error)
      }
      if (!signal.aborted) timer = setTimeout(() => void read(), everyMs)
    }
    void read()
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [key, everyMs, turn])

  return { value, failure, readAt, refresh: () => void (asked.value += 1) }
}
