import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { inject } from "vitest"
import { expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"

const run = promisify(execFile)
const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))

async function race(...args: string[]) {
  const { stdout } = await run(process.execPath, [launcher, "race", ...args], {
    env: { PATH: process.env["PATH"], DATABASE_URL: inject("serverUrl") },
  })
  return stdout
}

// Given ten units and thirty buyers at once, ten buyers get one (A3).
test("race starts its own server on a temporary database and sells exactly ten units", async () => {
  const printed = await race()

  expect(printed).toMatch(/Successful requests: 10\n/)
  expect(printed).toMatch(/Failed requests: {5}20\n/)
  expect(printed).toMatch(/Final stock: {9}0\n/)
  expect(printed).toMatch(/p50 [\d.]+ ms, p99 [\d.]+ ms/)
  expect(printed).toMatch(/Verdict: PASS/)
})

test("race by its old name and with --json", async () => {
  const { stdout } = await run(process.execPath, [launcher, "test:race", "--json", "--stock", "3"], {
    env: { PATH: process.env["PATH"], DATABASE_URL: inject("serverUrl") },
  })
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    successful: 3,
    failed: 27,
    final_stock: 0,
    differences: [],
  })
})

test("race against two servers on one database: 500 of 5,000 requests succeed, without a 5xx, and the rows agree", async () => {
  await using database = await createTestDatabase()
  await using first = await startTestApp({ databaseUrl: database.url, worker: true })
  await using second = await startTestApp({ databaseUrl: database.url, worker: true })

  const printed = await race(
    "--stock",
    "500",
    "--requests",
    "5000",
    "--json",
    "--url",
    first.url,
    "--url",
    second.url,
  )

  expect(JSON.parse(printed)).toMatchObject({
    ok: true,
    successful: 500,
    failed: 4500,
    failures: { out_of_stock: 4500 },
    final_stock: 0,
  })
  expect((await first.get("/api/products")).body.data).not.toContainEqual(
    expect.objectContaining({ name: "Race" }),
  )
  expect(await differencesIn(database.url)).toEqual([])
})

// Every buyer wants more than one unit, and the quantities do not divide the stock: fewer units must be left than any buyer wants.
test("two servers, odd quantities: never a unit too many, never a unit refused that was available", async () => {
  await using database = await createTestDatabase()
  await using first = await startTestApp({ databaseUrl: database.url })
  await using second = await startTestApp({ databaseUrl: database.url })

  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, buyer) =>
      (buyer % 2 === 0 ? first : second).post("/api/holds", { product_id: 1, qty: 1 + (buyer % 3) }),
    ),
  )

  const units = answers.reduce((sum, answer) => sum + (answer.status === 201 ? answer.body.qty : 0), 0)
  const { body: product } = await first.get("/api/products/1")
  expect(units).toBe(100)
  expect(product).toMatchObject({ reserved_stock: 100, available_stock: 0, sale_state: "all_held" })
  expect(answers.filter((answer) => answer.status >= 500)).toEqual([])
  expect(await differencesIn(database.url)).toEqual([])
})
