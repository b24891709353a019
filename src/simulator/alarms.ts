/** Pauses that can all be called off at once. */
export interface Alarms {
  /** Resolves after the time; never, once they are called off. */
  wait(milliseconds: number): Promise<void>
  /** Calls off every pause, begun or not. */
  callOff(): void
}

/** Makes the pauses of one simulator. */
export function createAlarms(): Alarms {
  const timers = new Set<NodeJS.Timeout>()
  let isOff = false
  return {
    wait: (milliseconds) =>
      new Promise((resolve) => {
        if (isOff) return
        const timer = setTimeout(() => {
          timers.delete(timer)
          resolve()
        }, milliseconds)
        timers.add(timer)
      }),
    callOff() {
      isOff = true
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
