import type pg from "pg"
import { createTimers, type Timers } from "../../simulator/timers.ts"
import { createHttpClient, type HttpClient } from "../../base/http-client.ts"
import { openDatabase } from "../../store/pool.ts"
import { availabilityByVariant, availabilityOf, findUndersell, type Undersell } from "./availability.ts"
import { makeChaos, type Fault } from "./chaos.ts"
import type { FaultName } from "./fault-names.ts"
import { startDatabaseProxy, type DatabaseProxy } from "./database-proxy.ts"
import type { ThrowAwayPostgres } from "./throw-away-postgres.ts"
import { askedDetails } from "./buyer-details.ts"
import { createCrowd, SIZES, WANTS_SIZES_IN } from "./crowd.ts"
import { judge, settle, type Verdict } from "./judge.ts"
import { makeCodes, presalePhases } from "./presale.ts"
import { createVisitLog, type VisitLog } from "./visit-log.ts"
import { HOLD_SECONDS, startServers, type RehearsalServers } from "./servers.ts"
import { visit, type OfferedProducts } from "./visit.ts"
import { sampleProducts, type Sample } from "./product-samples.ts"

/** The parameters of a rehearsal. */
export interface Script {
  readonly crowd: number
  readonly stock: number
  /** All visitors arrive within this time. */
  readonly rushMs: number
  readonly servers: number
  readonly faults: readonly FaultName[]
  readonly seed: number
}

/** The result of a rehearsal. */
export interface Rehearsal extends Verdict {
  readonly script: Script
  readonly visitLog: VisitLog
  readonly samples: readonly Sample[]
  readonly faults: readonly Fault[]
  readonly undersell: Undersell
  /** The time when the last visit ended, and the time when everything was settled. */
  readonly crowdGoneMs: number
  readonly settledMs: number
}

export interface RehearseOptions extends Script {
  /** A database with an up-to-date schema; the rehearsal adds its products to it. */
  readonly postgres: Pick<ThrowAwayPostgres, "url" | "crash">
  readonly onProgress: (progress: Progress) => void
  /** Rejects if the user interrupts the rehearsal. */
  readonly orInterrupted: <T>(work: Promise<T>) => Promise<T>
}

/** The progress of a rehearsal, for one line of text. */
export interface Progress {
  readonly seconds: number
  readonly visits: number
  readonly of: number
  readonly last: Sample | undefined
  readonly faults: number
  /** After the last visit, the holds, orders and payments that are still open. */
  readonly open: string | null
}

/** The sale opens after the first visitors have arrived. */
const OPENS_AFTER_MS = 2_000
const MOST_PER_CUSTOMER = 2
const CONNECTIONS = 512
const POOL_SIZE = 4
const REPORT_EVERY_MS = 500

/**
 * Rehearses a whole sale with servers, a payment provider that makes every mistake of real ones, a crowd, and faults.
 * The seed decides all of it. Throws if the servers cannot start; the result contains everything that goes wrong later.
 */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const { postgres, servers, seed } = options
  await using proxy = await startDatabaseProxy(postgres.url)
  const started = await startServers({ databaseUrl: proxy.url, servers, plan: "wild", seed })
  const client = createHttpClient(CONNECTIONS)
  const database = openDatabase({ url: postgres.url, viewConnections: POOL_SIZE, batchConnections: 1 })
  const timers = createTimers()
  try {
    return await options.orInterrupted(
      runSale(options, { started, proxy, client, pool: database.views, timers }),
    )
  } finally {
    timers.cancelAll()
    client.close()
    await started.stop()
    await database.close()
  }
}

interface Running {
  readonly started: RehearsalServers
  readonly proxy: DatabaseProxy
  readonly client: HttpClient
  readonly pool: pg.Pool
  readonly timers: Timers
}

