import { randomBytes } from "node:crypto"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import { accessServices } from "./access-way.ts"
import { sharedLimits } from "./limits-way.ts"
import { startTracing, type RunningTraces } from "./tracing-way.ts"
import { readinessOf } from "./readiness-way.ts"
import type { Counts } from "./limits/counts.ts"
import type { Limits } from "./limits/limits.ts"
import { checkServing, hasOwnSimulator } from "./config/checks.ts"
import type { Config } from "./config/config.ts"
import { createEngine, type Engine } from "./engine.ts"
import { createAudit } from "./http/access/audit.ts"
import { createClaimantOfCode, type ClaimantOfCode } from "./http/access/access-code.ts"
import { createOwnerTokens, type OwnerTokens } from "./http/access/owner-token.ts"
import { createMailboxKeys, type MailboxKeys } from "./http/access/mailbox-keys.ts"
import { watchArrivals, type Arrivals } from "./http/transport/arrivals.ts"
import { listeningError } from "./config/listening-error.ts"
import { listen, type ListeningSockets } from "./base/listening-sockets.ts"
import { createProductStreams, type ProductStreams, type StreamLimits } from "./http/live/product-streams.ts"
import { createServer } from "./http/server.ts"
import type { Readiness } from "./http/services.ts"
import type { App } from "./http/transport/typed-app.ts"
import { createProductTexts, type ProductTexts } from "./http/wire/product-texts.ts"
import { loadPages } from "./site/built-pages.ts"
import {
  mailOptions,
  mailServices,
  sendingWays,
  shopDefaults,
  shopOf,
  type MailServices,
} from "./mail-way.ts"
import type { PaymentProvider } from "./payments/provider.ts"
import { createPaymentPage } from "./payments/payment-page.ts"
import { providersOf } from "./payments/providers.ts"
import { prepareSchema } from "./schema-way.ts"
import { seedIfEmpty } from "./seed.ts"
import { createPlan, lateMsAfter } from "./simulator/plan.ts"
import { createSimulator, type Simulator } from "./simulator/simulator.ts"
import { takeSteps, type GivenUp } from "./base/stop-steps.ts"
import { installationSecret } from "./store/upkeep/installation.ts"
import { openDatabase, standbyOptions, type Database, type PoolSizes } from "./store/pool.ts"
import { startWorker } from "./worker/worker.ts"

/** A running server. */
export interface RunningApp {
  readonly url: string
  readonly engine: Engine
  /** Starts the background work, unless it runs already or the app is stopping. */
  work(): void
  /**
   * Stops in order: readiness, last requests, streams, connections, worker, lanes, pools. Loses nothing that was
   * acknowledged. Resolves within `limits` with the steps that were abandoned; later calls get the same result.
   */
  stop(limits?: StopLimits): Promise<readonly GivenUp[]>
}

/** How long a stop may take. */
export interface StopLimits {
  /** For the whole stop; SHUTDOWN_SECONDS if not given. */
  readonly withinMs?: number
  /** How long requests are accepted as before, while `/readyz` already reports `stopping`; 0 if not given. */
  readonly delayMs?: number
  /** How long no request may arrive before the sockets close; 150 if not given. 0 if all clients have ended. */
  readonly quietMs?: number
}

export interface AppOptions {
  readonly databaseUrl: string
  readonly log: Logger
  /** False: another process runs the background work. */
  readonly worker: boolean
  /** False: an empty database stays empty. */
  readonly seed: boolean
  /** False: the schema is checked and not changed. */
  readonly migrate?: boolean
  /** How many database connections this process may open. */
  readonly pools?: PoolSizes
  /** Payment providers; those of the configuration, or a simulator of its own, if not given. */
  readonly providers?: readonly PaymentProvider[]
  /** Limits of live streams that differ from the defaults. */
  readonly streams?: Partial<StreamLimits>
  /** Counts that this process shares with others of its port; with Redis, where it is set, if not given. */
  readonly counts?: Counts
  /** Joins this process's metrics with those of others; null if they do not answer in time. No others if not given. */
  readonly joinMetrics?: (own: Engine["events"]) => Promise<Registry | null>
}

