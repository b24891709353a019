import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { open, readFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { openDatabase } from "../../src/store/pool.ts"
import { verify } from "../../src/store/upkeep/verify.ts"
import { memoryOf } from "./memory.ts"
import type { Workspace, Server, ServerName } from "./server.ts"

const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))

/** Signs the payments of the comparison. */
export const WEBHOOK_SECRET = "whsec_ZG9vcmJ1c3Rlci1iZW5jaC1zZWNyZXQ="
/** The admin token with which the benchmark creates and changes products. */
export const ADMIN_TOKEN = "bench-admin-token"
const STARTED_WITHIN_MS = 30_000
const HOLD_TTL_SECONDS = 3_600

export interface DoorbusterOptions {
  readonly name?: ServerName
  readonly processes?: number
  /** Further environment variables. */
  readonly environment?: Readonly<Record<string, string>>
  /** An existing database, in place of a fresh one. */
  readonly databaseUrl?: string
}

/**
 * Starts Doorbuster as in production: closed mode, owner tokens, signed webhooks, metrics and
 * the log, to a file. Only the limit for each address is off, because the whole crowd has one address.
 */
export async function startDoorbuster(
  workspace: Workspace,
  options: DoorbusterOptions = {},
): Promise<Server> {
  const name = options.name ?? "doorbuster"
  const databaseUrl = options.databaseUrl ?? (await workspace.createDatabase(name))
  const logFile = join(workspace.directory, `${name}.log`)
  const log = await open(logFile, "w")
  const processes = options.processes === undefined ? [] : ["--processes", String(options.processes)]
  const child = spawn(process.execPath, [launcher, "serve", "--port", "0", ...processes], {
    stdio: ["ignore", log.fd, log.fd],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      ADMIN_TOKEN,
      PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET,
      HOLD_TTL_SECONDS: String(HOLD_TTL_SECONDS),
      RATE_LIMIT_PER_MINUTE: "0",
      // One address sends the whole load.
      UNPAID_UNITS_PER_ADDRESS: "0",
      LAPSED_UNITS_PER_ADDRESS: "0",
      STREAMS_PER_ADDRESS: "0",
      HOST: "127.0.0.1",
      LOG_LEVEL: "info",
      ...options.environment,
    },
  })
  await log.close()
  const url = new URL(await listeningUrl(child, logFile))
  const client = new pg.Pool({ connectionString: databaseUrl, max: 1 })

  return {
    name,
    host: url.hostname,
    port: Number(url.port),
    memory: () => memoryOf(child.pid ?? 0),
    createProduct: (stock) => createProduct(url, stock),
    counts: (productId) => counts(client, productId),
    async verify() {
      const database = openDatabase({ url: databaseUrl, viewConnections: 1, batchConnections: 1 })
      try {
        const { violations } = await verify(database.views)
        return violations.map((violation) => `${violation.invariant}: ${violation.what}`)
      } finally {
        await database.close()
      }
    },
    async stop() {
      await client.end()
      const exited = once(child, "exit")
      if (child.exitCode === null && child.kill("SIGTERM")) await exited
    },
  }
}

async function listeningUrl(child: ChildProcess, logFile: string): Promise<string> {
  const deadline = performance.now() + STARTED_WITHIN_MS
  for (;;) {
    const printed = await readFile(logFile, "utf8")
    const url = /"url":"([^"]+)","msg":"Listening\."/.exec(printed)?.[1]
    if (url !== undefined) return url
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL")
      throw new Error(`Doorbuster did not start:\n${printed}`)
    }
    await sleep(50)
  }
}

async function createProduct(url: URL, stock: number): Promise<number> {
  return (await postProduct(url, { stock })).id
}

/** Creates a product of so many variants, each with a stock of its own. */
export async function createProductWithVariants(
  { host, port }: Server,
  count: number,
  stockOfEach: number,
): Promise<{ readonly id: number; readonly variantIds: readonly number[] }> {
  const stock = Math.floor(stockOfEach)
  const variants = Array.from({ length: count }, (_, index) => ({ name: `Size ${index + 1}`, stock }))
  const product = await postProduct(new URL(`http://${host}:${port}`), { variants })
  return { id: product.id, variantIds: product.variants?.map(({ id }) => id) ?? [] }
}

/** Creates a product that asks its buyers for what a parcel needs; returns its id. */
export async function createProductWithDetails({ host, port }: Server, stock: number): Promise<number> {
  const collect = { email: "required", name: "required", phone: "optional", shipping_address: "required" }
  return (await postProduct(new URL(`http://${host}:${port}`), { stock, collect })).id
}

async function postProduct(url: URL, units: object) {
  const response = await fetch(new URL("/api/admin/products", url), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ name: "Benchmark product", price_minor: 9_999, currency: "EUR", ...units }),
  })
  const { id, variants } = (await response.json()) as {
    id?: number
    variants?: readonly { readonly id: number }[]
  }
  if (response.status !== 201 || id === undefined) throw new Error(`no product: ${response.status}`)
  return { id, variants }
}

async function counts(client: pg.Pool, productId: number) {
  const { rows } = await client.query<{ held: number; sold: number; heldRows: string; soldRows: string }>(
    `
      select held,
             sold,
             (select coalesce(sum(qty), 0)
                from holds
               where product_id = $1
                 and status = 'active')
               + (select coalesce(sum(quantity), 0)
                    from orders
                   where product_id = $1
                     and status = 'pending_payment') as "heldRows",
             (select coalesce(sum(quantity), 0)
                from orders
               where product_id = $1
                 and status = 'paid') as "soldRows"
        from products
       where id = $1`,
    [productId],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`there is no product ${productId}`)
  return {
    counter: row.held + row.sold,
    rows: Number(row.heldRows) + Number(row.soldRows),
    sold: Number(row.soldRows),
  }
}
