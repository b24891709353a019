import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { defaultSettings } from "../../src/domain/product.ts"
import { defaultVariantSettings } from "../../src/domain/variant.ts"
import type { Engine } from "../../src/engine.ts"
import { createRecount } from "../../src/store/upkeep/recount.ts"
import { createBusyDatabase, succeed, type BusyDatabase } from "../support/busy-database.ts"
import { eventWith } from "../support/builders.ts"
import { differencesIn } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

let busy: BusyDatabase

beforeAll(async () => {
  busy = await createBusyDatabase(playVariantSale)
})

afterAll(async () => {
  await busy[Symbol.asyncDispose]()
})

/**
 * Product 1 has the variants 1 and 2, product 2 has none. Hold 1 has two units of variant 1 and hold 2 has one of each;
 * hold 3 is released. Hold 4 is order 4, one unit of each, which waits; hold 5 is order 5, two units of variant 1 and
 * one of variant 2, paid; one unit of variant 1 is restocked.
 */
async function playVariantSale({ lanes, paymentEvents }: Engine): Promise<void> {
  const productId = 1
  const settings = { ...defaultSettings, name: "Shoe", priceMinor: 100, currency: "EUR" }
  const variants = [1, 2].map((variantId) => ({
    variantId,
    settings: {
      ...defaultVariantSettings,
      name: `Size ${variantId}`,
      position: variantId,
      priceMinor: 100 * variantId,
    },
    stock: 10,
    adjustmentId: variantId,
  }))
  const create = { kind: "create_product", settings } as const
  await succeed(lanes.submit({ ...create, productId, stock: 0, variants, adjustmentId: 3 }))
  await succeed(lanes.submit({ ...create, productId: 2, stock: 10, adjustmentId: 4 }))
  const place = (holdId: number, first: number, second: number) => {
    const lines = [
      { variantId: 1, qty: first },
      { variantId: 2, qty: second },
    ].filter(({ qty }) => qty > 0)
    const qty = first + second
    return succeed(lanes.submit({ kind: "place_hold", productId, holdId, qty, customerId: null, lines }))
  }
  await place(1, 2, 0)
  await place(2, 1, 1)
  await place(3, 1, 1)
  await place(4, 1, 1)
  await place(5, 2, 1)
  await succeed(lanes.submit({ kind: "release_hold", productId, holdId: 3 }))
  for (const id of [4, 5]) {
    await succeed(lanes.submit({ kind: "place_order", productId, orderId: id, holdId: id }))
  }
  await paymentEvents.receive(eventWith({ key: "paid", orderId: 5, paymentId: "pay-5" }))
  const restock = { restockQty: 1, restockLines: [{ variantId: 1, qty: 1 }] }
  await succeed(lanes.submit({ kind: "refund_order", productId, orderId: 5, amountMinor: 100, ...restock }))
}

test("a sale with variants has no violation, also when the removal of old rows has removed its ended holds", async () => {
  await using copy = await busy.copy()
  expect(await differencesIn(copy.url)).toEqual([])

  await runSql(copy.url, "delete from holds where status in ('released', 'expired')")
  expect(await differencesIn(copy.url)).toEqual([])
})

