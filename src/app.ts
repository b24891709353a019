import { randomBytes } from "node:crypto"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import { checkServing } from "./config/checks.ts"
import { ConfigError } from "./config/config-error.ts"
import type { Config } from "./config/config.ts"
import { createEngine, type Engine } from "./engine.ts"
import { createAdminSessions } from "./http/access/admin-session.ts"
import { createAudit } from "./http/access/audit.ts"
import { createGatekeeper } from "./http/access/auth.ts"
import { createOwnerTokens } from "./http/access/owner-token.ts"
import { watchArrivals, type Arrivals } from "./http/transport/arrivals.ts"
import { listen, type ListeningSockets } from "./base/listening-sockets.ts"
import { createProductStreams, type ProductStreams, type StreamLimits } from "./http/live/product-streams.ts"
import { createServer } from "./http/server.ts"
import type { App, Readiness } from "./http/services.ts"
import { createProductTexts, type ProductTexts } from "./http/wire/product-texts.ts"
import { hasPages, loadPages } from "./site/built-pages.ts"
import { totalsIn } from "./metrics/totals.ts"
import type { PaymentProvider } from "./payments/provider.ts"
import { providersOf } from "./payments/providers.ts"
import { seedIfEmpty } from "./seed.ts"
import { createPlan, lateMsAfter } from "./simulator/plan.ts"
import { createSimulator, type Simulator } from "./simulator/simulator.ts"
import { takeSteps, type GivenUp } from "./base/stop-steps.ts"
import { installationTokenSecret } from "./store/upkeep/installation.ts"
import { migrate, migrationStates } from "./store/upkeep/migrate.ts"
import { openDatabase, takesWrites, type Database, type PoolSizes } from "./store/pool.ts"
import { version } from "./base/version.ts"
import { startWorker } from "./worker/worker.ts"

export { hasPages }

/** A running server. */
export interface RunningApp {
  readonly url: string
  readonly engine: Engine
  /** Begins the background work, if it has not begun and the app is not stopping. */
  work(): void
  /**
   * Stops in order: not ready, answer what has come, end streams, worker, lanes, pools. Loses nothing that was
   * acknowledged, and resolves within `limits` with the steps that were given up. Later calls get the first one's answer.
   */
  stop(limits?: StopLimits): Promise<readonly GivenUp[]>
}

/** How long a stop may take. */
export interface StopLimits {
  /** For all of it; SHUTDOWN_SECONDS if not given. */
  readonly withinMs?: number
  /** How long requests are taken as before, while readiness says "stopping" already; 0 if not given. */
  readonly delayMs?: number
}

export interface AppOptions {
  readonly databaseUrl: string
  readonly log: Logger
  /** False: background work is done elsewhere. */
  readonly worker: boolean
  /** False: an empty database stays empty. */
  readonly seed: boolean
  /** False: somebody has brought the schema up to date. */
  readonly migrate?: boolean
  /** How much of the database this process may take. */
  readonly pools?: PoolSizes
  /** Payment providers; those of the configuration, or a simulator of its own, if not given. */
  readonly providers?: readonly PaymentProvider[]
  /** Bounds of live streams, where they are to differ from the usual ones. */
  readonly streams?: Partial<StreamLimits>
  /** Joins this process's metrics with those of others, null if they cannot be had in time; none if not given. */
  readonly joinMetrics?: (own: Engine["events"]) => Promise<Registry | null>
}

/** Migrates, seeds an empty database, starts the worker and listens. */
export async function startApp(config: Config, options: AppOptions): Promise<RunningApp> {
  checkServing(config)
  const { log } = options
  const database = openDatabase({
    url: options.databaseUrl,
    ...options.pools,
    onConnectionError: (error) => log.warn({ err: error }, "A database connection was lost."),
  })
  try {
    return await startOver(database, config, options)
  } catch (error) {
    await database.close()
    throw error
  }
}

