import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { freePort } from "../support/free-port.ts"
import { createClient } from "../support/http.ts"
import { startServerProcess } from "../support/server-process.ts"
import { ADMIN_TOKEN, closed } from "../support/shop.ts"

const caddyfile = fileURLToPath(new URL("../../deploy/proxy/Caddyfile", import.meta.url))
const hasCaddy = spawnSync("caddy", ["version"]).status === 0
if (!hasCaddy) {
  if (process.env["CI"] === "true") throw new Error("Caddy is missing: install the package caddy")
  console.log("Skipped the tests with Caddy: it is not installed.")
}

/** Starts Caddy with `deploy/proxy/Caddyfile` before these servers, without TLS; returns a client of it. */
async function startCaddy(servers: readonly string[]) {
  await using starting = new AsyncDisposableStack()
  const home = starting.use(await temporaryDirectory())
  const url = `http://127.0.0.1:${await freePort()}`
  const child = spawn("caddy", ["run", "--adapter", "caddyfile", "--config", caddyfile], {
    env: {
      PATH: process.env["PATH"],
      HOME: home.path,
      // Its administration, which listens on a fixed port otherwise.
      CADDY_ADMIN: `127.0.0.1:${await freePort()}`,
      SHOP_HOST: url,
      DOORBUSTER_SERVERS: servers.map((server) => new URL(server).host).join(" "),
    },
    stdio: "ignore",
  })
  // A test that runs out of time never disposes of it.
  process.once("exit", () => child.kill("SIGKILL"))
  starting.defer(async () => {
    if (child.exitCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGTERM")
    await ended
  })
  const client = createClient(url)
  starting.defer(() => client.close())
  while ((await client.get("/readyz").catch(() => null))?.status !== 200) {
    if (child.exitCode !== null) throw new Error(`Caddy ended with ${child.exitCode}`)
    await sleep(50)
  }
  const stack = starting.move()
  return { ...client, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test.skipIf(!hasCaddy)(
  "deploy/proxy/Caddyfile sends buyers to the other server when one stops, and closes /metrics and /health",
  { timeout: 90_000 },
  async () => {
    await using database = await createTestDatabase()
    const environment = {
      DATABASE_URL: database.url,
      ADMIN_TOKEN,
      PAYMENT_WEBHOOK_SECRET: `whsec_${closed.paymentWebhookSecret.toString("base64")}`,
      TRUST_PROXY: "127.0.0.1",
      // Caddy asks /readyz once a second.
      SHUTDOWN_DELAY_SECONDS: "3",
      UNPAID_UNITS_PER_ADDRESS: "0",
      RATE_LIMIT_PER_MINUTE: "0",
    }
    await using one = await startServerProcess(environment)
    await using two = await startServerProcess(environment)
    await using caddy = await startCaddy([one.url, two.url])
    const product = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 1_000_000 }
    const made = await one.post("/api/admin/products", product, { token: ADMIN_TOKEN })
    const wanted = { product_id: Number(made.body.id), qty: 1 }

    const statuses: number[] = []
    let isOver = false
    const buyers = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        statuses.push((await caddy.post("/api/holds", wanted)).status)
        await sleep(50)
      }
    })
    const first = caddy.get(`/api/stream?product_id=${wanted.product_id}`, {
      isEnough: (text) => text.includes("data:"),
    })
    expect((await first).headers["content-type"]).toContain("text/event-stream")
    for (const path of ["/metrics", "/health"]) expect((await caddy.get(path)).status).toBe(404)

    expect(await one.end("SIGTERM")).toBe(0)
    const soFar = statuses.length
    await expect.poll(() => statuses.length - soFar, { timeout: 20_000 }).toBeGreaterThan(50)
    isOver = true
    await Promise.all(buyers)

    expect(new Set(statuses)).toEqual(new Set([201]))
    expect(await differencesIn(database.url)).toEqual([])
  },
)
