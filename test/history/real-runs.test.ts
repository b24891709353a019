import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { checkHistory } from "./checker/check.ts"
import { allowedLags, type History, type ProductRecord, type Response } from "./checker/operations.ts"
import { explain } from "./checker/explain.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { seededRandom } from "../support/random.ts"
import { startServerProcess, type ServerProcess } from "../support/server-process.ts"
import { offer } from "../support/shop.ts"
import { createRecorder, type NamedServer, type Recorder } from "./recorder.ts"
import { shopper, type Shop } from "./shoppers.ts"

/** The length of the sale. Short, because `npm test` must be; DOORBUSTER_HISTORY_SECONDS sets another. */
const SECONDS = Number(process.env["DOORBUSTER_HISTORY_SECONDS"] ?? 6)
/** How many times longer the sale may last on a busy machine until every expected response was seen. */
const MAX_STRETCH = 6
/** Determines the shoppers' requests. The responses differ from run to run. */
const SEED = Number(process.env["DOORBUSTER_HISTORY_SEED"] ?? 20_261_121)
const SHOPPERS = 16
const STOCKS = [6, 8, 3]
/** The stocks of the variants of one more product. */
const VARIANT_STOCKS = [3, 2, 4]
const HOLD_TTL_SECONDS = 1
const PAYMENT_TTL_SECONDS = 2
/** Longer than any cache, and long enough for the last hold and order to expire. */
const UNTIL_QUIET_MS = (PAYMENT_TTL_SECONDS + 1) * 1_000

/** A place for one server at a time: the server can be killed and replaced by another one. */
interface ServerSlot extends AsyncDisposable {
  /** Empty while the server is being replaced. */
  current(): readonly NamedServer[]
  replace(recorder: Recorder): Promise<void>
}

async function startSlot(name: string, databaseUrl: string): Promise<ServerSlot> {
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
  `${SECONDS} seconds of sale at two servers, with a SIGKILL of each and cut connections: an order explains every response`,
  { timeout: 120_000 + SECONDS * 5_000 },
  async () => {
    await using database = await createTestDatabase()
    await using proxy = await startDatabaseProxy(database.url)
    await using one = await startSlot("one", database.url)
    await using other = await startSlot("other", proxy.url)
    const random = seededRandom(SEED)
    const recorder = createRecorder()
    const products: ProductRecord[] = []
    for (const stock of STOCKS) {
      const id = await offerAt(one, { stock, hold_ttl_seconds: HOLD_TTL_SECONDS })
      products.push({ id, stock, ...ttls })
    }
    const sizes = await offerVariants(one)
    products.push(sizes)
    const startedAt = performance.now()
    const progress = () => (performance.now() - startedAt) / (SECONDS * 1_000)
    let isOver = false
    // On a busy machine fewer requests are made in a second.
    async function close(): Promise<void> {
      await sleep(SECONDS * 1_000)
      while (
        missingFrom(recorder.history(products), expectedResponses).length > 0 &&
        progress() < MAX_STRETCH
      )
        await sleep(500)
      isOver = true
    }
    const shop: Shop = {
      recorder,
      servers: () => [...one.current(), ...other.current()],
      productIds: products.map(({ id }) => id),
      variantIds: new Map([[sizes.id, sizes.variants.map(({ id }) => id)]]),
      random,
      isOpen: () => !isOver,
    }

    await Promise.all([
      ...Array.from({ length: SHOPPERS }, () => shopper(shop)),
      restock(shop, products),
      replaceBoth([one, other], recorder, () =>
        progress() < MAX_STRETCH ? missingFrom(recorder.history(products), ["hold: unknown"]) : [],
      ),
      cutConnections(proxy, shop),
      close(),
    ])
    await sleep(UNTIL_QUIET_MS)
    await releaseElsewhere(shop)
    await readEverything(shop, recorder.history(products))

    const history = recorder.history(products)
    const verdict = checkHistory(history)
    expect(verdict.explained, `seed ${SEED}: ${explain(verdict, history.operations)}`).toBe(true)
    expect(recorder.faults()).toEqual([])
    expect(proxy.lost()).toBeGreaterThan(0)
    expect(missingFrom(history, [...expectedResponses, ...expectedAtTheEnd])).toEqual([])
    expect(await differencesIn(database.url)).toEqual([])
  },
)

async function offerAt(slot: ServerSlot, settings: object): Promise<number> {
  const [server] = slot.current()
  if (server === undefined) throw new Error("the server is not there")
  return (await offer(server.client, settings)).id
}

const ttls = { holdTtlMs: HOLD_TTL_SECONDS * 1_000, paymentTtlMs: PAYMENT_TTL_SECONDS * 1_000 }

