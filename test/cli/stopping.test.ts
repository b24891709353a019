import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { createTestDatabase } from "../support/database.ts"
import { createClient } from "../support/http.ts"
import { startServerProcesses } from "../support/processes.ts"

const DELAY_SECONDS = 4

describe.each([1, 2])("SHUTDOWN_DELAY_SECONDS with %i processes", (processes) => {
  const environment = { SHUTDOWN_DELAY_SECONDS: String(DELAY_SECONDS) }

  test("/readyz reports at once that the server stops, and new connections are accepted until the delay is over", async () => {
    await using database = await createTestDatabase()
    await using server = await startServerProcesses(processes, { DATABASE_URL: database.url, ...environment })

    const startedAt = performance.now()
    const ended = server.end("SIGTERM")
    await sleep(500)
    const statuses: number[] = []
    while (performance.now() - startedAt < DELAY_SECONDS * 1_000 - 500) {
      const visitor = createClient(server.url, 1)
      expect(await visitor.get("/readyz")).toMatchObject({ status: 503, body: { status: "stopping" } })
      statuses.push((await visitor.post("/api/holds", { product_id: 1, qty: 1 })).status)
      visitor.close()
      await sleep(200)
    }

    expect(statuses.length).toBeGreaterThan(0)
    expect(new Set(statuses)).toEqual(new Set([201]))
    expect(await ended).toBe(0)
    expect(performance.now() - startedAt).toBeGreaterThan(DELAY_SECONDS * 1_000)
    expect(server.output()).toMatch(/"within_seconds":25,"delay_seconds":4,"msg":"Stopping\."/)
  })

  test("Ctrl-C is not delayed", async () => {
    await using database = await createTestDatabase()
    await using server = await startServerProcesses(processes, { DATABASE_URL: database.url, ...environment })

    const startedAt = performance.now()
    expect(await server.end("SIGINT")).toBe(0)

    expect(performance.now() - startedAt).toBeLessThan(DELAY_SECONDS * 1_000)
  })
})

test("an idle connection is kept for KEEP_ALIVE_SECONDS", async () => {
  await using app = await startTestApp({ config: { keepAliveSeconds: 620 } })

  expect((await app.get("/livez")).headers["keep-alive"]).toBe("timeout=620")
})
