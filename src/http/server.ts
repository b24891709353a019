import cors from "@fastify/cors"
import rateLimit from "@fastify/rate-limit"
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import Fastify, { type FastifyReply } from "fastify"
import { randomBytes } from "node:crypto"
import type { Logger } from "pino"
import { describeApi } from "./transport/api-description.ts"
import { brokenRequestAnswerer, expectationAnswerer } from "./transport/broken-requests.ts"
import { standingOf } from "./transport/connections.ts"
import { crossOriginHeaders, exposedHeaders } from "./transport/cross-origin.ts"
import { errorAnswerer } from "./transport/errors.ts"
import { acceptJsonOnly } from "./transport/json-body.ts"
import { readForwardedHeaders } from "./transport/forwarded-headers.ts"
import { MeasuredResponse } from "./transport/measured-response.ts"
import { isShop } from "./access/auth.ts"
import { networkOf } from "./access/network-address.ts"
import { sharedRates } from "./access/request-rates.ts"
import { refuseForeignPages } from "./access/open-mode.ts"
import { refuse } from "./wire/problems.ts"
import { refuseUnreadableQueries } from "./transport/query-strings.ts"
import { registerAdminRoutes } from "./routes/admin/admin-routes.ts"
import { registerBuyerRoutes } from "./routes/buyers/buyer-routes.ts"
import { registerStorefrontPages, wantsPage, type ShowMissingPage } from "./routes/buyers/storefront-pages.ts"
import { registerProviderRoutes } from "./routes/providers/provider-routes.ts"
import { logUndecodableWebhook } from "./routes/providers/stray-webhooks.ts"
import { webhookUrl } from "./routes/providers/webhook-paths.ts"
import { registerApiReference } from "./routes/system/api-reference.ts"
import { registerDocsSite } from "./routes/system/docs-site.ts"
import { registerSystemRoutes } from "./routes/system/system-routes.ts"
import { cutSlowReaders } from "./transport/slow-readers.ts"
import { traceRequests } from "./transport/traced-requests.ts"
import { securityHeaders } from "./transport/security-headers.ts"
import type { Services } from "./services.ts"
import type { App } from "./transport/typed-app.ts"

export interface ServerOptions {
  readonly log: Logger
  readonly trustProxy: string | null
  readonly corsOrigins: readonly string[]
  /** How many requests an address may send to the buyers' routes in a minute; 0: no limit. */
  readonly rateLimitPerMinute: number
  /** How many streams an address may have open in closed mode; 0: no limit. */
  readonly streamsPerAddress: number
  /** How long a connection without a request is kept. */
  readonly keepAliveSeconds: number
}

/** The largest valid request has a few kilobytes. */
const BODY_LIMIT_BYTES = 64 * 1024
/** Every buyer's browser sends a whole request within this time. */
const REQUEST_TIMEOUT_MS = 15_000
const SLOW_REQUEST_CHECK_MS = 5_000

/** The HTTP server with all its routes, not yet listening. */
export async function createServer(services: Services, options: ServerOptions): Promise<App> {
  const answerError = errorAnswerer(options.log)
  const constant = securityHeaders
  const crossOrigin = crossOriginHeaders(options.corsOrigins)
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    http: {
      // A hook refuses requests without a Host, with a problem document.
      requireHostHeader: false,
      ServerResponse: MeasuredResponse,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: SLOW_REQUEST_CHECK_MS,
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: options.keepAliveSeconds * 1_000,
    trustProxy: options.trustProxy ?? false,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    // Bodies are validated strictly: "2" is not converted to 2, and an unknown field is an error.
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true },
    },
    routerOptions: { maxParamLength: 200 },
    genReqId: (request) => requestId(request.headers["x-request-id"]),
    clientErrorHandler: brokenRequestAnswerer(constant, crossOrigin),
    rewriteUrl: ({ url = "/" }) => webhookUrl(url),
    // These errors occur before any hook runs.
    frameworkErrors: (error, request, reply) => {
      void reply.headers({ ...constant, ...crossOrigin(request.headers.origin) })
      logUndecodableWebhook(services.events, request, error.statusCode ?? 400)
      void answerError(error, request, reply)
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  if (options.trustProxy !== null) readForwardedHeaders(app)
  app.setErrorHandler(answerError)
  let showMissing: ShowMissingPage | null = null
  app.setNotFoundHandler((request, reply) =>
    showMissing !== null && wantsPage(request)
      ? showMissing(request, reply)
      : refuse(reply, { code: "route_not_found" }),
  )
  traceRequests(app)
  measureRequests(app, services)
  refuseUnreadableQueries(app)
  addStandardHooks(app, services, constant)
  acceptJsonOnly(app)

  awaitOperators(app, services)

  await describeApi(app)
  if (options.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...options.corsOrigins],
      methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
      strictPreflight: false,
      exposedHeaders: [...exposedHeaders],
    })
  }
  await registerRateLimit(app, services, options.rateLimitPerMinute)
  if (services.gatekeeper.mode === "open") refuseForeignPages(app, options.corsOrigins)

  registerBuyerRoutes(app, services, options)
  registerProviderRoutes(app, services)
  showMissing = await registerStorefrontPages(app, services, options)
  await registerApiReference(app)
  await registerDocsSite(app)
  registerAdminRoutes(app, services)
  registerSystemRoutes(app, services)
  app.addHook("onClose", () => services.audit.settled())
  app.addHook("onClose", () => services.orderLinks?.settled())
  app.addHook("onClose", () => services.mailboxCodes.settled())
  app.server.on("checkExpectation", expectationAnswerer(constant, crossOrigin))
  cutSlowReaders(app.server)
  return app
}

