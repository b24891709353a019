import { describe, expect, test } from "vitest"
import type { NewHold, ShopProduct, Variant, WantedLine } from "../../client/src/index.ts"
import { wrongVariants, type VariantTry } from "../../src/proof/race/variant-books.ts"
import { wishesFor } from "../../src/proof/race/wishes.ts"
import { startTestApp } from "../support/app.ts"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"

test("race --variants against two servers: each of 12 variants is sold exactly, baskets are whole, and the rows agree", async () => {
  await using database = await createTestDatabase()
  await using first = await startTestApp({ databaseUrl: database.url, worker: true })
  await using second = await startTestApp({ databaseUrl: database.url, worker: true })
  const urls = ["--url", first.url, "--url", second.url]
  const options = ["--variants", "12", "--stock", "100", "--requests", "2000", "--json"]

  const { stdout } = await runCommand(["race", ...options, ...urls])

  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ ok: true, stock: 100, taken: 100, final_stock: 0, differences: [] })
  expect(Object.keys(report.failures)).toEqual(["out_of_stock"])
  expect(report.variants).toHaveLength(12)
  for (const variant of report.variants) {
    expect(variant).toMatchObject({ taken: variant.stock, left: 0 })
    expect(variant.requested).toBeGreaterThan(variant.stock)
  }
  expect(await differencesIn(database.url)).toEqual([])
})

test("race --variants sells no unit of one variant for want of another: at the ends of the list units are left, and refusals say so", async () => {
  await using database = await createTestDatabase()
  await using app = await startTestApp({ databaseUrl: database.url, worker: true })
  const options = ["--variants", "12", "--stock", "240", "--requests", "200", "--json"]

  const { stdout } = await runCommand(["race", ...options, "--url", app.url])

  const { ok, differences, variants, taken } = JSON.parse(stdout)
  expect({ ok, differences }).toEqual({ ok: true, differences: [] })
  const left: number[] = variants.map((variant: { left: number }) => variant.left)
  expect(left[5]).toBe(0)
  expect(left[0]).toBeGreaterThan(0)
  expect(left.reduce((sum, units) => sum + units, taken)).toBe(240)
  expect(await differencesIn(database.url)).toEqual([])
})

test("the variants in the middle are wanted more than those at the ends, and a third of the requests are baskets", () => {
  const wishes = wishesFor([1, 2, 3, 4, 5, 6, 7], 3_000)
  const wanted = (id: number) =>
    wishes.filter((lines) => lines?.some((line) => line.variant_id === id)).length

  expect(wanted(4)).toBeGreaterThan(2 * wanted(1))
  expect(wanted(4)).toBeGreaterThan(2 * wanted(7))
  expect(wishes.filter((lines) => lines?.length === 3)).toHaveLength(1_000)
  const orders = wishes.map((lines) => lines?.map((line) => line.variant_id).join())
  expect(orders).toEqual(expect.arrayContaining(["3,4,5", "5,4,3"]))
})

describe("the books of a race with variants", () => {
  const line = (variant_id: number): WantedLine => ({ variant_id, qty: 1 })
  const variant = (id: number, left: number) =>
    ({ id, name: `Size ${id}`, stock: 2, available_stock: left, reserved_stock: 2 - left }) as Variant
  const granted = (wish: readonly WantedLine[], lines = wish): VariantTry => ({
    wish,
    hold: {
      qty: wish.length,
      lines: lines.map((one) => ({ ...one, unit_price_minor: 1 })),
    } as unknown as NewHold,
    lacking: null,
  })
  const refused = (wish: readonly WantedLine[], ...lacking: number[]): VariantTry => ({
    wish,
    hold: null,
    lacking,
  })
  // Of two variants with two units each, a basket of both and a unit of the first are taken.
  const fair = {
    product: { reserved_stock: 3, available_stock: 1, variants: [variant(1, 0), variant(2, 1)] },
    tries: [granted([line(1), line(2)]), granted([line(1)]), refused([line(1), line(2)], 1)],
  }

  function wrong(change: Partial<{ product: object; tries: readonly VariantTry[] }>): string[] {
    const { product, tries } = { ...fair, ...change }
    return wrongVariants(4, product as ShopProduct, tries)
  }

  test("agree when every unit is accounted for", () => {
    expect(wrong({})).toEqual([])
  })

  test.each([
    [
      "a variant was sold a unit too many",
      { tries: [...fair.tries, granted([line(1)])] },
      "variant 1 (Size 1): 3 of 2 units were taken",
    ],
    [
      "a unit was booked as another variant's",
      { product: { ...fair.product, variants: [variant(1, 1), variant(2, 0)] } },
      "variant 2 (Size 2): 1 of 2 units were taken, but 2 are held",
    ],
    [
      "the product is not the sum of its variants",
      { product: { ...fair.product, reserved_stock: 2 } },
      "3 units were taken of 4, but 2 are held",
    ],
    [
      "a basket lacks a line",
      { tries: [granted([line(1), line(2)], [line(1)]), ...fair.tries.slice(1)] },
      "1 holds have not exactly the lines",
    ],
    [
      "a request was refused although its variant has units left",
      { tries: [...fair.tries, { ...refused([line(2)]), lacking: null }] },
      "1 requests failed although each of their variants has units left",
    ],
    [
      "a refusal names a variant that has units left",
      { tries: [...fair.tries, refused([line(1), line(2)], 1, 2)] },
      "1 refusals do not name the variants",
    ],
    [
      "a refusal names a variant that was not requested",
      { tries: [...fair.tries, refused([line(1)], 1, 3)] },
      "1 refusals do not name the variants",
    ],
  ])("differ when %s", (_, change, difference) => {
    expect(wrong(change).join("\n")).toContain(difference)
  })
})
