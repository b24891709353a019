import { afterAll, beforeAll, expect, test } from "vitest"
import type { Command } from "../../src/domain/commands.ts"
import { execute } from "../../src/domain/execute.ts"
import { needs } from "../../src/domain/needs.ts"
import { defaultSettings } from "../../src/domain/product.ts"
import { defaultVariantSettings } from "../../src/domain/variant.ts"
import { loadWorkingSet } from "../../src/store/batch/load.ts"
import { saveChanges } from "../../src/store/batch/save.ts"
import { createViews } from "../../src/store/reads/views.ts"
import { begin } from "../../src/store/tx.ts"
import { succeed } from "../support/busy-database.ts"
import { createTestEngine, type TestEngine } from "../support/database.ts"
import { watch, wholeReads, type Statement } from "../support/statements.ts"
import { RULES } from "../support/builders.ts"

let engine: TestEngine

/** Product 1 has no variants and the holds 11 and 12; product 2 has the variants 1 and 2, and the holds 21 and 22. */
beforeAll(async () => {
  engine = await createTestEngine()
  const settings = { ...defaultSettings, name: "Shoe", priceMinor: 100, currency: "EUR" }
  const create = { kind: "create_product", settings, stock: 100 } as const
  const variants = [1, 2].map((variantId) => ({
    variantId,
    settings: { ...defaultVariantSettings, name: `Size ${variantId}`, position: variantId },
    stock: 50,
    adjustmentId: variantId,
  }))
  await succeed(engine.lanes.submit({ ...create, productId: 1, adjustmentId: 3 }))
  await succeed(engine.lanes.submit({ ...create, productId: 2, adjustmentId: 4, variants }))
  for (const holdId of [11, 12]) await succeed(engine.lanes.submit(hold(1, holdId)))
  for (const holdId of [21, 22]) await succeed(engine.lanes.submit({ ...hold(2, holdId), lines: [line(1)] }))
})

afterAll(() => engine[Symbol.asyncDispose]())

const line = (variantId: number) => ({ variantId, qty: 1 })

function hold(productId: number, holdId: number) {
  return { kind: "place_hold", productId, holdId, qty: 1, customerId: null } as const
}

/**
 * The names of the statements of a batch, in their order, with the plans that read a whole table or index of products or
 * variants. The other tables are nearly empty here, and `plans.test.ts` watches them.
 */
async function statementsOf(...commands: Command[]): Promise<{ names: string[]; scans: string[] }> {
  const client = await engine.database.batches.connect()
  try {
    await client.query("set plan_cache_mode = force_generic_plan")
    const { tx } = begin(client)
    const seen: Statement[] = []
    const watched = watch(tx, seen)
    const productId = commands[0]?.productId ?? 0
    const batch = await loadWorkingSet(watched, { productId, needs: needs(commands), rules: RULES })
    for (const { state } of batch.sets) {
      for (const command of commands) {
        expect(execute(state, command, batch.now).outcome).not.toHaveProperty("code")
      }
    }
    await Promise.all(saveChanges(watched, batch))
    const scans: string[] = []
    for (const statement of seen) scans.push(...(await wholeReads(tx, statement)))
    const names = seen.map(({ name }) => name.replace(/-\d.*$/, ""))
    return { names, scans: scans.filter((plan) => / on (?:products|variants)\b/.test(plan)) }
  } finally {
    // The transaction ends with its connection, so the next batch finds the same rows.
    client.release(true)
  }
}

const order = (productId: number, holdId: number): Command => ({
  kind: "place_order",
  productId,
  holdId,
  orderId: 100,
})

test.each<[string, Command, string[], string[]]>([
  ["a hold", hold(1, 100), [], ["update-product-counters", "insert-holds"]],
  ["an order", order(1, 11), ["load-holds", "load-orders", "load-events"], ["end-holds", "insert-orders"]],
  [
    "a release",
    { kind: "release_hold", productId: 1, holdId: 12 },
    ["load-holds", "load-orders"],
    ["update-product-counters", "end-holds", "insert-batch-mark"],
  ],
])("%s of a product without variants knows nothing of variants", async (_, command, loads, writes) => {
  const { names, scans } = await statementsOf(command)
  expect(names).toEqual(["lock-product", ...loads, ...writes])
  expect(scans).toEqual([])
})

test.each<[string, Command, string[], string[]]>([
  [
    "a hold of one variant",
    { ...hold(2, 100), lines: [line(1)] },
    [],
    ["update-product-and-variant-counters", "insert-holds"],
  ],
  [
    "a hold of two variants",
    { ...hold(2, 100), qty: 2, lines: [line(1), line(2)] },
    [],
    ["update-product-and-variant-counters", "insert-holds"],
  ],
  ["an order", order(2, 21), ["load-holds", "load-orders", "load-events"], ["end-holds", "insert-orders"]],
  [
    "a release",
    { kind: "release_hold", productId: 2, holdId: 22 },
    ["load-holds", "load-orders"],
    ["update-product-and-variant-counters", "end-holds", "insert-batch-mark"],
  ],
])(
  "%s of a product with variants reads them with one statement, and writes them with the product",
  async (_, command, loads, writes) => {
    const { names, scans } = await statementsOf(command)
    expect(names).toEqual(["lock-product", ...loads, "load-variants", ...writes])
    expect(scans).toEqual([])
  },
)

test("products are read with their variants through indexes", async () => {
  const client = await engine.database.views.connect()
  await client.query("set plan_cache_mode = force_generic_plan")
  const seen: Statement[] = []
  const views = createViews(watch(engine.database.views, seen))

  const one = await views.product(2)
  const all = (await views.products(0, 10)).products
  const { products } = await views.changedProducts(new Map([[2, 1]]))

  const scans: string[] = []
  for (const statement of seen) scans.push(...(await wholeReads(client, statement)))
  client.release(true)
  expect(one?.product.variants?.map(({ held }) => held)).toEqual([2, 0])
  expect(all.map(({ product }) => product.variants?.length ?? null)).toEqual([null, 2])
  expect(products.map(({ variants }) => variants?.length)).toEqual([2])
  expect(scans).toEqual([])
})
