import type pg from "pg"
import { createAlarms, type Alarms } from "../../simulator/alarms.ts"
import { createHttpClient, type HttpClient } from "../../base/http-client.ts"
import { openDatabase } from "../../store/pool.ts"
import { availabilityOf, findUndersell, type Undersell } from "./availability.ts"
import { makeChaos, type Fault, type FaultName } from "./chaos.ts"
import { startDatabaseProxy, type DatabaseProxy } from "./database-proxy.ts"
import type { Ground } from "./ground.ts"
import { createCrowd } from "./crowd.ts"
import { judge, settle, type Verdict } from "./judge.ts"
import { createLedger, type Ledger } from "./ledger.ts"
import { HOLD_SECONDS, setStage, type Stage } from "./stage.ts"
import { visit } from "./visit.ts"
import { watchProduct, type Sample } from "./watch.ts"

/** How a sale is to be acted out. */
export interface Script {
  readonly crowd: number
  readonly stock: number
  /** Within this time all visitors have come. */
  readonly rushMs: number
  readonly servers: number
  readonly faults: readonly FaultName[]
  readonly seed: number
}

/** How it went. */
export interface Rehearsal extends Verdict {
  readonly script: Script
  readonly ledger: Ledger
  readonly samples: readonly Sample[]
  readonly faults: readonly Fault[]
  readonly undersell: Undersell
  /** When the last visitor had gone, and when nothing was under way any more. */
  readonly crowdGoneMs: number
  readonly settledMs: number
}

export interface RehearseOptions extends Script {
  /** An up-to-date database; the rehearsal adds a product to it. */
  readonly ground: Pick<Ground, "url" | "crash">
  readonly onProgress: (progress: Progress) => void
  /** Ends the rehearsal where it is. */
  readonly orInterrupted: <T>(work: Promise<T>) => Promise<T>
}

/** What a person who watches is told. */
export interface Progress {
  readonly seconds: number
  readonly visits: number
  readonly of: number
  readonly last: Sample | undefined
  readonly faults: number
  /** Once the crowd is gone: what is still under way. */
  readonly open: string | null
}

/** The doors open a little after the first have come. */
const OPENS_AFTER_MS = 2_000
const MOST_PER_CUSTOMER = 2
const CONNECTIONS = 512
const POOL_SIZE = 4
const TELL_EVERY_MS = 500

/**
 * Acts out a whole sale: servers, a payment provider that does everything providers do wrong, a crowd,
 * and faults, all decided by the seed. Throws when the stage cannot be set; whatever goes wrong in the
 * sale is in what it returns.
 */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const { ground, servers, seed } = options
  await using proxy = await startDatabaseProxy(ground.url)
  const stage = await setStage({ databaseUrl: proxy.url, servers, plan: "wild", seed })
  const client = createHttpClient(CONNECTIONS)
  const database = openDatabase({ url: ground.url, viewConnections: POOL_SIZE, batchConnections: 1 })
  const alarms = createAlarms()
  try {
    return await options.orInterrupted(act(options, { stage, proxy, client, pool: database.views, alarms }))
  } finally {
    alarms.callOff()
    client.close()
    await stage.strike()
    await database.close()
  }
}

interface Props {
  readonly stage: Stage
  readonly proxy: DatabaseProxy
  readonly client: HttpClient
  readonly pool: pg.Pool
  readonly alarms: Alarms
}

async function act(
  options: RehearseOptions,
  { stage, proxy, client, pool, alarms }: Props,
): Promise<Rehearsal> {
  const { onProgress, ground, orInterrupted: _wait, ...script } = options
  const productId = await offerProduct(client, stage, script)
  const ledger = createLedger()
  const watch = watchProduct(pool, productId, ledger.now)
  const chaos = makeChaos({
    ...script,
    stage,
    proxy,
    crash: ground.crash ?? nobodys,
    pool,
    productId,
    now: ledger.now,
  })
  let open: string | null = null
  const telling = setInterval(() => {
    const progress = { visits: ledger.visits, of: script.crowd, faults: chaos.happened.length, open }
    onProgress({ ...progress, seconds: Math.round(ledger.now() / 1000), last: watch.samples.at(-1) })
  }, TELL_EVERY_MS)
  try {
    const shop = {
      client,
      productId,
      urls: stage.servers.map(({ url }) => url),
      simulatorUrl: stage.simulator.url,
      ledger,
      alarms,
    }
    await Promise.all(
      createCrowd({ visitors: script.crowd, rushMs: script.rushMs, seed: script.seed }).map((visitor) =>
        visit(visitor, shop),
      ),
    )
    const crowdGoneMs = Math.round(ledger.now())
    await chaos.stop()
    const [shopUrl = ""] = shop.urls
    const evidence = { pool, client, shopUrl, simulatorUrl: stage.simulator.url, productId, ledger }
    const unsettled = await settle(evidence, (text) => (open = text))
    const settledMs = Math.round(ledger.now())
    for (const death of stage.died()) ledger.wrong(death)
    for (const event of stage.simulator.givenUp) ledger.wrong(`webhook ${event} was never taken`)
    const verdict = await judge(evidence, unsettled)
    await watch.stop()
    const undersell = findUndersell(await availabilityOf(pool, productId), ledger.wants, watch.aheadMs)
    return {
      script,
      ledger,
      samples: watch.samples,
      faults: chaos.happened,
      undersell,
      crowdGoneMs,
      settledMs,
      counts: verdict.counts,
      checks: [...verdict.checks, undersellCheck(undersell)],
    }
  } finally {
    clearInterval(telling)
    await chaos.stop()
    await watch.stop()
  }
}

async function nobodys(): Promise<void> {
  throw new Error("a PostgreSQL of somebody else is not killed")
}

function undersellCheck({ seconds, refusals }: Undersell) {
  const wrong =
    refusals === 0
      ? []
      : [
          `I9: ${refusals} refusals in ${seconds} seconds although units had been there for longer than a second`,
        ]
  return { name: "nobody was refused what had been there for a second", wrong }
}

async function offerProduct(client: HttpClient, { servers }: Stage, { stock }: Script): Promise<number> {
  const [server] = servers
  const opensAt = new Date(Date.now() + OPENS_AFTER_MS).toISOString()
  const { status, body } = await client.send("POST", `${server?.url}/api/admin/products`, {
    body: {
      name: "Rehearsal",
      price_minor: 4_900,
      currency: "EUR",
      stock,
      opens_at: opensAt,
      max_per_customer: MOST_PER_CUSTOMER,
      hold_ttl_seconds: HOLD_SECONDS,
    },
  })
  if (status !== 201) throw new Error(`the product was refused: ${status} ${JSON.stringify(body)}`)
  return (body as { id: number }).id
}