async function startOver(database: Database, config: Config, options: AppOptions): Promise<RunningApp> {
  const { log } = options
  if (options.migrate !== false) await migrate(options.databaseUrl)
  const engine = createEngine(database, config, log)
  if (options.seed) await seedIfEmpty(engine)

  let stopped: Promise<readonly GivenUp[]> | null = null
  const readiness = readinessOf(engine, () => stopped !== null, options.joinMetrics)
  const url = () => addressOf(server, config.host)
  const own = options.providers === undefined ? ownSimulator(config, url, log) : null
  const providers = options.providers ?? (await providersOf({ ...config, ...own?.settings }))
  const simulator = own?.simulator ?? null
  const arrivals = watchArrivals()
  const texts = createProductTexts(config.holdTtlSeconds)
  const live = createProductStreams({
    watch: engine.watch,
    texts,
    ...(options.streams && { limits: options.streams }),
  })
  engine.events.openStreams(() => live.size)
  const parts = { engine, providers, simulator, log, readiness, arrivals, texts, live }
  const server: App = await buildServer(config, parts)
  const sockets = await listenAt(server, config)
  let worker: { stop(): Promise<void> } | null = null
  function work(): void {
    if (stopped !== null) return
    worker ??= startWorker({ ...engine, providers, log, retention: config, webhookSettings: config })
  }
  if (options.worker) work()

  function stopInOrder({ withinMs = config.shutdownSeconds * 1_000, delayMs = 0 }: StopLimits) {
    async function lastRequests(): Promise<void> {
      simulator?.stop()
      await arrivals.ended()
    }
    const steps = [
      { name: "delay", run: () => sleep(delayMs) },
      { name: "last requests", limitMs: LAST_REQUESTS_WITHIN_MS, run: lastRequests },
      { name: "streams", limitMs: STREAMS_WITHIN_MS, run: () => live.close() },
      { name: "connections", limitMs: CONNECTIONS_WITHIN_MS, run: () => closeServer(server, sockets) },
      { name: "background work", limitMs: WORK_WITHIN_MS, run: async () => worker?.stop() },
      { name: "lanes", limitMs: WORK_WITHIN_MS, run: () => engine.lanes.drain() },
      { name: "database connections", limitMs: POOLS_WITHIN_MS, run: () => database.close() },
    ]
    return takeSteps(steps, performance.now() + withinMs)
  }
  return { url: url(), engine, work, stop: (limits = {}) => (stopped ??= stopInOrder(limits)) }
}

/** Somewhat longer than clients that never pause are listened to. */
const LAST_REQUESTS_WITHIN_MS = 11_000
/** Twenty thousand streams end in a second; the rest is cut with the connections. */
const STREAMS_WITHIN_MS = 3_000
/** Longer than a command waits in its lane; what is open then is most likely a request that was never finished. */
const LAST_ANSWERS_WITHIN_MS = 6_000
/** The last answers, and then what is still to be written of the shop's actions. */
const CONNECTIONS_WITHIN_MS = LAST_ANSWERS_WITHIN_MS + 3_000
/** Longer than any call to a provider and any statement of ours takes. */
const WORK_WITHIN_MS = 10_000
/** A connection closes at once, unless the server at its other end has fallen silent. */
const POOLS_WITHIN_MS = 3_000

/** Lets requests that are being answered end, then cuts connections that wait for their client. */
async function closeServer(server: App, sockets: ListeningSockets): Promise<void> {
  const cut = setTimeout(() => server.server.closeAllConnections(), LAST_ANSWERS_WITHIN_MS)
  try {
    await Promise.all([sockets.close(), server.close()])
  } finally {
    clearTimeout(cut)
  }
}

async function listenAt(server: App, { host, port }: Config): Promise<ListeningSockets> {
  try {
    return await listen(server, { host, port })
  } catch (error) {
    throw listeningError(error, host)
  }
}

