import type { Logger } from "pino"
import { startApp, type RunningApp } from "../app.ts"
import { createLog } from "../base/log.ts"
import { reachPrimary, type Primary, type StopLimits } from "../processes/child.ts"
import type { StartFailure } from "../processes/messages.ts"
import { joined } from "../processes/snapshot.ts"
import { takeSteps } from "../base/stop-steps.ts"
import { UsageError } from "../base/command-errors.ts"
import { explain } from "./exit.ts"
import { endProcess } from "./end-process.ts"
import { logAbandonedSteps, writeLastLines } from "./stop-on-signal.ts"

/** Serves as one of several processes. The primary assigns the settings and says when to stop. */
export async function serveAsChild(): Promise<void> {
  const primary = reachPrimary()
  if (primary === null) throw new UsageError("serve:child is started by serve --processes")
  // A terminal sends these signals to all processes. The primary handles them, and tells its children to stop.
  for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined)

  const { number, config, databaseUrl, share } = await primary.assignment
  const log = createLog(config.logLevel, undefined, { process: number }, config.logFormat)
  const app = await startOrFail(primary, () =>
    startApp(config, {
      databaseUrl,
      log,
      worker: false,
      seed: false,
      migrate: false,
      pools: share,
      counts: primary.counts,
      joinMetrics: async (events) => {
        // A copy, so that the answer contains the values that the primary was told and no later ones.
        const own = structuredClone(await events.registry.getMetricsAsJSON())
        const others = await primary.askMetrics(own, events.watchedSales())
        return others === null ? null : joined(own, others)
      },
    }),
  )
  const snapshot = () => app.engine.events.registry.getMetricsAsJSON()
  const withinMs = config.shutdownSeconds * 1_000 * OWN_SHARE
  const stop = stopOnce(app, log, async () => primary.leave(await snapshot()))
  process.on("SIGTERM", () => stop(0, { withinMs, delayMs: config.shutdownDelaySeconds * 1_000 }))
  process.once("uncaughtException", (error) => {
    log.fatal({ err: error }, "Stopping after a fault.")
    stop(1, { withinMs, delayMs: 0 })
  })
  primary.attend(app.url, {
    work: () => app.work(),
    stop: (limits) => stop(0, limits ?? { withinMs, delayMs: 0 }),
    snapshot,
    watch(productIds) {
      app.engine.events.salesWatchedElsewhere(productIds)
      app.engine.courses.watch(productIds)
    },
  })
}

async function startOrFail(primary: Primary, start: () => Promise<RunningApp>): Promise<RunningApp> {
  try {
    return await start()
  } catch (error) {
    const failure = failureOf(error)
    await primary.fail(failure)
    process.exit(failure.status)
  }
}

function failureOf(error: unknown): StartFailure {
  const { status, line } = explain(error)
  return { status, line: line ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)) }
}

/** The share of SHUTDOWN_SECONDS for a child that stops without the primary's request; the primary needs the rest. */
const OWN_SHARE = 0.7
/** The share of a stop's time for sending the last metrics and writing the rest of the log. */
const LEAVING_SHARE = 0.1

type Stop = (status: 0 | 1, limits: StopLimits) => void

/** Returns a function that stops in order and exits. Further calls have no effect. */
function stopOnce(app: RunningApp, log: Logger, leave: () => Promise<void>): Stop {
  async function stop(status: 0 | 1, { withinMs, delayMs }: StopLimits): Promise<void> {
    const deadline = performance.now() + withinMs
    const leavingMs = withinMs * LEAVING_SHARE
    const givenUp = await app.stop({ withinMs: withinMs - leavingMs, delayMs })
    const last = await takeSteps([{ name: "last metrics", run: leave }], deadline - leavingMs / 2)
    const all = [...givenUp, ...last]
    // A stop in order is logged by the primary, once for all children.
    logAbandonedSteps(log, all)
    await writeLastLines(log, all, deadline)
    await endProcess(all.length === 0 ? status : 1)
  }
  let isStopping = false
  return (status, limits) => {
    if (!isStopping) void stop(status, limits)
    isStopping = true
  }
}
