import { useSignal, type ReadonlySignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { explain } from "./api.ts"

/** The value that was read last, and why the last reading failed. */
export interface Polling<Value> {
  readonly value: ReadonlySignal<Value | null>
  /** Null: the last reading went well. */
  readonly failure: ReadonlySignal<string | null>
  /** When it last went well, in milliseconds since 1970; null: never. */
  readonly readAt: ReadonlySignal<number | null>
  readonly refresh: () => void
}

/**
 * Reads now, and again `everyMs` after each reading. Another `key` starts over; `load` is the function of the first
 * call with that key.
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
