import { inject } from "vitest"
import { expect, test } from "vitest"
import { runCommand } from "../support/command-line.ts"

test("bench measures the requested servers, and prints a row for each", async () => {
  const options = ["--only", "holds,refusals", "--servers", "echo", "--rounds", "1", "--seconds", "0.2"]
  const { status, stdout, stderr } = await runCommand(["bench", "--quick", "--json", ...options], {
    DATABASE_URL: inject("serverUrl"),
  })

  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(rows).toMatchObject([
    { scenario: "holds", server: "doorbuster", ratio_to: { echo: expect.any(Number) } },
    { scenario: "holds", server: "echo", ratio_to: { doorbuster: expect.any(Number) } },
    { scenario: "refusals", server: "doorbuster" },
    { scenario: "refusals", server: "echo" },
  ])
  for (const row of rows) {
    expect(row["per_second"]).toBeGreaterThan(0)
    expect(row["p99_ms"]).toBeGreaterThanOrEqual(Number(row["p50_ms"]))
  }
})

test.each([
  [["--only", "everything"], '--only holds "everything"'],
  [["--rounds", "many"], '--rounds holds "many"'],
  [["--faster"], "--faster"],
])("bench %j is wrong usage", async (options, reason) => {
  const { status, stderr } = await runCommand(["bench", ...options], {})
  expect(status).toBe(2)
  expect(stderr).toContain(reason)
})
