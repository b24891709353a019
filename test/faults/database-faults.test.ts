import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { startEndlessCrowd } from "../support/endless-crowd.ts"
import { temporaryDirectory } from "../support/directory.ts"

// PostgreSQL stops and starts again while a crowd buys. The server is not restarted (A8).
test.each([
  ["stopped", "stop"],
  ["killed", "SIGKILL"],
] as const)(
  "the database is %s during a race: 503 until it is back, then sales continue, and nothing is lost or doubled",
  async (_, how) => {
    await using directory = await temporaryDirectory()
    const dataDirectory = join(directory.path, "data")
    const before = await startEmbeddedPostgres({ dataDirectory, role: "owner" })
    await using app = await startTestApp({ databaseUrl: before.url, worker: true })
    const { body: product } = await app.post("/api/admin/products", {
      name: "Race",
      price_minor: 9999,
      currency: "EUR",
      stock: 1_000_000,
      hold_ttl_seconds: 600,
    })
    const crowd = startEndlessCrowd(app, product.id)
    await crowd.until(() => crowd.acknowledged.length > 300)

    if (how === "SIGKILL") process.kill(await postmasterOf(dataDirectory), "SIGKILL")
    await before.stop()
    await crowd.until(() => crowd.refused.length > 20)
    const away = await app.get("/readyz")
    const alive = await app.get("/livez")

    const after = await startEmbeddedPostgres({ dataDirectory, role: "owner" })
    const soFar = crowd.acknowledged.length
    await crowd.until(() => crowd.acknowledged.length > soFar + 300)
    const back = await app.get("/readyz")
    await crowd.stop()

    expect(away.status).toBe(503)
    expect(away.body).toMatchObject({ status: "unavailable", database: "unavailable" })
    expect(alive.status).toBe(200)
    expect(back.status).toBe(200)
    for (const refusal of crowd.refused) {
      expect(refusal).toMatchObject({
        status: 503,
        code: expect.stringMatching(/^(unavailable|overloaded)$/),
        retryAfter: "1",
      })
    }
    // Every acknowledged hold exists once. There may be others: those whose response was "unavailable".
    expect(new Set(crowd.acknowledged).size).toBe(crowd.acknowledged.length)
    expect(await crowd.missing(crowd.acknowledged)).toEqual([])
    expect(after.url).toBe(before.url)
    expect(await differencesIn(after.url)).toEqual([])

    await app.app.stop()
    await after.stop()
  },
)

async function postmasterOf(dataDirectory: string): Promise<number> {
  const [pid] = (await readFile(join(dataDirectory, "cluster", "postmaster.pid"), "utf8")).split("\n")
  return Number(pid)
}
