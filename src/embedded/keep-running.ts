import { setTimeout as sleep } from "node:timers/promises"

const LOOK_EVERY_MS = 500
const TRY_EVERY_MS = 1_000
/** A full disk makes each start fail; the log must not grow with each. */
const SAY_EVERY_MS = 60_000

interface Kept {
  readonly isRunning: () => Promise<boolean>
  /** Starts it again. Rejects if it does not start. */
  readonly start: () => Promise<void>
  /** A line for the log: it has ended, it does not start (once a minute), it runs again. */
  readonly say: (line: string) => void
}

/**
 * Looks twice a second whether a server runs, and starts it again when it has ended by itself: on a full disk, PostgreSQL ends for
 * good. Tries once a second until it runs.
 */
export function keepRunning({ isRunning, start, say }: Kept): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const { signal } = stopped

  async function startAgain(): Promise<void> {
    say("PostgreSQL has ended by itself. Nothing is sold until it runs again.")
    let sayNextAt = 0
    while (!signal.aborted) {
      try {
        await start()
        if (!signal.aborted) say("PostgreSQL runs again.")
        return
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        if (performance.now() >= sayNextAt) {
          say(`PostgreSQL does not start: ${reason}`)
          sayNextAt = performance.now() + SAY_EVERY_MS
        }
      }
      await pause(TRY_EVERY_MS, signal)
    }
  }

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      await pause(LOOK_EVERY_MS, signal)
      // If the file cannot be read, the next look tells.
      const runs = signal.aborted || (await isRunning().catch(() => true))
      if (!runs) await startAgain()
    }
  }

  const watching = watch()
  return {
    async stop() {
      stopped.abort()
      await watching
    },
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined)
}
