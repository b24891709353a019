import type { Logger } from "pino"
import { startApp, type RunningApp } from "../app.ts"
import { createLog } from "../base/log.ts"
import { reachPrimary, type Primary } from "../processes/child.ts"
import type { StartFailure } from "../processes/messages.ts"
import { joined } from "../processes/snapshot.ts"
import { UsageError } from "../base/command-errors.ts"
import { explain } from "./exit.ts"
import { STOP_WITHIN_MS } from "./serve.ts"

/** One of several processes that serve: its primary says what, and when to stop. */
export async function serveAsChild(): Promise<void> {
  const primary = reachPrimary()
  if (primary === null) throw new UsageError("serve:child is started by serve --processes")
  // A terminal sends these to every process; the primary gets them too, and says what they mean.
  for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined)

  const { number, config, databaseUrl, share } = await primary.assignment
  const log = createLog(config.logLevel).child({ process: number })
  const app = await startOrFail(primary, () =>
    startApp(
      { ...config, rateLimitPerMinute: share.rateLimitPerMinute },
      {
        databaseUrl,
        log,
        worker: false,
        seed: false,
        migrate: false,
        pools: share,
        joinMetrics: async (events) => {
          // A copy: what is shown must be what the primary was told, not what was counted meanwhile.
          const own = structuredClone(await events.registry.getMetricsAsJSON())
          const others = await primary.askMetrics(own, events.watchedSales())
          return others === null ? null : joined(own, others)
        },
      },
    ),
  )
  const snapshot = () => app.engine.events.registry.getMetricsAsJSON()
  const stop = stopOnce(app, log, async () => primary.leave(await snapshot()))
  process.on("SIGTERM", () => stop(0))
  process.once("uncaughtException", (error) => {
    log.fatal({ err: error }, "Stopping after a fault.")
    stop(1)
  })
  primary.attend(app.url, {
    work: () => app.work(),
    stop: () => stop(0),
    snapshot,
    watch: (productIds) => app.engine.events.salesWatchedElsewhere(productIds),
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

/** Stops in order and exits, whoever says it first and however often it is said. */
function stopOnce(app: RunningApp, log: Logger, leave: () => Promise<void>): (status: number) => void {
  async function stop(status: number): Promise<void> {
    setTimeout(() => process.exit(1), STOP_WITHIN_MS)
    try {
      await app.stop()
      await leave()
      process.exit(status)
    } catch (error) {
      log.error({ err: error }, "A process could not stop in order.")
      process.exit(1)
    }
  }
  let isStopping = false
  return (status) => {
    if (!isStopping) void stop(status)
    isStopping = true
  }
}
