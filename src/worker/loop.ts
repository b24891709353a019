/** A task that is repeated until it is stopped. */
export interface Loop {
  /** Starts no further run, and resolves when the run in progress has ended. */
  stop(): Promise<void>
}

/** How long a loop rests between the end of one run and the start of the next. */
export interface Pace {
  readonly pauseMs: number
  /** The rest after a run that left work to do; `pauseMs` if not given. */
  readonly busyPauseMs?: number
  /** The rest is at least this many times as long as the last run; 0 if not given. */
  readonly restFactor?: number
}

/**
 * Runs `task` at once and then again and again; runs never overlap. A task that returns true has more to
 * do. After a failed run the loop goes on; only the first failure after a success is reported.
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
