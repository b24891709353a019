import { expect, test } from "vitest"
import { createViews, type ProductPage } from "../../src/store/reads/views.ts"
import { createTestDatabase } from "../support/database.ts"
import { insertRow, openScopedDatabase } from "../support/rows.ts"

const PAST = "2020-01-01T00:00:00Z"
const FUTURE = "2099-01-01T00:00:00Z"

test.each([
  ["active", FUTURE, null, "active", null],
  ["active", PAST, null, "expired", Date.parse(PAST)],
  ["released", PAST, FUTURE, "released", Date.parse(FUTURE)],
  ["converted", PAST, FUTURE, "converted", Date.parse(FUTURE)],
  ["expired", PAST, FUTURE, "expired", Date.parse(FUTURE)],
])(
  "a hold that is %s and ends at %s (ended %s) reads as %s (I6)",
  async (status, end, ended, shown, endedAt) => {
    await using own = await createTestDatabase()
    await using database = openScopedDatabase(own.url)
    await insertRow(database.views, "holds", { id: 5, status, expires_at: end, ended_at: ended })

    const hold = await createViews(database.views).hold(5)

    expect(hold).toMatchObject({ id: 5, status: shown, endedAt })
    expect(Object.keys(hold ?? {})).not.toContain("isOver")
  },
)

test.each([
  ["pending_payment", FUTURE, null, "pending_payment"],
  ["pending_payment", PAST, null, "expired"],
  ["paid", PAST, PAST, "paid"],
  ["cancelled", PAST, null, "cancelled"],
  ["expired", PAST, null, "expired"],
  ["refunded", PAST, PAST, "refunded"],
])("an order that is %s and ends at %s reads, paid at %s, as %s (I6)", async (status, end, paidAt, shown) => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await insertRow(database.views, "orders", { id: 5, status, expires_at: end, paid_at: paidAt })

  const order = await createViews(database.views).order(5)

  expect(order).toMatchObject({ id: 5, status: shown, totalMinor: 19_998 })
  expect(Object.keys(order ?? {})).not.toContain("isOver")
})

test("a missing row reads as null", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const views = createViews(database.views)
  expect(await Promise.all([views.product(1), views.hold(1), views.order(1)])).toEqual([null, null, null])
})

const idsOf = ({ products, hasMore }: ProductPage) => [products.map(({ product }) => product.id), hasMore]

test("a page of products ends before their variants are more than 500", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const withVariants = { version: 7, variants_version: 7, paused: true, variants_paused: false }
  for (const [id, count] of [
    [1, 0],
    [2, 300],
    [3, 200],
    [4, 1],
    [5, 600],
    [6, 600],
    [7, 0],
  ] as const) {
    await insertRow(database.views, "products", { id, ...(count > 0 && withVariants) })
    for (let variant = 1; variant <= count; variant += 1)
      await insertRow(database.views, "variants", { product_id: id, id: id * 1_000 + variant })
  }
  const views = createViews(database.views)

  expect(idsOf(await views.products(0, 100))).toEqual([[1, 2, 3], true])
  expect(idsOf(await views.products(3, 100))).toEqual([[4], true])
  // More than a page may have, so each is alone.
  expect(idsOf(await views.products(4, 100))).toEqual([[5], true])
  expect(idsOf(await views.products(5, 100))).toEqual([[6], true])
  expect(idsOf(await views.products(6, 100))).toEqual([[7], false])
  expect(idsOf(await views.products(0, 2))).toEqual([[1, 2], true])
})

test("products are listed by id in pages, with the database's time", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  for (const id of [9, 2, 5, 7]) await insertRow(database.views, "products", { id })
  const views = createViews(database.views)

  expect(idsOf(await views.products(0, 3))).toEqual([[2, 5, 7], true])
  expect(idsOf(await views.products(7, 3))).toEqual([[9], false])
  expect(idsOf(await views.products(9, 3))).toEqual([[], false])
  expect(await views.product(5)).toMatchObject({ product: { id: 5, stock: 10, held: 2, sold: 3 } })
  expect(await views.product(6)).toBeNull()
  expect((await views.product(5))?.serverTime).toBeGreaterThan(Date.parse(PAST))
})

test("changed products are those of another version; without any, the database's time is still returned", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  for (const [id, version] of [
    [2, 5],
    [3, 5],
    [4, 5],
  ]) {
    await insertRow(database.views, "products", { id, version })
  }
  const views = createViews(database.views)

  const changes = await views.changedProducts(
    new Map([
      [2, 5],
      [3, 4],
      [4, 6],
      [9, 1],
    ]),
  )
  const none = await views.changedProducts(new Map([[2, 5]]))

  const byId = changes.products.toSorted((one, other) => one.id - other.id)
  expect(byId).toEqual([(await views.product(3))?.product, (await views.product(4))?.product])
  expect(none.products).toEqual([])
  for (const { serverTime } of [changes, none]) {
    expect(Math.abs(serverTime - Date.now())).toBeLessThan(5_000)
  }
})
