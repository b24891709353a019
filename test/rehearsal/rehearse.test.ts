import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { faultNames } from "../../src/proof/rehearsal/fault-names.ts"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"

test("rehearses a sale with faults, passes, and reports all of it", { timeout: 400_000 }, async () => {
  await using directory = await temporaryDirectory()
  const page = join(directory.path, "report.html")
  const args = ["--crowd", "600", "--rush", "8", "--seed", "5", "--chaos", "--json", "--html", page]

  const { status, stdout, stderr } = await runCommand(["rehearse", ...args], {}, 300_000)

  expect(stderr).toBe("")
  const report = JSON.parse(stdout)
  const wrong = report.checks.filter(({ ok }: { ok: boolean }) => !ok)
  expect({ status, wrong }).toEqual({ status: 0, wrong: [] })
  expect(report).toMatchObject({ ok: true, seed: 5, stock: 30, undersell: { refusals: 0 } })
  expect(report.script.chaos).toEqual(faultNames)
  expect(report.sold).toBeGreaterThan(0)
  const sizes: { stock: number; sold: number; left: number }[] = report.variants
  expect(sizes.map(({ stock }) => stock)).toEqual([2, 2, 2, 2, 2])
  expect(sizes.reduce((sum, { sold }) => sum + sold, 0)).toBeGreaterThan(0)
  expect(report.orders.paid).toBeGreaterThan(0)
  expect(report.answers.hold.out_of_stock).toBeGreaterThan(0)
  expect(report.faults.length).toBeGreaterThan(0)
  expect(report.checks.length).toBeGreaterThan(7)
  expect(await readFile(page, "utf8")).toMatch(/<p class="verdict good">Pass<\/p>[^]*<svg/)
})

test("does not begin when its report cannot be written", async () => {
  const { status, stdout, stderr } = await runCommand(["rehearse", "--html", "/nonexistent/report.html"])

  expect({ status, stdout }).toEqual({ status: 2, stdout: "" })
  expect(stderr).toMatch(/^--html: \/nonexistent\/report\.html cannot be written: .*\n$/)
})

test("does not kill a PostgreSQL that it has not started", async () => {
  await using database = await createTestDatabase()
  const environment = { DATABASE_URL: database.url }

  const { status, stdout, stderr } = await runCommand(["rehearse", "--chaos", "crash"], environment)

  expect({ status, stdout }).toEqual({ status: 2, stdout: "" })
  expect(stderr).toMatch(/^the fault crash needs a PostgreSQL server of the rehearsal's own: .*\n$/)
})
