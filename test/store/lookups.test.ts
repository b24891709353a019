import type pg from "pg"
import { expect, test } from "vitest"
import { createLookups } from "../../src/store/reads/lookups.ts"

/** A pool that has orders 1 to 9 of product 5 and records the ids that each statement asks for. */
function countingPool() {
  const asked: string[] = []
  const query = async ({ values }: { values: [string] }) => {
    asked.push(values[0])
    const ids = values[0].slice(1, -1).split(",").map(Number)
    return { rows: ids.filter((id) => id < 10).map((id) => ({ id, productId: 5, holdId: id + 100 })) }
  }
  return { pool: { query } as unknown as pg.Pool, asked }
}

test("look-ups in one turn of the event loop share a statement, and each returns its own row", async () => {
  const { pool, asked } = countingPool()
  const lookups = createLookups(pool)
  const found = await Promise.all([1, 12, 3].map((id) => lookups.findOrder(id)))
  expect(found).toMatchObject([{ holdId: 101 }, null, { holdId: 103 }])
  expect(asked).toEqual(["{1,12,3}"])
  await lookups.findOrder(2)
  expect(asked).toEqual(["{1,12,3}", "{2}"])
})

test("a remembered order is found without a statement", async () => {
  const { pool, asked } = countingPool()
  const lookups = createLookups(pool)
  lookups.remember({ id: 77, productId: 5, holdId: 8 })
  expect(await lookups.findOrder(77)).toEqual({ productId: 5, holdId: 8 })
  expect(asked).toEqual([])
})

test("a failed statement rejects every look-up that shared it, and none after it", async () => {
  let fails = true
  const query = async () => {
    if (fails) throw new Error("the database is away")
    return { rows: [] }
  }
  const lookups = createLookups({ query } as unknown as pg.Pool)
  const both = await Promise.allSettled([lookups.findHold(1), lookups.findHold(2)])
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"])
  fails = false
  expect(await lookups.findHold(1)).toBeNull()
})
