import { createHmac } from "node:crypto"
import pg from "pg"
import { createLanes, defaultLimits } from "../src/lanes/lanes.ts"
import type { LaneLimits } from "../src/lanes/lane.ts"
import type { GroupBounds } from "../src/lanes/groups.ts"
import { createIds } from "../src/store/batch/ids.ts"
import { migrate } from "../src/store/upkeep/migrate.ts"
import { openDatabase, type Database } from "../src/store/pool.ts"
import { createProductStore } from "../src/store/batch/product-store.ts"
import { defaultSettings } from "../src/domain/product.ts"
import { drive } from "./load/drive.ts"
import { jsonRequest } from "./load/request.ts"
import { median } from "./row.ts"
import { grouped } from "./report/table.ts"
import type { Server } from "./servers/server.ts"
import { startDoorbuster } from "./servers/doorbuster.ts"
import { createWorkspace } from "./servers/workspace.ts"
import { startSqlPeer, type SqlPeer } from "./servers/peers.ts"

// Measures the limits in the code with other values: `node bench/sweeps.ts` prints the tables of
// docs/internals/performance.md. The engine runs in this process, without HTTP, so that the limits are
// most of what is measured; the pools of the peers are measured over HTTP, as in the comparison.

const ROUNDS = 3
const SECONDS = 1.5
/** The number of concurrent buyers, as with 512 connections. */
const BUYERS = 512

/** One configuration of the lanes. */
interface Variant {
  readonly name: string
  readonly products?: number
  readonly limits?: Partial<LaneLimits>
  readonly groups?: GroupBounds
  /** Whether statements are sent without waiting for the one before. */
  readonly pipeline?: boolean
  /** Whether statements are prepared. */
  readonly prepared?: boolean
  /** Whether unpaid units are counted; then each hold is another buyer's. */
  readonly bound?: boolean
}

const groupsOf = (bounds: Partial<GroupBounds>): GroupBounds => ({
  aloneFrom: 32,
  size: 256,
  inFlight: 2,
  ...bounds,
})

const sweeps: readonly { readonly title: string; readonly variants: readonly Variant[] }[] = [
  {
    title: "Commands in a batch, one product",
    variants: [16, 64, 256, 1_000, 4_000].map((batchSize) => ({
      name: `at most ${grouped(batchSize)}`,
      limits: { batchSize },
    })),
  },
  {
    title: "The connection, one product",
    variants: [
      { name: "pipelined, prepared" },
      { name: "pipelined, not prepared", prepared: false },
      { name: "one statement at a time, prepared", pipeline: false },
    ],
  },
  {
    title: "Holds of strangers, one product",
    variants: [
      { name: "not bound, as in open mode" },
      { name: "unpaid units of each address counted", bound: true },
    ],
  },
  {
    title: "Groups in flight, 1,000 products",
    variants: [1, 2, 4, 8].map((inFlight) => ({
      name: String(inFlight),
      products: 1_000,
      groups: groupsOf({ inFlight }),
    })),
  },
  {
    title: "Commands in a group, 1,000 products",
    variants: [1, 16, 64, 256, 1_000].map((size) => ({
      name: size === 1 ? "1: a transaction each" : `at most ${grouped(size)}`,
      products: 1_000,
      groups: groupsOf({ size }),
    })),
  },
]

const peers: readonly SqlPeer[] = ["lock-per-request", "atomic-update", "unit-rows"]
const poolSizes = [1, 2, 4, 8, 16, 32]

function databaseFor(url: string, { pipeline = true, prepared = true }: Variant): Database {
  const database = openDatabase({ url })
  if (pipeline && prepared) return database
  const { options } = database.batches
  const batches = new pg.Pool({ ...options, pipeline })
  if (!prepared) {
    batches.on("connect", (client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown
      const unnamed = (statement: unknown, ...rest: unknown[]) =>
        query(typeof statement === "object" ? { ...statement, name: undefined } : statement, ...rest)
      client.query = unnamed as typeof client.query
    })
  }
  return {
    ...database,
    batches,
    close: async () => void (await Promise.all([batches.end(), database.close()])),
  }
}

/** Measures the holds per second that the engine commits. */
async function measure(url: string, variant: Variant): Promise<number> {
  const database = databaseFor(url, variant)
  const ids = createIds(database)
  const lanes = createLanes(
    {
      store: createProductStore(database, {
        holdTtlSeconds: 3_600,
        paymentTtlSeconds: 900,
        latePaymentSeconds: 600,
        holdBounds: variant.bound === true ? { maxPerHold: 10, unpaid: 20, lapsed: 60 } : null,
      }),
      observer: { committed: () => undefined, retried: () => undefined, groupFailed: () => undefined },
      random: Math.random,
    },
    { ...defaultLimits, ...variant.limits },
    variant.groups,
  )
  const productIds: number[] = []
  for (let index = 0; index < (variant.products ?? 1); index += 1) {
    const productId = await ids.next("products")
    const adjustmentId = await ids.next("stock_adjustments")
    const settings = { ...defaultSettings, name: "Swept", priceMinor: 1, currency: "EUR" }
    await lanes.submit({ kind: "create_product", productId, adjustmentId, settings, stock: 100_000_000 })
    productIds.push(productId)
  }
  const startedAt = performance.now()
  const endsAt = startedAt + SECONDS * 1000
  let held = 0
  async function buy(): Promise<void> {
    while (performance.now() < endsAt) {
      const productId = productIds[Math.floor(Math.random() * productIds.length)] ?? 0
      const holdId = await ids.next("holds")
      const { outcome } = await lanes.submit({
        kind: "place_hold",
        productId,
        holdId,
        qty: 1,
        customerId: null,
        ...(variant.bound && { holder: Math.floor(Math.random() * 2 ** 48) }),
      })
      if (!("id" in outcome)) throw new Error(`a hold was refused: ${outcome.code}`)
      held += 1
    }
  }
  await Promise.all(Array.from({ length: BUYERS }, buy))
  const rate = held / ((performance.now() - startedAt) / 1000)
  await lanes.drain()
  await database.close()
  return rate
}