/** Migrates, seeds an empty database, starts the worker and listens. */
export async function startApp(config: Config, options: AppOptions): Promise<RunningApp> {
  checkServing(config)
  const { log } = options
  // Before everything that looks whether traces are recorded.
  const traces = await startTracing(config.tracing)
  const database = openDatabase({
    url: options.databaseUrl,
    ...options.pools,
    ...standbyOptions(config),
    onConnectionError: (error) => log.warn({ err: error }, "A database connection was lost."),
  })
  try {
    return await startOver({ database, traces }, config, options)
  } catch (error) {
    await database.close()
    await traces.stop()
    throw error
  }
}

/** What stays open until the end of a stop. */
interface Opened {
  readonly database: Database
  readonly traces: RunningTraces
}

async function startOver(
  { database, traces }: Opened,
  config: Config,
  options: AppOptions,
): Promise<RunningApp> {
  const { log } = options
  await prepareSchema(options)
  // A server that may not sell must not start.
  if (config.requireSynchronous) (await database.batches.connect()).release()
  const engine = createEngine(database, config, log, mailOptions(config), shopDefaults(config))
  if (options.seed) await seedIfEmpty(engine)

  let stopped: Promise<readonly GivenUp[]> | null = null
  const hasStandbys = config.databaseUrl !== null
  const readiness = readinessOf(engine, { hasStandbys, stopping: () => stopped !== null, ...options })
  const url = () => addressOf(server, config.host)
  const own = options.providers === undefined ? ownSimulator(config, url, engine, log) : null
  const providers = options.providers ?? (await providersOf({ ...config, ...own?.settings }))
  const simulator = own?.simulator ?? null
  const arrivals = watchArrivals(() => engine.lanes.busy)
  const texts = createProductTexts(config.holdTtlSeconds)
  const live = createProductStreams({
    watch: engine.watch,
    texts,
    ...(options.streams && { limits: options.streams }),
  })
  engine.events.openStreams(() => live.size)
  const secret = config.tokenSecret ?? (await installationSecret(database.views, "token_secret"))
  const tokens = createOwnerTokens(secret)
  const names = await installationSecret(database.views, "mailbox_secret")
  const keys = createMailboxKeys({ names, secret })
  const shop = shopOf(config, { shop: engine.shop, tokens, url })
  const shared = sharedLimits(config.redis, options.counts, { secret, log, registry: engine.events.registry })
  const mail = mailServices(config, engine, { shop, keys, log, limits: shared.limits })
  const claimantOfCode = createClaimantOfCode(await installationSecret(database.views, "access_code_secret"))
  const parts = { limits: shared.limits, texts, live, tokens, keys, claimantOfCode }
  const services = { engine, providers, simulator, log, readiness, arrivals, ...parts, ...mail }
  const server: App = await buildServer(config, secret, services)
  const sockets = await listenAt(server, config)
  await shared.open()
  let worker: { stop(): Promise<void> } | null = null
  function work(): void {
    if (stopped !== null) return
    const sending = sendingWays(config, shop)
    worker ??= startWorker({ ...engine, ...keys, providers, log, retention: config, ...sending })
  }
  if (options.worker) work()

  function stopInOrder({ withinMs = config.shutdownSeconds * 1_000, delayMs = 0, quietMs }: StopLimits) {
    async function lastRequests(): Promise<void> {
      simulator?.stop()
      await arrivals.ended(quietMs)
    }
    const steps = [
      { name: "delay", run: () => sleep(delayMs) },
      { name: "last requests", limitMs: LAST_REQUESTS_WITHIN_MS, run: lastRequests },
      { name: "streams", limitMs: STREAMS_WITHIN_MS, run: () => live.close() },
      { name: "connections", limitMs: CONNECTIONS_WITHIN_MS, run: () => closeServer(server, sockets) },
      { name: "Redis", run: async () => shared.close() },
      { name: "background work", limitMs: WORK_WITHIN_MS, run: async () => worker?.stop() },
      { name: "lanes", limitMs: WORK_WITHIN_MS, run: () => engine.lanes.drain() },
      { name: "database connections", limitMs: POOLS_WITHIN_MS, run: () => database.close() },
      { name: "traces", limitMs: POOLS_WITHIN_MS, run: () => traces.stop() },
    ]
    return takeSteps(steps, performance.now() + withinMs)
  }
  return { url: url(), engine, work, stop: (limits = {}) => (stopped ??= stopInOrder(limits)) }
}

