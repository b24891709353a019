/** Pauses that can be cancelled together. */
export interface Timers {
  /** Resolves after that many milliseconds; never, once the timers are cancelled. */
  wait(milliseconds: number): Promise<void>
  /** Cancels every pause, including later ones. */
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
