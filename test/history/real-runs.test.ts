import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { checkHistory } from "./checker/check.ts"
import { allowedLags, type History, type ProductRecord } from "./checker/operations.ts"
import { explain } from "./checker/explain.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { seededRandom } from "../support/random.ts"
import { startServerProcess, type ServerProcess } from "../support/server-process.ts"
import { offer } from "../support/shop.ts"
import { createRecorder, type NamedServer, type Recorder } from "./recorder.ts"
import { shopper, type Shop } from "./shoppers.ts"

/** `npm test` must stay short. DOORBUSTER_HISTORY_SECONDS asks for more. */
const SECONDS = Number(process.env["DOORBUSTER_HISTORY_SECONDS"] ?? 6)
/** The longest that a busy machine gets to meet everything. */
const MOST_TIMES_LONGER = 6
/** What shoppers wish; what they meet is never the same twice. */
const SEED = Number(process.env["DOORBUSTER_HISTORY_SEED"] ?? 20_261_121)
const SHOPPERS = 16
const STOCKS = [6, 8, 3]
const HOLD_TTL_SECONDS = 1
const PAYMENT_TTL_SECONDS = 2
/** Longer than any reader remembers, and until the last hold and order are over. */
const UNTIL_QUIET_MS = (PAYMENT_TTL_SECONDS + 1) * 1_000

/** A server of its own that is killed and replaced, on the way to the database by which its connections are cut. */
interface Site extends AsyncDisposable {
  /** Nothing while it is being replaced. */
  current(): readonly NamedServer[]
  replace(recorder: Recorder): Promise<void>
}

