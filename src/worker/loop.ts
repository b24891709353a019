/** A task that is repeated until it is stopped. */
export interface Loop {
  /** Resolves when a run in progress has ended; no further one begins. */
  stop(): Promise<void>
}

/** How long a loop rests between the end of one run and the start of the next. */
export interface Pace {
  readonly pauseMs: number
  /** The rest after a run that left something to do; `pauseMs` if not given. */
  readonly busyPauseMs?: number
  /** Rests at least so many times as long as the last run took; 0 if not given. */
  readonly restFactor?: number
}

/**
 * Runs `task` again and again, at once for the first time; a slow run is never overtaken. A task that
 * answers true has more to do. A run that fails does not stop the next one; the first failure after a
 * success is reported.
 */
export function startLoop(
  { pauseMs, busyPauseMs = pauseMs, restFactor = 0 }: Pace,
  task: () => Promise<boolean | void>,
  onError: (error: unknown) => void,
): Loop {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let current = Promise.resolve()
  let isFailing = false
  let isBusy = false

  function next(): void {
    if (stopped) return
    const startedAt = performance.now()
    current = task().then(
      (hasMore) => {
        isFailing = false
        isBusy = hasMore === true
      },
      (error: unknown) => {
        if (!isFailing) onError(error)
        isFailing = true
        isBusy = false
      },
    )
    void current.then(() => {
      const rest = Math.max(isBusy ? busyPauseMs : pauseMs, restFactor * (performance.now() - startedAt))
      if (!stopped) timer = setTimeout(next, rest)
    })
  }
  next()

  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await current
    },
  }
}
