import type { Logger } from "pino"
import { checkMail, checkSimulator } from "../config/checks.ts"
import type { Config } from "../config/config.ts"
import { createMailboxKeys } from "../http/access/mailbox-keys.ts"
import { createOwnerTokens } from "../http/access/owner-token.ts"
import { mailOptions, sendingWays, shopDefaults, shopOf } from "../mail-way.ts"
import { prepareSchema } from "../schema-way.ts"
import { installationSecret } from "../store/upkeep/installation.ts"
import { createEngine, type Engine } from "../engine.ts"
import { createLog } from "../base/log.ts"
import { readinessOf } from "../readiness-way.ts"
import { providersOf } from "../payments/providers.ts"
import { openDatabase, standbyOptions } from "../store/pool.ts"
import { startWorker } from "../worker/worker.ts"
import { takeSteps } from "../base/stop-steps.ts"
import { startTracing } from "../tracing-way.ts"
import { accessDatabase } from "./database.ts"
import { stopOnSignal } from "./stop-on-signal.ts"
import { serveWorkerMetrics } from "./worker-metrics.ts"

/** Runs the background work without serving HTTP, until a signal stops it. Any number may run. */
export async function work(config: Config, options: { migrate: boolean }): Promise<void> {
  checkSimulator(config)
  checkMail(config)
  const log = createLog(config.logLevel, undefined, null, config.logFormat)
  const traces = await startTracing(config.tracing)
  const access = await accessDatabase(config, "guest")
  const database = openDatabase({
    url: access.url,
    ...standbyOptions(config),
    onConnectionError: (error) => log.warn({ err: error }, "A database connection was lost."),
  })
  await prepareSchema({ databaseUrl: access.url, log, ...options })
  // A worker that may change nothing must not start.
  if (config.requireSynchronous) (await database.batches.connect()).release()
  const engine = createEngine(database, config, log, mailOptions(config), shopDefaults(config))
  const providers = await providersOf(config)
  const secret = config.tokenSecret ?? (await installationSecret(database.views, "token_secret"))
  const tokens = createOwnerTokens(secret)
  const names = await installationSecret(database.views, "mailbox_secret")
  const keys = createMailboxKeys({ names, secret })
  const shop = shopOf(config, { shop: engine.shop, tokens, url: () => servedAt(config) })
  const metrics = config.metricsPort === null ? null : await metricsOf(engine, config, log)
  const worker = startWorker({
    ...engine,
    ...keys,
    providers,
    log,
    retention: config,
    ...sendingWays(config, shop),
  })
  log.info("Working.")
  const stop = async ({ withinMs }: { readonly withinMs: number }) => {
    const steps = [
      { name: "background work", run: () => worker.stop() },
      { name: "metrics", run: async () => metrics?.stop() },
      { name: "lanes", run: () => engine.lanes.drain() },
      { name: "database connections", run: () => database.close() },
      { name: "embedded database", run: () => access.release() },
      { name: "traces", run: () => traces.stop() },
    ]
    return await takeSteps(steps, performance.now() + withinMs)
  }
  stopOnSignal({ stop }, { ...config, shutdownDelaySeconds: 0 }, log)
}

function metricsOf(engine: Engine, { databaseUrl, host, metricsPort }: Config, log: Logger) {
  const readiness = readinessOf(engine, { hasStandbys: databaseUrl !== null, stopping: () => false })
  return serveWorkerMetrics({
    host,
    port: metricsPort ?? 0,
    read: () => readiness.metrics(),
    contentType: engine.events.registry.contentType,
    log,
  })
}

/** Where `serve` with the same settings listens, for links in open mode. */
function servedAt({ host, port }: Config): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`
}