function print(title: string, rates: ReadonlyMap<string, readonly number[]>): void {
  process.stdout.write(`\n| ${title} | holds a second | worst – best |\n|---|---|---|\n`)
  for (const [name, values] of rates) {
    const [worst, best] = [Math.min(...values), Math.max(...values)].map((rate) => grouped(Math.round(rate)))
    process.stdout.write(`| ${name} | ${grouped(Math.round(median(values)))} | ${worst} – ${best} |\n`)
  }
}

const CUSTOMER_SECRET = "the-customer-secret-of-the-measurements"
/** Each customer holds once or a few times. */
const CUSTOMERS = 20_000

/** Sends these requests for holds over and over, 256 at a time. */
function driveHolds({ host, port }: Server, requests: readonly string[]) {
  return drive({
    host,
    port,
    crowd: { kind: "requests", requests },
    connections: 256,
    expected: [201],
    load: { kind: "closed", warmUpSeconds: 0.3, seconds: SECONDS },
  })
}

/** A customer token, made as a shop's server makes it. */
function customerToken(customer: string, endsAt: number): string {
  const text = `dbc1.${Buffer.from(customer).toString("base64url")}.${endsAt}.`
  return `${text}.${createHmac("sha256", CUSTOMER_SECRET).update(text).digest("base64url")}`
}

/** The same holds over HTTP: without a name, with a name in the body, and with a name that the shop has signed. */
async function measureCustomers(): Promise<Map<string, number[]>> {
  const server = await startDoorbuster(workspace, { environment: { CUSTOMER_SECRETS: CUSTOMER_SECRET } })
  const { host } = server
  const id = await server.createProduct(100_000_000)
  const endsAt = Math.floor(Date.now() / 1_000) + 3_600
  const numbers = Array.from({ length: CUSTOMERS }, (_, index) => `customer-${index}`)
  const request = (more: object, headers: Record<string, string> = {}) =>
    jsonRequest(host, "POST", "/api/holds", { product_id: id, qty: 1, ...more }, headers)
  const kinds = new Map([
    ["no name", [request({})]],
    ["a name in the body", numbers.map((customer_id) => request({ customer_id }))],
    [
      "a name in a signed token",
      numbers.map((customerId) => request({}, { "customer-token": customerToken(customerId, endsAt) })),
    ],
  ])
  const rates = new Map([...kinds.keys()].map((name) => [name, [] as number[]]))
  for (let round = 0; round < CUSTOMER_ROUNDS; round += 1) {
    for (const [name, requests] of kinds) {
      const { served, seconds } = await driveHolds(server, requests)
      rates.get(name)?.push(served / seconds)
    }
  }
  await server.stop()
  return rates
}

/** More rounds than elsewhere, because the difference is small. */
const CUSTOMER_ROUNDS = 8
const CUSTOMERS_TITLE = "Who the customer of a hold is, over HTTP"

/** Words of a title: only these sweeps, and no peers. */
const [only] = process.argv.slice(2)
const workspace = await createWorkspace(process.env["DATABASE_URL"])
try {
  for (const { title, variants } of sweeps.filter(
    (sweep) => only === undefined || sweep.title.includes(only),
  )) {
    const url = await workspace.createDatabase("sweep")
    await migrate(url)
    const rates = new Map(variants.map(({ name }) => [name, [] as number[]]))
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const variant of variants) rates.get(variant.name)?.push(await measure(url, variant))
    }
    print(title, rates)
  }
  if (only === undefined || CUSTOMERS_TITLE.includes(only)) print(CUSTOMERS_TITLE, await measureCustomers())
  for (const peer of only === undefined ? peers : []) {
    const rates = new Map<string, number[]>()
    for (const size of poolSizes) {
      const server = await startSqlPeer(workspace, peer, size)
      const { host } = server
      const id = await server.createProduct(peer === "unit-rows" ? 100_000 : 100_000_000)
      const requests = [jsonRequest(host, "POST", "/api/holds", { product_id: id, qty: 1 })]
      for (let round = 0; round < ROUNDS; round += 1) {
        const { served, seconds } = await driveHolds(server, requests)
        rates.set(String(size), [...(rates.get(String(size)) ?? []), served / seconds])
      }
      await server.stop()
    }
    print(`Connections of ${peer}`, rates)
  }
} finally {
  await workspace.clear()
}
