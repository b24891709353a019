import { readFile } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { createTestDatabase } from "../support/database.ts"
import { makeOrder, pay } from "../support/mailed-orders.ts"
import { newProduct } from "../support/products.ts"
import { leavesOutPrometheus, startPrometheus, type Prometheus } from "../support/prometheus.ts"
import { hasRedis, startRedis } from "../support/redis.ts"
import { closed } from "../support/shop.ts"

interface Panel {
  readonly title: string
  readonly type: string
  readonly description?: string
  readonly targets?: readonly { readonly expr: string }[]
}

const text = await readFile(new URL("../../deploy/grafana/doorbuster.json", import.meta.url), "utf8")
const { panels } = JSON.parse(text) as { panels: Panel[] }
const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })))

test("each panel of the dashboard says what it shows, under a title of its own", () => {
  const shown = panels.filter(({ type }) => type !== "row")
  expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length)
  expect(shown.filter(({ description = "" }) => description === "")).toEqual([])
  expect(queries.length).toBeGreaterThanOrEqual(shown.length)
})

/** Whether the query has a number. A quantile over no observations is not one. */
async function hasData(prometheus: Prometheus, expr: string): Promise<boolean> {
  const query = expr.replaceAll("$job", ".*").replaceAll("$__rate_interval", "5s")
  return (await prometheus.query(query)).some(({ value }) => value[1] !== "NaN")
}

async function withoutData(prometheus: Prometheus): Promise<string[]> {
  const asked = queries.filter(({ expr }) => hasRedis || !expr.includes("doorbuster_redis"))
  const found = await Promise.all(
    asked.map(async ({ title, expr }) => ((await hasData(prometheus, expr)) ? [] : `${title}: ${expr}`)),
  )
  return found.flat()
}

describe.skipIf(leavesOutPrometheus())("during a sale that Prometheus scrapes", () => {
  test("every query of the dashboard has data", async () => {
    await using redis = hasRedis ? await startRedis() : null
    await using database = await createTestDatabase()
    const server = { host: "127.0.0.1", port: redis?.port ?? 0, tls: false, login: null, database: 0 }
    await using app = await startTestApp({
      databaseUrl: database.url,
      worker: true,
      config: {
        ...closed,
        databaseUrl: database.url,
        rateLimitPerMinute: 100_000,
        redis: redis && { ...server, prefix: "dashboard" },
      },
    })
    await using prometheus = await startPrometheus(new URL(app.url).host)
    const { engine } = app.app
    const product = await newProduct(engine, { stock: 100_000 })
    const ending = new AbortController()
    const sale = (async () => {
      while (!ending.signal.aborted) {
        await app.post("/api/holds", { product_id: product, qty: 1 })
        await pay(engine, await makeOrder(engine, product, {}))
        await sleep(50)
      }
    })()
    try {
      await expect.poll(() => withoutData(prometheus), { timeout: 20_000, interval: 500 }).toEqual([])
    } finally {
      ending.abort()
      await sale
    }
  }, 40_000)
})
