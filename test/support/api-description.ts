import { createEngine } from "../../src/engine.ts"
import { createCustomerTokens } from "../../src/http/access/customer-token.ts"
import { watchArrivals } from "../../src/http/transport/arrivals.ts"
import { createAudit } from "../../src/http/access/audit.ts"
import { createGatekeeper } from "../../src/http/access/auth.ts"
import { createOwnerTokens } from "../../src/http/access/owner-token.ts"
import { createProductStreams } from "../../src/http/live/product-streams.ts"
import { createServer } from "../../src/http/server.ts"
import { createProductTexts } from "../../src/http/wire/product-texts.ts"
import { createLog } from "../../src/base/log.ts"
import { createLimits } from "../../src/limits/limits.ts"
import { openDatabase } from "../../src/store/pool.ts"

/** Returns the OpenAPI description as a server serves it. Needs no database, because it sends no query. */
export async function describeServer(): Promise<unknown> {
  const log = createLog("silent")
  const database = openDatabase({ url: "postgresql://nobody@localhost:1/none" })
  const engine = createEngine(
    database,
    { holdTtlSeconds: 120, paymentTtlSeconds: 900, latePaymentSeconds: 600 },
    log,
  )
  const texts = createProductTexts(120)
  const tokens = createOwnerTokens("not a secret: signs nothing")
  const app = await createServer(
    {
      ...engine,
      tokens,
      gatekeeper: createGatekeeper(null, tokens),
      holderOf: () => undefined,
      limits: createLimits(null),
      mailboxCodes: {
        canSend: async () => true,
        ask: () => true,
        confirm: async () => null,
        forget: async () => undefined,
        settled: async () => undefined,
      },
      challenge: null,
      challengePage: null,
      issueChallenge: null,
      customerTokens: createCustomerTokens([]),
      claimantOfCode: () => "",
      holdsNeedSigned: false,
      readiness: {
        version: "",
        stopping: () => false,
        database: async () => true,
        metrics: async () => "",
        totals: async () => null,
        replication: async () => null,
      },
      messages: { send: async () => ({ status: 204 }), hasMail: false },
      arrivals: watchArrivals(() => false),
      texts,
      live: createProductStreams({ watch: engine.watch, texts }),
      providers: [],
      simulator: null,
      paymentPage: null,
      stripePublishableKey: null,
      takesPayments: false,
      pages: null,
      audit: createAudit(engine),
      holdTtlSeconds: 120,
      shopDefaults: { name: "Doorbuster", languages: ["en"] },
      publicUrl: null,
      paymentWebhookSecret: null,
      orderLinks: { ask: () => undefined, settled: async () => undefined },
      mailbox: null,
    },
    {
      log,
      trustProxy: null,
      corsOrigins: [],
      rateLimitPerMinute: 0,
      streamsPerAddress: 0,
      keepAliveSeconds: 75,
    },
  )
  await app.ready()
  const description: unknown = app.swagger()
  await app.close()
  await database.close()
  return description
}