async function runSale(
  options: RehearseOptions,
  { started, proxy, client, pool, timers }: Running,
): Promise<Rehearsal> {
  const { onProgress, postgres, orInterrupted: _wait, ...script } = options
  const products = await offerProducts(client, started, script)
  const productIds = [products.plainId, products.withSizes.id]
  const visitLog = createVisitLog()
  const watch = sampleProducts(pool, productIds, visitLog.now)
  const chaos = makeChaos({
    ...script,
    started,
    proxy,
    crash: postgres.crash ?? refuseToCrash,
    pool,
    productIds,
    now: visitLog.now,
  })
  let open: string | null = null
  const reporting = setInterval(() => {
    const progress = { visits: visitLog.visits, of: script.crowd, faults: chaos.happened.length, open }
    onProgress({ ...progress, seconds: Math.round(visitLog.now() / 1000), last: watch.samples.at(-1) })
  }, REPORT_EVERY_MS)
  try {
    const shop = {
      client,
      products,
      urls: started.servers.map(({ url }) => url),
      simulatorUrl: started.simulator.url,
      visitLog,
      timers,
    }
    await Promise.all(
      createCrowd({ visitors: script.crowd, rushMs: script.rushMs, seed: script.seed }).map((visitor) =>
        visit(visitor, shop),
      ),
    )
    const crowdGoneMs = Math.round(visitLog.now())
    await chaos.stop()
    const [shopUrl = ""] = shop.urls
    const evidence = {
      pool,
      client,
      shopUrl,
      simulatorUrl: started.simulator.url,
      productIds,
      visitLog,
      presaleId: products.withSizes.id,
    }
    const unsettled = await settle(evidence, (text) => (open = text))
    const settledMs = Math.round(visitLog.now())
    for (const death of started.died()) visitLog.wrong(death)
    for (const event of started.simulator.givenUp) visitLog.wrong(`webhook ${event} was never taken`)
    const verdict = await judge(evidence, unsettled)
    await watch.stop()
    const undersell = findUndersell(
      await availabilityOf(pool, products.plainId),
      visitLog.stockRefusals,
      watch.aheadMs,
      await availabilityByVariant(pool, products.withSizes.id),
    )
    return {
      script,
      visitLog,
      samples: watch.samples,
      faults: chaos.happened,
      undersell,
      crowdGoneMs,
      settledMs,
      counts: verdict.counts,
      checks: [...verdict.checks, undersellCheck(undersell)],
    }
  } finally {
    clearInterval(reporting)
    await chaos.stop()
    await watch.stop()
  }
}

async function refuseToCrash(): Promise<void> {
  throw new Error("a PostgreSQL server that other programs may use is never killed")
}

function undersellCheck({ seconds, refusals }: Undersell) {
  const wrong =
    refusals === 0
      ? []
      : [
          `I9: ${refusals} refusals in ${seconds} seconds although the units had been available for more than a second`,
        ]
  return { name: "no visitor was refused units that had been available for a second", wrong }
}

/** One unit in three is of the product with sizes, as one visitor in three wants it. */
const UNITS_OF_SIZES_IN = 3

/** Offers two products, one of them with sizes, which asks its buyers for details; their stocks add up to the script's. */
async function offerProducts(
  client: HttpClient,
  started: RehearsalServers,
  { stock, crowd }: Script,
): Promise<OfferedProducts> {
  const ofSizes = Math.floor(stock / UNITS_OF_SIZES_IN)
  const variants = Array.from({ length: SIZES }, (_, index) => ({
    name: `Size ${index + 1}`,
    stock: Math.floor(ofSizes / SIZES) + (index < ofSizes % SIZES ? 1 : 0),
  }))
  const plain = await offerProduct(client, started, { stock: stock - ofSizes })
  const opensAtMs = Date.now() + OPENS_AFTER_MS
  const withSizes = await offerProduct(client, started, {
    variants,
    ...askedDetails,
    opens_at: new Date(opensAtMs).toISOString(),
    phases: presalePhases(opensAtMs),
  })
  const variantIds = withSizes.variants?.map(({ id }) => id) ?? []
  const [server] = started.servers
  const codes = await makeCodes(client, server?.url ?? "", {
    productId: withSizes.id,
    visitors: Math.ceil(crowd / WANTS_SIZES_IN),
  })
  return { plainId: plain.id, withSizes: { id: withSizes.id, variantIds, codes } }
}

interface OfferedProduct {
  readonly id: number
  readonly variants?: readonly { readonly id: number }[]
}

async function offerProduct(
  client: HttpClient,
  { servers }: RehearsalServers,
  more: object,
): Promise<OfferedProduct> {
  const [server] = servers
  const opensAt = new Date(Date.now() + OPENS_AFTER_MS).toISOString()
  const { status, body } = await client.send("POST", `${server?.url}/api/admin/products`, {
    body: {
      name: "Rehearsal",
      price_minor: 4_900,
      currency: "EUR",
      opens_at: opensAt,
      ...more,
      max_per_customer: MOST_PER_CUSTOMER,
      hold_ttl_seconds: HOLD_SECONDS,
    },
  })
  if (status !== 201) throw new Error(`the product was refused: ${status} ${JSON.stringify(body)}`)
  return body as OfferedProduct
}