/** Limits requests by address, in closed mode only, on the routes that opt in. The shop itself is never limited. */
async function registerRateLimit(
  app: App,
  { gatekeeper, limits }: Services,
  perMinute: number,
): Promise<void> {
  if (gatekeeper.mode === "open" || perMinute === 0) return
  await app.register(rateLimit, {
    global: false,
    max: perMinute,
    // A process that counts alone keeps the plugin's own store.
    ...(limits.areShared && { store: sharedRates(limits, perMinute) }),
    timeWindow: "1 minute",
    keyGenerator: networkOf,
    allowList: (request) => isShop(gatekeeper.callerOf(request)),
  })
}

/** Lets a request with an operator's token or session wait until the operators are known. No other request waits. */
function awaitOperators(app: App, { gatekeeper }: Services): void {
  if (gatekeeper.mode === "open") return
  app.addHook("onRequest", (request, _reply, proceed) => {
    const ready = gatekeeper.ready(request)
    if (ready === null) return proceed()
    ready.then(() => proceed(), proceed)
  })
}

/** These hooks call back instead of returning promises, because every request pays for them. */
function addStandardHooks(
  app: App,
  { readiness, arrivals, events }: Services,
  constant: Readonly<Record<string, string>>,
): void {
  const servedWithoutRoute = events.requestsOf("none")

  app.addHook("onRequest", (request, reply, done) => {
    const response = measured(reply)
    arrivals.note(response.arrivedAt)
    // Replaced once a route is found. Unknown paths and CORS preflights have none.
    response.served = servedWithoutRoute
    void reply.headers(constant).header("x-request-id", request.id)
    const standing = standingOf(request.raw, response)
    if (standing === "unwanted") {
      reply.hijack()
      return void request.raw.socket.destroy()
    }
    if (standing === "too far ahead") {
      void reply.header("connection", "close")
      return void refuse(reply, { code: "overloaded" })
    }
    if (request.headers.host === undefined && request.raw.httpVersionMinor > 0) {
      return void refuse(reply, { code: "malformed_request", detail: "HTTP/1.1 requires a Host" })
    }
    // A stopping process still answers requests, and closes their connections so that clients open new ones elsewhere.
    if (readiness.stopping()) void reply.header("connection", "close")
    done()
  })
}

/**
 * Counts every answer by route and status when its head is sent. Each route is given its counter once, so no request
 * has to look it up.
 */
function measureRequests(app: App, { events }: Services): void {
  app.addHook("onRoute", (route) => {
    const served = events.requestsOf(route.url)
    const own = route.onRequest === undefined ? [] : [route.onRequest].flat()
    route.onRequest = [
      (_request, reply, done) => {
        measured(reply).served = served
        done()
      },
      ...own,
    ]
  })
}

/** The server is configured to make only responses of this class. */
function measured(reply: FastifyReply): MeasuredResponse {
  return reply.raw as MeasuredResponse
}

/** A random prefix that distinguishes the request ids of this process from those of all others. */
const processName = randomBytes(9).toString("base64url")
let requestCount = 0

/** Takes the client's `X-Request-Id` if it is well-formed, otherwise makes an id. */
function requestId(given: string | string[] | undefined): string {
  if (typeof given === "string" && /^[\w.-]{1,128}$/.test(given)) return given
  requestCount += 1
  return `${processName}-${requestCount}`
}
