import { expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { runSql } from "../support/rows.ts"

// With a snapshot that is older than the lock, a batch that has waited would find the row changed and fail.
test("a batch that waits for its row succeeds at once, whatever the database's isolation level is", async () => {
  await using database = await createTestDatabase()
  const name = new URL(database.url).pathname.slice(1)
  await runSql(database.url, `alter database "${name}" set default_transaction_isolation = 'serializable'`)
  await using one = await startTestApp({ databaseUrl: database.url })
  await using other = await startTestApp({ databaseUrl: database.url, seed: false })

  for (let round = 0; round < 40; round += 1) {
    const answers = await Promise.all(
      [one, other].map((app) => app.post("/api/holds", { product_id: 1, qty: 1 })),
    )
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
  }

  const retried = [...one.log, ...other.log].filter(({ metric }) => metric === "stock.contention")
  expect(retried).toEqual([])
  expect(await differencesIn(database.url)).toEqual([])
})
