/** Pauses that can be cancelled together. */
export interface Timers {
  /** Resolves after so many milliseconds; never, once they are cancelled. */
  wait(milliseconds: number): Promise<void>
  /** Cancels every pause, also those that begin later. */
  cancelAll(): void
}

/** Makes the timers of one simulator or one rehearsal. */
export function createTimers(): Timers {
  const pending = new Set<NodeJS.Timeout>()
  let isCancelled = false
  return {
    wait: (milliseconds) =>
      new Promise((resolve) => {
        if (isCancelled) return
        const timer = setTimeout(() => {
          pending.delete(timer)
          resolve()
        }, milliseconds)
        pending.add(timer)
      }),
    cancelAll() {
      isCancelled = true
      for (const timer of pending) clearTimeout(timer)
      pending.clear()
    },
  }
}
