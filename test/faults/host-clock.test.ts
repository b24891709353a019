import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { startServerProcess } from "../support/server-process.ts"

/** The path at which Debian's package libfaketime installs it. */
const library = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/faketime/libfaketimeMT.so.1`

// The clock of the server's machine is stepped, while the database's clock stays right.
test("a server's own clock is ten minutes off, forward and back, while a crowd buys: deadlines and units stay right", async ({
  skip,
}) => {
  if (!existsSync(library)) return skip("needs Debian's package libfaketime")
  await using directory = await temporaryDirectory()
  const clock = join(directory.path, "clock")
  const step = (offset: string) => writeFile(clock, `${offset}\n`)
  await step("+0")
  await using database = await createTestDatabase()
  await using server = await startServerProcess({
    DATABASE_URL: database.url,
    HOLD_TTL_SECONDS: "120",
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  })
  const { body: before } = await server.post("/api/holds", { product_id: 1, qty: 1 })

  const outcomes = new Map<string, number>()
  let isOver = false
  const buyers = Array.from({ length: 20 }, async () => {
    while (!isOver) {
      const { status, body } = await server.post("/api/holds", { product_id: 1, qty: 1 })
      const life = Date.parse(body.expires_at) - Date.parse(body.created_at)
      const outcome = status === 201 ? `held for ${life / 1_000} s` : `${status} ${body.code}`
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (status === 201) await server.send("DELETE", `/api/holds/${body.hold_id}`)
    }
  })
  const seen: number[] = []
  for (const offset of ["+10m", "-10m", "+10m", "+0"]) {
    await step(offset)
    // Node updates the Date header once a second.
    await sleep(1_300)
    const { headers } = await server.get("/livez")
    seen.push(Math.round((Date.parse(headers.date ?? "") - Date.now()) / 60_000) + 0)
  }
  isOver = true
  await Promise.all(buyers)

  // The Date header shows that the server's clock was off.
  expect(seen).toEqual([10, -10, 10, 0])
  expect([...outcomes.keys()].filter((outcome) => outcome !== "409 out_of_stock")).toEqual(["held for 120 s"])
  const { body: still } = await server.get(`/api/holds/${before.hold_id}`)
  expect(still).toMatchObject({ status: "active", expires_at: before.expires_at })
  expect(await differencesIn(database.url)).toEqual([])
})
