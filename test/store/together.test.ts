import { expect, test } from "vitest"
import { needs } from "../../src/domain/needs.ts"
import { execute } from "../../src/domain/execute.ts"
import { openDatabase } from "../../src/store/pool.ts"
import { createProductStore, type ProductTask } from "../../src/store/batch/product-store.ts"
import { isTransient } from "../../src/store/errors.ts"
import { saveChanges } from "../../src/store/batch/save.ts"
import type { Tx } from "../../src/store/tx.ts"
import { NOON, parkedEvent, RULES, stateWith } from "../support/builders.ts"
import { createTestEngine, differencesIn } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { ask } from "../support/simulated-store.ts"

async function threeProducts() {
  const engine = await createTestEngine()
  const store = createProductStore(engine.database, RULES)
  const ids = [await newProduct(engine, { stock: 5 }), await newProduct(engine, { stock: 5 })]
  ids.push(await newProduct(engine, { stock: 1 }))
  const decided: number[] = []
  const part = (productId: number, ...holdIds: number[]): ProductTask => {
    const commands = holdIds.map((holdId) => ask(holdId, productId))
    return {
      productId,
      needs: needs(commands),
      decide(state, now) {
        decided.push(productId)
        for (const command of commands) execute(state, command, now)
      },
    }
  }
  async function heldUnits(): Promise<number[]> {
    const { rows } = await engine.database.views.query<{ held: number }>(
      "select held from products order by id",
    )
    return rows.map((row) => row.held)
  }
  return { engine, store, ids, part, decided, heldUnits }
}

test("several products change in one transaction, counters and rows", async () => {
  const { engine, store, ids, part, heldUnits } = await threeProducts()
  await using _ = engine
  const [first = 0, second = 0, third = 0] = ids
  await store.transactTogether([part(first, 1, 2), part(second, 3), part(third, 4, 5), part(999, 6)])

  // The third has one unit, and there is no product 999.
  expect(await heldUnits()).toEqual([2, 1, 1])
  const { rows } = await engine.database.views.query<{ id: number; transactions: number }>(
    "select count(*) as id, count(distinct xmin::text)::int8 as transactions from holds",
  )
  expect(rows).toEqual([{ id: 4, transactions: 1 }])
  expect(await differencesIn(engine.url)).toEqual([])
})

test("a product whose row is locked is left out, and the group does not wait for it", async () => {
  const { engine, store, ids, part, decided, heldUnits } = await threeProducts()
  await using _ = engine
  const [first = 0, second = 0] = ids
  const other = openDatabase({ url: engine.url })
  const client = await other.batches.connect()
  await client.query("begin")
  await client.query("select id from products where id = $1 for update", [first])
  await store.transactTogether([part(first, 1), part(second, 2)])
  await client.query("rollback")
  client.release()
  await other.close()

  expect(decided).toEqual([second])
  expect(await heldUnits()).toEqual([0, 1, 0])
})

test("if one batch fails, the whole group is rolled back", async () => {
  const { engine, store, ids, part, heldUnits } = await threeProducts()
  await using _ = engine
  const [first = 0, second = 0] = ids
  const broken: ProductTask = {
    ...part(second, 2),
    decide() {
      throw new Error("a fault of ours")
    },
  }
  await expect(store.transactTogether([part(first, 1), broken])).rejects.toThrow("a fault of ours")
  expect(await heldUnits()).toEqual([0, 0, 0])
})

test("a product that has changed rolls back the whole group", async () => {
  const { engine, store, ids, part, heldUnits } = await threeProducts()
  await using _ = engine
  const [first = 0, second = 0] = ids
  const stale = part(second, 2)
  const moved: ProductTask = {
    ...stale,
    decide(state, now, mark) {
      if (state.loadedProduct !== null) state.loadedProduct = { ...state.loadedProduct, version: 99 }
      stale.decide(state, now, mark)
    },
  }
  await expect(store.transactTogether([part(first, 1), moved])).rejects.toThrow(/version/)
  expect(await heldUnits()).toEqual([0, 0, 0])
})

test("one Idempotency-Key for two products rolls back both batches, to be retried alone", async () => {
  const { engine, store, ids, heldUnits } = await threeProducts()
  await using _ = engine
  const parts = ids.slice(0, 2).map((productId, index): ProductTask => {
    const idempotency = { scope: "s", key: "k", fingerprint: String(productId) }
    const command = { ...ask(index + 1, productId), idempotency }
    const decide: ProductTask["decide"] = (state, now) => void execute(state, command, now)
    return { productId, needs: needs([command]), decide }
  })
  const failure: unknown = await store.transactTogether(parts).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: "21000" })
  expect(isTransient(failure)).toBe(true)
  expect(await heldUnits()).toEqual([0, 0, 0])
})

test("keys that span products are written in one order over all products of a group", async () => {
  const sent: { name: string; values: unknown[] }[] = []
  const connection = { query: async (statement: (typeof sent)[number]) => void sent.push(statement) }
  const sets = ["z", "a"].map((key, index) => {
    const state = stateWith({ product: { id: index + 1 } })
    state.events.add(parkedEvent({ key }))
    state.idempotency.add({ scope: "s", key, fingerprint: "f", outcome: "{}", createdAt: NOON })
    return { state, rowLocation: null }
  })
  await Promise.all(saveChanges(connection as unknown as Tx, { sets, now: NOON, mark: "mark" }))
  expect(sent.map(({ name, values }) => [name, values[1]])).toEqual([
    [expect.stringMatching("^insert-payment_events-"), ["a", "z"]],
    ["insert-idempotency", ["a", "z"]],
    // Another batch may have written the same rows, so a mark is written: only this batch can have written that row.
    ["insert-batch-mark", "mark"],
  ])
})

test("a crowd over many products: every answer is a row, no group fails", async () => {
  await using engine = await createTestEngine()
  const products = await Promise.all(Array.from({ length: 60 }, () => newProduct(engine, { stock: 10 })))
  const answers = await Promise.all(
    products.flatMap((productId) =>
      Array.from({ length: 15 }, async () => {
        const holdId = await engine.ids.next("holds")
        return engine.lanes.submit(ask(holdId, productId))
      }),
    ),
  )
  const granted = answers.filter(({ outcome }) => "id" in outcome)
  expect(granted).toHaveLength(600)
  const { rows } = await engine.database.views.query<{ held: number }>(
    "select sum(held)::int8 as held from products",
  )
  expect(rows).toEqual([{ held: 600 }])
  expect(await differencesIn(engine.url)).toEqual([])
})
