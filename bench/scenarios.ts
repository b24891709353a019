import { WEBHOOK_SECRET } from "./servers/doorbuster.ts"
import { getRequest, jsonRequest } from "./load/request.ts"
import type { Crowd } from "./load/plan.ts"
import type { Server, ServerName } from "./servers/server.ts"

export type ScenarioName = "holds" | "refusals" | "reads" | "reads-304" | "checkout" | "many"

/** The requests of a crowd, and the right responses. */
export interface Scenario {
  readonly name: ScenarioName
  readonly what: string
  /** The servers that are measured; the others are compared with the first. */
  readonly servers: readonly ServerName[]
  /** The number of requests of one visitor. */
  readonly requestsEach: number
  /** Prepares a server, once before all rounds. */
  prepare(server: Server): Promise<PreparedScenario>
}

/** A scenario that is ready to run on one server. */
export interface PreparedScenario {
  readonly crowd: Crowd
  readonly expected: readonly number[]
  /**
   * Compares the server's data with the responses to all visitors so far. Returns
   * the differences.
   */
  check(totals: CrowdTotals): Promise<readonly string[]>
}

export interface CrowdTotals {
  /** The number of completed journeys. */
  readonly completed: number
  /** The number of responses by status. */
  readonly statuses: Readonly<Record<string, number>>
}

/** A stock larger than any run sells. */
export const ENDLESS = 100_000_000
/** The stock for the peer with a row for each unit, which must create the rows first. */
const ENDLESS_ROWS = 300_000
const PRODUCTS = 1_000

const allServers: readonly ServerName[] = [
  "doorbuster",
  "echo",
  "lock-per-request",
  "atomic-update",
  "unit-rows",
  "redis-lua-always",
  "redis-lua-everysec",
]

export const scenarios: readonly Scenario[] = [
  {
    name: "holds",
    what: "hold one unit of a product that does not sell out",
    servers: allServers,
    requestsEach: 1,
    async prepare(server) {
      const id = await server.createProduct(server.name === "unit-rows" ? ENDLESS_ROWS : ENDLESS)
      return holdsOf(server, id)
    },
  },
  {
    name: "refusals",
    what: "ask for a unit of a product that is sold out",
    servers: ["doorbuster", "echo", "lock-per-request", "redis-lua-always"],
    requestsEach: 1,
    async prepare(server) {
      const id = await server.createProduct(1)
      if (server.name !== "echo") await takeTheOnlyUnit(server, id)
      return {
        crowd: { kind: "requests", requests: [holdRequest(server, id)] },
        expected: [409],
        check: () => compareCounts(server, [id], 1),
      }
    },
  },
  reads("reads", "read a product", 200),
  reads("reads-304", "read an unchanged product again (If-None-Match)", 304),
  {
    name: "checkout",
    what: "hold, order, signed success webhook: a unit is sold",
    servers: ["doorbuster", "echo"],
    requestsEach: 3,
    async prepare(server) {
      return purchasesOf(server, await server.createProduct(ENDLESS))
    },
  },
  {
    name: "many",
    what: `hold one unit of one of ${PRODUCTS} products, at random`,
    servers: ["doorbuster", "echo"],
    requestsEach: 1,
    async prepare(server) {
      const ids = await createProducts(server)
      return {
        crowd: { kind: "requests", requests: ids.map((id) => holdRequest(server, id)) },
        expected: [201],
        check: ({ statuses }) => compareCounts(server, ids, statuses["201"] ?? 0),
      }
    },
  },
]

/** A prepared scenario in which visitors hold single units of one product. */
export function holdsOf(server: Server, productId: number): PreparedScenario {
  return {
    crowd: { kind: "requests", requests: [holdRequest(server, productId)] },
    expected: [201],
    check: ({ statuses }) => compareCounts(server, [productId], statuses["201"] ?? 0),
  }
}

/** A prepared scenario in which visitors buy single units of one product. */
export function purchasesOf(server: Server, productId: number, details?: object): PreparedScenario {
  return {
    crowd: { kind: "buyers", productId, webhookSecret: WEBHOOK_SECRET, ...(details && { details }) },
    expected: [200, 201],
    async check({ completed }) {
      if (server.name === "echo") return []
      const { counter, rows, sold = 0 } = await server.counts(productId)
      return counter === completed && rows === completed && sold === completed
        ? []
        : [`${completed} bought, ${sold} sold, counters ${counter}, rows ${rows}`]
    },
  }
}

function reads(name: "reads" | "reads-304", what: string, status: number): Scenario {
  return {
    name,
    what,
    servers: ["doorbuster", "echo"],
    requestsEach: 1,
    async prepare(server) {
      const path = `/api/products/${await server.createProduct(ENDLESS)}`
      const { host, port } = server
      const response = await fetch(`http://${host}:${port}${path}`)
      const etag = response.headers.get("etag")
      if (etag === null) throw new Error(`${server.name} sends no ETag`)
      const request = getRequest(host, path, status === 304 ? { "if-none-match": etag } : {})
      return {
        crowd: { kind: "requests", requests: [request] },
        expected: [status],
        check: async () => [],
      }
    },
  }
}

function holdRequest({ host }: Server, productId: number): string {
  return jsonRequest(host, "POST", "/api/holds", { product_id: productId, qty: 1 })
}

async function takeTheOnlyUnit({ host, port }: Server, productId: number): Promise<void> {
  const response = await fetch(`http://${host}:${port}/api/holds`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ product_id: productId, qty: 1 }),
  })
  if (response.status !== 201) throw new Error(`the only unit could not be held: ${response.status}`)
}

async function createProducts(server: Server): Promise<number[]> {
  const ids: number[] = []
  while (ids.length < PRODUCTS) {
    ids.push(...(await Promise.all(Array.from({ length: 50 }, () => server.createProduct(ENDLESS)))))
  }
  return ids
}

/** Compares the units that 201 responses granted with those in the counters and in the rows. Returns the differences. */
export async function compareCounts(
  server: Server,
  ids: readonly number[],
  granted: number,
): Promise<string[]> {
  if (server.name === "echo") return []
  let counter = 0
  let rows = 0
  for (const id of ids) {
    const counts = await server.counts(id)
    counter += counts.counter
    rows += counts.rows
  }
  return counter === granted && rows === granted
    ? []
    : [`${granted} granted, counters ${counter}, rows ${rows}`]
}