async function startSite(name: string, databaseUrl: string): Promise<Site> {
  let generation = 1
  let server = await startOne(databaseUrl)
  let isThere = true
  return {
    current: () => (isThere ? [{ name: `${name}${generation}`, client: server }] : []),
    async replace(recorder) {
      const ended = server.end("SIGKILL")
      isThere = false
      await ended
      recorder.serverEnded(`${name}${generation}`)
      server.close()
      server = await startOne(databaseUrl)
      generation += 1
      isThere = true
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function startOne(databaseUrl: string): Promise<ServerProcess> {
  return startServerProcess({
    DATABASE_URL: databaseUrl,
    PAYMENT_TTL_SECONDS: String(PAYMENT_TTL_SECONDS),
    RATE_LIMIT_PER_MINUTE: "0",
  })
}

test(
  `${SECONDS} seconds of sale at two servers, with a SIGKILL of each and cut connections: every answer can be explained`,
  { timeout: 120_000 + SECONDS * 5_000 },
  async () => {
    await using database = await createTestDatabase()
    await using proxy = await startDatabaseProxy(database.url)
    await using one = await startSite("one", database.url)
    await using other = await startSite("other", proxy.url)
    const random = seededRandom(SEED)
    const recorder = createRecorder()
    const products: ProductRecord[] = []
    for (const stock of STOCKS) {
      const id = await offerAt(one, { stock, hold_ttl_seconds: HOLD_TTL_SECONDS })
      products.push({
        id,
        stock,
        holdTtlMs: HOLD_TTL_SECONDS * 1_000,
        paymentTtlMs: PAYMENT_TTL_SECONDS * 1_000,
      })
    }
    const startedAt = performance.now()
    const progress = () => (performance.now() - startedAt) / (SECONDS * 1_000)
    let isOver = false
    // On a busy machine less happens in a second.
    async function close(): Promise<void> {
      await sleep(SECONDS * 1_000)
      while (unseenIn(recorder.history(products), toMeet).length > 0 && progress() < MOST_TIMES_LONGER)
        await sleep(500)
      isOver = true
    }
    const shop: Shop = {
      recorder,
      servers: () => [...one.current(), ...other.current()],
      productIds: products.map(({ id }) => id),
      random,
      isOpen: () => !isOver,
    }

    await Promise.all([
      ...Array.from({ length: SHOPPERS }, () => shopper(shop)),
      restock(shop, products),
      replaceBoth([one, other], recorder),
      cutConnections(proxy, shop),
      close(),
    ])
    await sleep(UNTIL_QUIET_MS)
    await giveBackElsewhere(shop)
    await lookAtEverything(shop, recorder.history(products))

    const history = recorder.history(products)
    const verdict = checkHistory(history)
    expect(verdict.explained, `seed ${SEED}: ${explain(verdict, history.operations)}`).toBe(true)
    expect(recorder.faults()).toEqual([])
    expect(proxy.lost()).toBeGreaterThan(0)
    expect(unseenIn(history, [...toMeet, ...toFindAfterwards])).toEqual([])
    expect(await differencesIn(database.url)).toEqual([])
  },
)

async function offerAt(site: Site, settings: object): Promise<number> {
  const [server] = site.current()
  if (server === undefined) throw new Error("the server is not there")
  return (await offer(server.client, settings)).id
}

/** One after the other, so that there is always one to ask. */
async function replaceBoth(sites: readonly Site[], recorder: Recorder): Promise<void> {
  for (const site of sites) {
    await sleep(SECONDS * 200)
    await site.replace(recorder)
  }
}

/** Adds units as long as the sale goes on: what is sold does not come back. */
async function restock(shop: Shop, products: readonly { id: number; stock: number }[]): Promise<void> {
  const stocks = new Map(products.map(({ id, stock }) => [id, stock]))
  while (shop.isOpen()) {
    await sleep(100)
    for (const [productId, stock] of stocks) {
      const invocation = { kind: "set_stock", productId, stock: stock + 1, expected: stock } as const
      const [server] = shop.servers()
      if (server === undefined) continue
      const response = await shop.recorder.ask(server, invocation)
      // Without an answer it has perhaps happened: the next try tells.
      if (response.kind === "product" || response.kind === "refused") stocks.set(productId, stock + 1)
    }
  }
}

/** PostgreSQL's answers to some commits get lost: the batches have happened, and their server does not know. */
async function cutConnections(proxy: { loseCommit(statement: string): void }, shop: Shop): Promise<void> {
  const statements = ["insert-holds", "end-holds", "insert-orders", "insert-payment_events"]
  for (let index = 0; shop.isOpen(); index += 1) {
    await sleep(150)
    proxy.loseCommit(statements[index % statements.length] ?? "")
  }
}

/** A buyer takes all that is left, and gives it back at the other server: the first one has to find out. */
async function giveBackElsewhere({ recorder, servers, productIds }: Shop): Promise<void> {
  const [here, elsewhere] = servers()
  if (here === undefined || elsewhere === undefined) throw new Error("a server is missing")
  for (const productId of productIds) {
    const left = await recorder.ask(here, { kind: "read_product", productId })
    if (left.kind !== "product" || left.available === 0) continue
    const all = await recorder.ask(here, { kind: "hold", productId, qty: left.available, key: null })
    if (all.kind !== "hold") throw new Error(`nobody else was there, and yet: ${JSON.stringify(all)}`)
    await recorder.ask(here, { kind: "hold", productId, qty: 1, key: null })
    await recorder.ask(elsewhere, { kind: "release", holdId: all.hold.id })
    await sleep(allowedLags.refusalMs + 100)
    await recorder.ask(here, { kind: "hold", productId, qty: 1, key: null })
    return
  }
  throw new Error("everything is sold")
}

/** The last word about all that anybody was given. */
async function lookAtEverything(
  { recorder, servers }: Shop,
  { products, operations }: History,
): Promise<void> {
  const [server] = servers()
  if (server === undefined) throw new Error("no server is left")
  const holds = new Set<number>()
  const orders = new Set<number>()
  for (const { response } of operations) {
    if (response.kind === "hold") holds.add(response.hold.id)
    if (response.kind === "order") orders.add(response.order.id)
    if (response.kind === "refused" && response.orderId !== undefined) orders.add(response.orderId)
  }
  for (const { id } of products) await recorder.ask(server, { kind: "read_product", productId: id })
  for (const holdId of holds) await recorder.ask(server, { kind: "read_hold", holdId })
  for (const orderId of orders) await recorder.ask(server, { kind: "read_order", orderId })
}

/** What a run has to meet, or it has shown less than it says. */
const toMeet = [
  "hold: active",
  "hold: out_of_stock",
  "hold: unknown",
  "release: released",
  "release: hold_already_used",
  "order: pending_payment",
  "order: hold_expired",
  "cancel: cancelled",
  "cancel: order_not_pending",
  "pay: payment",
  "read_product: product",
  "set_stock: product",
]

/** And what it has to find in the end. */
const toFindAfterwards = ["read_hold: expired", "read_order: expired"]

/** What of that nobody has met yet. */
function unseenIn({ operations }: History, wanted: readonly string[]): string[] {
  const seen = new Set(
    operations.map(({ invocation, response }) => {
      if (response.kind === "refused") return `${invocation.kind}: ${response.code}`
      if (response.kind === "hold") return `${invocation.kind}: ${response.hold.status}`
      return response.kind === "order"
        ? `${invocation.kind}: ${response.order.status}`
        : `${invocation.kind}: ${response.kind}`
    }),
  )
  return wanted.filter((kind) => !seen.has(kind))
}
