/** A task that is repeated until it is stopped. */
export interface Loop {
  /** Resolves when a run in progress has ended; no further one begins. */
  stop(): Promise<void>
}

/**
 * Runs `task` again and again with `pauseMs` between the end of one run and the start of the next,
 * so that a slow run is never overtaken. A run that fails is reported and the next one comes all
 * the same.
 */
export function startLoop(
  pauseMs: number,
  task: () => Promise<void>,
  onError: (error: unknown) => void,
): Loop {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let current = Promise.resolve()

  function next(): void {
    if (stopped) return
    current = task().catch(onError)
    void current.then(() => {
      if (!stopped) timer = setTimeout(next, pauseMs)
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
