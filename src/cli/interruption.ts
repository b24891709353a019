import { CommandFailure } from "../base/command-errors.ts"

/** Turns signals that end a process into a failure of the work, so that its cleanup runs first. */
export interface Interruption extends Disposable {
  /** Rejects with {@link CommandFailure} at the first signal, or at once if there has been one already. */
  readonly orInterrupted: <T>(work: Promise<T>) => Promise<T>
}

/** Listens for SIGINT, SIGTERM and SIGHUP (a terminal that is closed) until it is disposed. */
export function watchInterruption(): Interruption {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined)
  const interrupt = () => reject(new CommandFailure("Interrupted."))
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const
  for (const signal of signals) process.on(signal, interrupt)
  return {
    orInterrupted: (work) => Promise.race([work, promise]),
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, interrupt)
    },
  }
}