describe("verify finds", () => {
  test.each<[string, RegExp, string[]]>([
    [
      "a variant with more units than its stock",
      /^I1 product 1: variant 1: held is 4 and sold is 1 of a stock of 3/,
      [
        "alter table variants drop constraint variants_units_conserved",
        "update variants set stock = 3 where id = 1",
      ],
    ],
    [
      "a variant with held units below zero",
      /^I1 product 1: variant 1: held is -1/,
      [
        "alter table variants drop constraint variants_held_not_negative",
        "update variants set held = -1 where id = 1",
      ],
    ],
    [
      "a variant with sold units below zero",
      /^I1 product 1: variant 1: held is 4 and sold is -1/,
      [
        "alter table variants drop constraint variants_sold_not_negative",
        "update variants set sold = -1 where id = 1",
      ],
    ],
    [
      "stock of a variant that no adjustment explains",
      /^I1 product 1: variant 2: stock is 11, but its adjustments add up to 10/,
      ["update variants set stock = 11 where id = 2"],
    ],
    [
      "an adjustment that belongs to no variant",
      /^I1 product 1: variant 2: stock is 10, but its adjustments add up to 0/,
      ["update stock_adjustments set variant_id = null where id = 2"],
    ],
    [
      "held units of a variant without a hold or order",
      /^I2 product 1: variant 2: held is 3 and sold is 1, but its holds and orders have 2 and 1 units/,
      ["update variants set held = 3 where id = 2"],
    ],
    [
      "sold units of a variant without an order",
      /^I2 product 1: variant 2: held is 2 and sold is 2, but its holds and orders have 2 and 1 units/,
      ["update variants set sold = 2 where id = 2"],
    ],
    [
      "a unit that moved from one variant to the other, although all sums are right",
      /^I2 product 1: variant 1: held is 3 /,
      ["update variants set held = case id when 1 then 3 else 3 end"],
    ],
    [
      "a hold that belongs to no variant",
      /^I2 product 1: variant 1: held is 4 .* have 2 and 1 units/,
      ["update holds set variant_id = null where id = 1"],
    ],
    [
      "an order that belongs to no variant",
      /^I2 product 1: variant 2: held is 2 .* have 1 and 1 units/,
      ["update orders set lines = null, unit_price_minor = 150 where id = 4"],
    ],
    [
      "a product whose counters are not the sums of its variants",
      /^I10 product 1: stock, held and sold are 20, 7 and 2, but those of its variants add up to 20, 6 and 2/,
      ["update products set held = 7 where id = 1"],
    ],
    [
      "a product that lacks its variants",
      /^I10 product 1: stock, held and sold are 20, 6 and 2, but those of its variants add up to 0, 0 and 0/,
      ["delete from variants"],
    ],
    [
      "variants of a product that has none",
      /^I10 product 2: stock, held and sold are 10, 0 and 0, but those of its variants add up to 3, 0 and 0/,
      [
        `insert into variants (product_id, id, position, name, options, enabled, stock)
         values (2, 3, 0, 'Stray', '{}', true, 3)`,
      ],
    ],
    [
      "a product with variants that was saved without them",
      /^I10 product 1: the version is 11, but its variants were saved with version 10/,
      [
        "alter table products drop constraint products_saved_with_variants",
        "update products set variants_version = 10, version = 11 where id = 1",
      ],
    ],
    [
      "a product with variants that is marked as one without",
      /^I10 product 1: the version is \d+, but its variants were saved with version none/,
      ["update products set variants_version = null, variants_paused = null where id = 1"],
    ],
    [
      "a hold with other units than its lines",
      /^I10 product 1: hold 2 has 2 units, but its lines have 3/,
      ["update holds set lines = jsonb_set(lines, '{0,qty}', '2') where id = 2"],
    ],
    [
      "an order with other units than its lines",
      /^I10 product 1: order 4 has 2 units for 300 and 0 of them restocked, but its lines have 3 for 400 and 0 restocked/,
      ["update orders set lines = jsonb_set(lines, '{0,qty}', '2') where id = 4"],
    ],
    [
      "an order whose price is not the sum of its lines",
      /^I10 product 1: order 4 has 2 units for 301 and 0 of them restocked, but its lines have 2 for 300 and 0 restocked/,
      ["update orders set total_minor = 301 where id = 4"],
    ],
    [
      "an order of which more units are restocked than of its lines",
      /^I10 product 1: order 5 has 3 units for 400 and 2 of them restocked, but its lines have 3 for 400 and 1 restocked/,
      ["update orders set restocked_qty = 2 where id = 5"],
    ],
    [
      "an order of another variant than its hold",
      /^I10 product 1: order 4 has other lines or prices than its hold 4/,
      ["update orders set lines = jsonb_set(lines, '{0,variantId}', '2') where id = 4"],
    ],
    [
      "an order at another price than its hold",
      /^I10 product 1: order 4 has other lines or prices than its hold 4/,
      [
        "update orders set lines = jsonb_set(lines, '{0,unitPriceMinor}', '99'), total_minor = 299 where id = 4",
      ],
    ],
    [
      "an order of one variant at another price than its hold",
      /^I10 product 1: order 4 has other lines or prices than its hold 4/,
      [
        "update holds set lines = null, variant_id = 1, unit_price_minor = 150 where id = 4",
        "update orders set lines = null, variant_id = 1, unit_price_minor = 149, total_minor = 298 where id = 4",
      ],
    ],
  ])("%s", async (_, violation, corruption) => {
    await using copy = await busy.copy()
    await runSql(copy.url, ...corruption)
    expect(await differencesIn(copy.url)).toContainEqual(expect.stringMatching(violation))
  })
})

test("the recount of a product that has changed checks its variants", async () => {
  await using copy = await busy.copy()
  await using database = openScopedDatabase(copy.url)
  const hourly = { fullEveryMs: 3_600_000, smallMs: -1 }
  const recount = createRecount(database, new AbortController().signal, hourly)
  expect(await recount()).toEqual({ isFull: true, violations: [] })

  await runSql(
    copy.url,
    "update variants set held = held + 1 where id = 2",
    "update products set version = version + 1, variants_version = variants_version + 1 where id = 1",
  )
  const { isFull, violations } = await recount()

  expect(isFull).toBe(false)
  expect(violations.map(({ invariant, productId }) => [invariant, productId])).toEqual([
    ["I2", 1],
    ["I10", 1],
  ])
})
