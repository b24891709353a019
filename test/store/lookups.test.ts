import type pg from "pg"
import { expect, test } from "vitest"
import { createLookups } from "../../src/store/reads/lookups.ts"

/** A pool that knows orders 1 to 9 of product 5, and how often it was asked. */
function countingPool() {
  const asked: string[] = []
  const query = async ({ values }: { values: [string] }) => {
    asked.push(values[0])
    const ids = values[0].slice(1, -1).split(",").map(Number)
    return { rows: ids.filter((id) => id < 10).map((id) => ({ id, productId: 5, holdId: id + 100 })) }
  }
  return { pool: { query } as unknown as pg.Pool, asked }
}

test("look-ups of one moment share a statement, and each gets its own answer", async () => {
  const { pool, asked } = countingPool()
  const lookups = createLookups(pool)
  const found = await Promise.all([1, 12, 3].map((id) => lookups.placeOfOrder(id)))
  expect(found).toMatchObject([{ holdId: 101 }, null, { holdId: 103 }].map((place) => place))
  expect(asked).toEqual(["{1,12,3}"])
  await lookups.placeOfOrder(2)
  expect(asked).toEqual(["{1,12,3}", "{2}"])
})

test("an order that this process has made is not looked up", async () => {
  const { pool, asked } = countingPool()
  const lookups = createLookups(pool)
  lookups.remember({ id: 77, productId: 5, holdId: 8 })
  expect(await lookups.placeOfOrder(77)).toEqual({ productId: 5, holdId: 8 })
  expect(asked).toEqual([])
})

test("a look-up that fails fails for all who shared it, and for nobody after them", async () => {
  let fails = true
  const query = async () => {
    if (fails) throw new Error("the database is away")
    return { rows: [] }
  }
  const lookups = createLookups({ query } as unknown as pg.Pool)
  const both = await Promise.allSettled([lookups.placeOfHold(1), lookups.placeOfHold(2)])
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"])
  fails = false
  expect(await lookups.placeOfHold(1)).toBeNull()
})