/** Somewhat longer than the time for which a client that never pauses is still served. */
const LAST_REQUESTS_WITHIN_MS = 11_000
/** Twenty thousand streams end in a second; those that remain are closed with the connections. */
const STREAMS_WITHIN_MS = 3_000
/** Longer than a command waits in its lane; a request that is still open then was most likely never sent completely. */
const LAST_ANSWERS_WITHIN_MS = 6_000
/** The time for the last answers, and then for the rest of the audit log. */
const CONNECTIONS_WITHIN_MS = LAST_ANSWERS_WITHIN_MS + 3_000
/**
 * For the worker, and again for the lanes, to finish what they have begun. No single statement or call to a provider
 * takes this long.
 */
const WORK_WITHIN_MS = 10_000
/** A connection closes at once, unless the database server no longer answers. */
const POOLS_WITHIN_MS = 3_000

/** Waits for the answers that are under way, then closes the connections that wait for their client. */
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

interface ServerServices extends MailServices {
  readonly engine: Engine
  readonly providers: readonly PaymentProvider[]
  readonly simulator: Simulator | null
  readonly log: Logger
  readonly readiness: Readiness
  readonly arrivals: Arrivals
  readonly texts: ProductTexts
  readonly live: ProductStreams
  readonly tokens: OwnerTokens
  readonly claimantOfCode: ClaimantOfCode
  readonly limits: Limits
  readonly keys: MailboxKeys
}

async function buildServer(config: Config, secret: string, services: ServerServices): Promise<App> {
  const { engine, log, keys: _, ...others } = services
  return createServer(
    {
      ...engine,
      ...accessServices(config, secret, services),
      ...others,
      pages: await loadPages(),
      audit: createAudit(engine),
      holdTtlSeconds: config.holdTtlSeconds,
      shopDefaults: shopDefaults(config),
      publicUrl: config.publicUrl,
      paymentWebhookSecret: config.paymentWebhookSecret,
      paymentPage: paymentPageOf(config),
      takesPayments: config.stripe !== null || config.paymentPageUrl !== null || services.simulator !== null,
      stripePublishableKey: config.stripe?.publishableKey ?? null,
    },
    { log, ...config },
  )
}

function paymentPageOf({ paymentPageUrl: url, paymentWebhookSecret: secret, publicUrl }: Config) {
  return url === null || secret === null ? null : createPaymentPage({ url, secret, publicUrl })
}

/** This many payments take a few dozen megabytes. */
const MOST_SIMULATED_PAYMENTS = 100_000

function ownSimulator(config: Config, url: () => string, { shop }: Pick<Engine, "shop">, log: Logger) {
  if (!hasOwnSimulator(config)) return null
  const secret = config.simulatorSecret ?? randomBytes(24)
  const simulator = createSimulator({
    secret,
    target: () => `${url()}/api/payments/webhooks/simulator`,
    plan: createPlan("calm", 0),
    lateMs: lateMsAfter(config.paymentTtlSeconds),
    mostPayments: MOST_SIMULATED_PAYMENTS,
    shop: () => shop.face(),
    onGivenUp: (event) => log.warn({ event }, "A webhook of the payment simulator was not accepted."),
  })
  return { simulator, settings: { simulatorUrl: () => `${url()}/simulator`, simulatorSecret: secret } }
}

function addressOf(server: App, host: string): string {
  const address = server.server.address() as AddressInfo
  const name = host.includes(":") ? `[${host}]` : host
  return `http://${name}:${address.port}`
}
