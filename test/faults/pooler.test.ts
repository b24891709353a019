import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runCommand } from "../support/command-line.ts"
import { leavesOutPgbouncer, startPgbouncer } from "../support/pgbouncer.ts"
import { leavesOutPostgres15, startPostgres15, type OldServer } from "../support/postgres-15.ts"
import { startServerProcess, startWorkerProcess } from "../support/server-process.ts"

describe.skipIf(leavesOutPgbouncer() || leavesOutPostgres15())("behind PgBouncer", () => {
  let postgres: OldServer
  beforeAll(async () => {
    postgres = await startPostgres15("max_connections=100")
  })
  afterAll(() => postgres[Symbol.asyncDispose]())

  test("in session mode a crowd buys, every answer is right, and the rows add up", async () => {
    await using pooler = await startPgbouncer(postgres.url, { pool_mode: "session", default_pool_size: "60" })
    const environment = { DATABASE_URL: pooler.url, DATABASE_POOLER: "session", DATABASE_SCHEMA: "shop" }
    await using server = await startServerProcess(environment)
    await using worker = await startWorkerProcess(environment)
    const added = { name: "Lamp", stock: 150, price_minor: 100, currency: "EUR" }
    const { body: product } = await server.post("/api/admin/products", added)

    const buy = async () => {
      const { status, body: hold } = await server.post("/api/holds", { product_id: product.id, qty: 1 })
      if (status !== 201) return [status]
      const { status: ordered, body: order } = await server.post("/api/orders", { hold_id: hold.hold_id })
      const paid = { idempotency_key: `key-${order.order_id}`, order_id: order.order_id, status: "success" }
      return [status, ordered, (await server.post("/api/payments/webhook", paid)).status]
    }
    const answers = await Promise.all(Array.from({ length: 300 }, buy))
    const verified = await runCommand(["verify", "--json"], environment)
    const doctor = await runCommand(["doctor", "--json"], environment)
    const ended = [await worker.end("SIGTERM"), await server.end("SIGTERM")]

    const counts = Map.groupBy(answers, String)
    expect(Object.fromEntries([...counts].map(([answer, of]) => [answer, of.length]))).toEqual({
      "201,201,200": 150,
      "409": 150,
    })
    expect(JSON.parse(verified.stdout)).toMatchObject({ violations: [] })
    const findings: { check: string; ok: boolean; found: string }[] = JSON.parse(doctor.stdout).findings
    // The tests' server runs without fsync.
    expect(findings.filter(({ ok, check }) => !ok && check !== "fsync")).toEqual([])
    expect(findings).toContainEqual({
      check: "pooler",
      ok: true,
      found: "in session mode, as DATABASE_POOLER says",
    })
    expect(findings).toContainEqual({ check: "search_path", ok: true, found: "shop" })
    expect(findings).toContainEqual({ check: "timezone", ok: true, found: "UTC" })
    expect(ended).toEqual([0, 0])
  })

  test.each([
    ["transaction", { DATABASE_POOLER: "session" }, /the pooler gives one connection to several clients/],
    ["session", {}, /unsupported startup parameter: options; .* set DATABASE_POOLER=session/],
  ])("in %s mode with %j serve and worker say what to set, in one line", async (mode, more, line) => {
    await using pooler = await startPgbouncer(postgres.url, { pool_mode: mode, default_pool_size: "60" })
    const environment = { DATABASE_URL: pooler.url, PORT: "0", LOG_LEVEL: "error", ...more }

    const results = await Promise.all(
      ["serve", "worker"].map((command) => runCommand([command], environment)),
    )
    for (const { status, stderr } of results) {
      expect(status).toBe(1)
      expect(stderr).toMatch(line)
      expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    }
  })

  test("that takes startup options and drops them is refused", async () => {
    const settings = { pool_mode: "session", ignore_startup_parameters: "options" }
    await using pooler = await startPgbouncer(postgres.url, settings)

    const { status, stderr } = await runCommand(["migrate"], { DATABASE_URL: pooler.url })

    expect(status).toBe(1)
    expect(stderr).toMatch(/has dropped the startup parameter `options`: set DATABASE_POOLER=session/)
  })
})