async function offerVariants(slot: ServerSlot) {
  const [server] = slot.current()
  if (server === undefined) throw new Error("the server is not there")
  const { status, body } = await server.client.post("/api/admin/products", {
    name: "Shoe",
    price_minor: 100,
    currency: "EUR",
    hold_ttl_seconds: HOLD_TTL_SECONDS,
    variants: VARIANT_STOCKS.map((stock, index) => ({ name: `Size ${index + 1}`, stock })),
  })
  expect(status).toBe(201)
  const variants: { id: number; stock: number }[] = body.variants.map(
    ({ id, stock }: { id: number; stock: number }) => ({ id, stock }),
  )
  return { id: Number(body.id), stock: Number(body.stock), variants, ...ttls }
}

/**
 * Replaces one after the other, so that one of them always runs, and again while a response is `missing` that only a
 * killed server leaves.
 */
async function replaceBoth(
  slots: readonly ServerSlot[],
  recorder: Recorder,
  missing: () => readonly string[],
): Promise<void> {
  do {
    for (const slot of slots) {
      await sleep(SECONDS * 200)
      await slot.replace(recorder)
    }
  } while (missing().length > 0)
}

/** Adds units as long as the sale goes on, because sold units do not come back. */
async function restock(shop: Shop, products: readonly ProductRecord[]): Promise<void> {
  const shelves = products.flatMap(({ id: productId, stock, variants }) =>
    variants === undefined
      ? [{ productId, stock }]
      : variants.map((variant) => ({ productId, variantId: variant.id, stock: variant.stock })),
  )
  while (shop.isOpen()) {
    await sleep(100)
    for (const shelf of shelves) {
      const invocation = {
        kind: "set_stock",
        ...shelf,
        stock: shelf.stock + 1,
        expected: shelf.stock,
      } as const
      const [server] = shop.servers()
      if (server === undefined) continue
      const response = await shop.recorder.ask(server, invocation)
      // Without a response the stock may have changed: the next attempt tells.
      if (response.kind === "product" || response.kind === "refused") shelf.stock += 1
    }
  }
}

/** Drops PostgreSQL's responses to some commits: the batches are committed, and their server does not know it. */
async function cutConnections(proxy: { loseCommit(statement: string): void }, shop: Shop): Promise<void> {
  const statements = ["insert-holds", "end-holds", "insert-orders", "insert-payment_events"]
  for (let index = 0; shop.isOpen(); index += 1) {
    await sleep(150)
    proxy.loseCommit(statements[index % statements.length] ?? "")
  }
}

/** Holds all units left and releases them at the other server; the first one must notice within the allowed lag. */
async function releaseElsewhere({ recorder, servers, productIds, variantIds }: Shop): Promise<void> {
  const [here, elsewhere] = servers()
  if (here === undefined || elsewhere === undefined) throw new Error("a server is missing")
  for (const productId of productIds.filter((id) => !variantIds.has(id))) {
    const left = await recorder.ask(here, { kind: "read_product", productId })
    if (left.kind !== "product" || left.available === 0) continue
    const all = await recorder.ask(here, { kind: "hold", productId, qty: left.available, key: null })
    if (all.kind !== "hold") throw new Error(`the only buyer was refused: ${JSON.stringify(all)}`)
    await recorder.ask(here, { kind: "hold", productId, qty: 1, key: null })
    await recorder.ask(elsewhere, { kind: "release", holdId: all.hold.id })
    await sleep(allowedLags.refusalMs + 100)
    await recorder.ask(here, { kind: "hold", productId, qty: 1, key: null })
    return
  }
  throw new Error("everything is sold")
}

/** Reads every product, and every hold and order that a response has named, at the end. */
async function readEverything({ recorder, servers }: Shop, { products, operations }: History): Promise<void> {
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

/** Responses that a run must contain, or it has tested less than it claims. */
const expectedResponses = [
  "hold: active",
  "hold: out_of_stock",
  "hold: unknown",
  "basket: active",
  "basket: out_of_stock",
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

/** Responses that the reads at the end must contain. */
const expectedAtTheEnd = ["read_hold: expired", "read_order: expired"]

/** The expected responses that the history does not contain. */
function missingFrom({ operations }: History, wanted: readonly string[]): string[] {
  const seen = new Set(
    operations.flatMap(({ invocation, response }) => {
      const isBasket = invocation.kind === "hold" && (invocation.lines?.length ?? 0) > 1
      const told = whatIsTold(response)
      return [`${invocation.kind}: ${told}`, ...(isBasket ? [`basket: ${told}`] : [])]
    }),
  )
  return wanted.filter((kind) => !seen.has(kind))
}

function whatIsTold(response: Response): string {
  if (response.kind === "refused") return response.code
  if (response.kind === "hold") return response.hold.status
  return response.kind === "order" ? response.order.status : response.kind
}