/** What listening at `host` has thrown; a {@link ConfigError} where the host is not of this machine. */
export function listeningError(error: unknown, host: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  if (code !== "EADDRNOTAVAIL" && code !== "ENOTFOUND" && code !== "EAI_AGAIN") return error
  return new ConfigError(`HOST is "${host}" but must be an address or name of this machine`)
}

interface ServerParts {
  readonly engine: Engine
  readonly providers: readonly PaymentProvider[]
  readonly simulator: Simulator | null
  readonly log: Logger
  readonly readiness: Readiness
  readonly arrivals: Arrivals
  readonly texts: ProductTexts
  readonly live: ProductStreams
}

async function buildServer(config: Config, parts: ServerParts): Promise<App> {
  const { engine, log, ...services } = parts
  const secret = config.tokenSecret ?? (await installationTokenSecret(engine.database.views))
  const tokens = createOwnerTokens(secret)
  return createServer(
    {
      ...engine,
      tokens,
      gatekeeper: createGatekeeper(accessBy(config, secret), tokens),
      ...services,
      pages: await loadPages(),
      audit: createAudit(engine),
      holdTtlSeconds: config.holdTtlSeconds,
      paymentWebhookSecret: config.paymentWebhookSecret,
      stripePublishableKey: config.stripe?.publishableKey ?? null,
    },
    { log, ...config },
  )
}

/** Null: open mode. */
function accessBy({ adminToken }: Config, secret: string) {
  return adminToken === null ? null : { adminToken, sessions: createAdminSessions(secret, adminToken) }
}

/** As many as fit into a few dozen megabytes. */
const MOST_SIMULATED_PAYMENTS = 100_000

/**
 * Whether a server has a payment simulator itself: in open mode, when no other one is named, and in
 * one process, because its books are in memory.
 */
export function hasOwnSimulator({ adminToken, simulatorUrl, processes }: Config): boolean {
  return adminToken === null && simulatorUrl === null && processes === 1
}

function ownSimulator(config: Config, url: () => string, log: Logger) {
  if (!hasOwnSimulator(config)) return null
  const secret = config.simulatorSecret ?? randomBytes(24)
  const simulator = createSimulator({
    secret,
    target: () => `${url()}/api/payments/webhooks/simulator`,
    plan: createPlan("calm", 0),
    lateMs: lateMsAfter(config.paymentTtlSeconds),
    mostPayments: MOST_SIMULATED_PAYMENTS,
    onGivenUp: (event) => log.warn({ event }, "A webhook of the payment simulator was not taken."),
  })
  const simulatorUrl = () => `${url()}/simulator`
  return { simulator, settings: { simulatorUrl, simulatorSecret: secret } }
}

function readinessOf(
  { database, events, views }: Engine,
  stopping: () => boolean,
  joinMetrics: AppOptions["joinMetrics"] = async ({ registry }) => registry,
): Readiness {
  return {
    version,
    stopping,
    database: () => isReady(database),
    async metrics() {
      // While the database is away the other metrics are needed most; the stock is then left out.
      events.stockCounted(await views.stockCounts().catch(() => []))
      return (await joinMetrics(events))?.metrics() ?? null
    },
    async totals() {
      const joined = await joinMetrics(events)
      return joined === null ? null : totalsIn(joined)
    },
  }
}

const READY_WITHIN_MS = 2_000

/** True when the database answers in time, takes writes and has every migration. */
async function isReady(database: Database): Promise<boolean> {
  const states = Promise.all([takesWrites(database.views), migrationStates(database.views)]).then(
    ([isWritable, migrations]) =>
      isWritable && migrations.every((migration) => migration.executedAt !== null),
    () => false,
  )
  return Promise.race([states, sleep(READY_WITHIN_MS, false, { ref: false })])
}

function addressOf(server: App, host: string): string {
  const address = server.server.address() as AddressInfo
  const name = host.includes(":") ? `[${host}]` : host
  return `http://${name}:${address.port}`
}
