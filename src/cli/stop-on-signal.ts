import closeWithGrace from "close-with-grace"
import type { Logger } from "pino"
import type { Config } from "../config/config.ts"
import { flushLog, unwrittenLinesOf } from "../base/log.ts"
import { writeToStderr } from "../base/standard-streams.ts"
import type { GivenUp } from "../base/stop-steps.ts"
import { endProcess, killIfThreadHangs } from "./end-process.ts"

/** A program that runs until a signal stops it. */
export interface Stoppable {
  /** Stops in order within `withinMs`, after serving as before for `delayMs`; resolves with the abandoned steps. */
  stop(limits: { readonly withinMs: number; readonly delayMs: number }): Promise<readonly GivenUp[]>
  /** Kills child processes at once. */
  kill?(): void
}

/** The share of the whole time that is reserved for writing the rest of the log. */
const LOG_SHARE = 0.08
/** This long after the whole time, the process ends even if a limit of a step has failed. */
const GUARD_MS = 1_000

/**
 * Stops `stoppable` at the first SIGTERM, SIGINT, SIGHUP or uncaught error, and ends the process within
 * SHUTDOWN_SECONDS even if a step hangs; a second signal ends it at once. The exit status is 0 if everything ended in
 * order, 1 otherwise.
 *
 * Only SIGTERM, which load balancers and service managers send, is delayed by SHUTDOWN_DELAY_SECONDS; Ctrl-C is
 * not.
 */
export function stopOnSignal(
  stoppable: Stoppable,
  { shutdownSeconds, shutdownDelaySeconds }: Pick<Config, "shutdownSeconds" | "shutdownDelaySeconds">,
  log: Logger,
): void {
  const withinMs = shutdownSeconds * 1_000
  const giveUp = () => {
    stoppable.kill?.()
    killIfThreadHangs()
  }
  const limits = {
    delay: withinMs + GUARD_MS,
    onTimeout() {
      writeToStderr(`doorbuster: not stopped within ${shutdownSeconds} seconds; the process ends now.`)
      giveUp()
    },
    onSecondSignal: giveUp,
    onSecondError: giveUp,
  }
  closeWithGrace({ ...limits, logger: false }, async ({ err, signal }) => {
    const startedAt = performance.now()
    const delaySeconds = signal === "SIGTERM" ? shutdownDelaySeconds : 0
    const told = { within_seconds: shutdownSeconds, ...(delaySeconds > 0 && { delay_seconds: delaySeconds }) }
    if (err === undefined) log.info({ signal, ...told }, "Stopping.")
    else log.fatal({ err, ...told }, "Stopping after a fault.")
    const givenUp = await stoppable.stop({
      withinMs: withinMs * (1 - LOG_SHARE),
      delayMs: delaySeconds * 1_000,
    })
    logAbandonedSteps(log, givenUp)
    log.info(givenUp.length === 0 ? "Stopped." : "Stopped; a step of it failed or took too long.")
    await writeLastLines(log, givenUp, startedAt + withinMs)
    await endProcess(err === undefined && givenUp.length === 0 ? 0 : 1)
  })
}

/** Time for the log even if the steps before it have used up the whole time. */
const LEAST_FLUSH_MS = 250

/** Logs the steps that were abandoned. */
export function logAbandonedSteps(log: Logger, givenUp: readonly GivenUp[]): void {
  for (const { step, afterMs, error } of givenUp) {
    const why = error === null ? {} : { err: error }
    log.warn({ step, after_ms: afterMs, ...why }, "A step of the stop was given up.")
  }
}

/**
 * Waits until the log is written, at most until `deadline` (on the clock of `performance.now()`). If it cannot be
 * written, the result of the stop goes to standard error.
 */
export async function writeLastLines(
  log: Logger,
  givenUp: readonly GivenUp[],
  deadline: number,
): Promise<void> {
  if (await flushLog(log, Math.max(LEAST_FLUSH_MS, deadline - performance.now()))) return
  const steps = givenUp.map(({ step, afterMs }) => `${step} (after ${(afterMs / 1_000).toFixed(1)} s)`)
  const stopped = steps.length === 0 ? "stopped in order" : `stopped; given up: ${steps.join(", ")}`
  writeToStderr(`doorbuster: ${stopped}; ${unwrittenLinesOf(log)} log lines could not be written.`)
}
