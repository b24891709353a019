import cors from "@fastify/cors"
import rateLimit from "@fastify/rate-limit"
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import Fastify, { LogController, type FastifyBaseLogger } from "fastify"
import { randomBytes } from "node:crypto"
import type { Logger } from "pino"
import { describeApi } from "./api-description.ts"
import { answerBrokenRequest, answerExpectation } from "./broken-requests.ts"
import { answerError } from "./errors.ts"
import { acceptJsonOnly } from "./json-body.ts"
import { refuseForeignPages } from "./open-mode.ts"
import { refuse } from "./problems.ts"
import { adminProductRoutes } from "./routes/admin-products.ts"
import { healthRoutes } from "./routes/health.ts"
import { holdRoutes } from "./routes/holds.ts"
import { orderRoutes } from "./routes/orders.ts"
import { paymentRoutes } from "./routes/payments.ts"
import { productRoutes } from "./routes/products.ts"
import { securityHeaders } from "./security-headers.ts"
import type { App, Services } from "./services.ts"

export interface ServerOptions {
  readonly log: Logger
  readonly trustProxy: string | null
  readonly corsOrigins: readonly string[]
  /** Requests a minute and address on the buyers' routes; 0: no limit. */
  readonly rateLimitPerMinute: number
}

/** The largest request of ours has a few kilobytes. */
const BODY_LIMIT_BYTES = 64 * 1024
/** A client that takes longer to send a whole request is not a buyer's browser. */
const REQUEST_TIMEOUT_MS = 15_000
/** Longer than the idle time of common proxies, so that they close first. */
const KEEP_ALIVE_MS = 75_000

/** The HTTP server with all its routes, not yet listening. */
export async function createServer(services: Services, options: ServerOptions): Promise<App> {
  const app = Fastify({
    loggerInstance: quieter(options.log),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    // We answer that ourselves, as a problem document.
    http: { requireHostHeader: false },
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: options.trustProxy ?? false,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    // Bodies mean what they say: "2" is not 2, and a field we do not know is a mistake.
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true },
    },
    routerOptions: { maxParamLength: 200 },
    genReqId: (request) => requestId(request.headers["x-request-id"]),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.setErrorHandler(answerError)
  app.setNotFoundHandler((_request, reply) => refuse(reply, { code: "route_not_found" }))
  acceptJsonOnly(app)

  await describeApi(app)
  if (options.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...options.corsOrigins],
      methods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
      strictPreflight: false,
      exposedHeaders: ["etag", "idempotent-replayed", "location", "retry-after", "x-request-id"],
    })
  }
  await registerRateLimit(app, services, options.rateLimitPerMinute)
  addStandardHooks(app, services)
  if (services.gatekeeper.mode === "open") refuseForeignPages(app, options.corsOrigins)

  productRoutes(app, services)
  holdRoutes(app, services)
  orderRoutes(app, services)
  paymentRoutes(app, services)
  adminProductRoutes(app, services)
  healthRoutes(app, services)
  app.server.on("checkExpectation", answerExpectation)
  return app
}

/** What the framework tells about itself is said once already, in our words. */
function quieter(log: Logger): FastifyBaseLogger {
  return log.isLevelEnabled("info") ? log.child({}, { level: "warn" }) : log
}

/** Only routes that ask for it are limited, only in closed mode, and never the shop itself. */
async function registerRateLimit(app: App, { gatekeeper }: Services, perMinute: number): Promise<void> {
  if (gatekeeper.mode === "open" || perMinute === 0) return
  await app.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: "1 minute",
    allowList: (request) => gatekeeper.callerOf(request).kind === "admin",
  })
}

/** Hooks that run for every request call back instead of returning promises: they are the crowd's price. */
function addStandardHooks(app: App, { events, readiness }: Services): void {
  const constant = securityHeaders()

  app.addHook("onRequest", (request, reply, done) => {
    void reply.headers(constant).header("x-request-id", request.id)
    if (request.headers.host === undefined && request.raw.httpVersionMinor > 0) {
      return void refuse(reply, { code: "malformed_request", detail: "HTTP/1.1 requires a Host" })
    }
    // While stopping, what has arrived is still answered; the client is asked to come back elsewhere.
    if (readiness.stopping()) void reply.header("connection", "close")
    done()
  })
  app.addHook("preValidation", (request, reply, done) => {
    // To find and list thousands of unknown fields would cost us more than their sender.
    if (fieldCount(request.body) > MOST_FIELDS) return void refuse(reply, tooManyFields)
    done()
  })
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none"
    events.requestServed(route, reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
}

/** More than any request of ours has. */
const MOST_FIELDS = 50

const tooManyFields = {
  code: "invalid_request",
  errors: [{ pointer: "", detail: `must not have more than ${MOST_FIELDS} fields` }],
} as const

function fieldCount(body: unknown): number {
  return typeof body === "object" && body !== null ? Object.keys(body).length : 0
}

/** Names the requests of this process apart from those of any other. */
const processName = randomBytes(9).toString("base64url")
let requestCount = 0

/** A client may name its request; anything odd gets a name of ours. */
function requestId(given: string | string[] | undefined): string {
  if (typeof given === "string" && /^[\w.-]{1,128}$/.test(given)) return given
  requestCount += 1
  return `${processName}-${requestCount}`
}
