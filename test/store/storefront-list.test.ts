import { expect, test } from "vitest"
import { createViews, type Views } from "../../src/store/reads/views.ts"
import { createTestDatabase } from "../support/database.ts"
import { insertRow, openScopedDatabase } from "../support/rows.ts"

const HOUR_MS = 3_600_000
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString()
const soldOut = { stock: 3, held: 0, sold: 3 }
const withVariants = { version: 7, variants_version: 7, paused: true, variants_paused: false }

/** The ids of all pages, page by page. */
async function pagesOf(views: Views, limit: number): Promise<number[][]> {
  const pages: number[][] = []
  let page = await views.storefront(null, limit, true)
  for (;;) {
    pages.push(page.products.map(({ product }) => product.id))
    if (page.next === null) return pages
    page = await views.storefront(page.next, limit, true)
  }
}

test("on sale, then what opens, the next first, then sold out, then closed, the last first; nothing that is not listed", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const add = (id: number, row: object) => insertRow(database.views, "products", { id, ...row })
  await add(1, { closes_at: inHours(-48) })
  await add(2, soldOut)
  await add(3, { opens_at: inHours(5) })
  await add(4, {})
  await add(5, { opens_at: inHours(2), ...soldOut })
  // All held: some may come back.
  await add(6, { stock: 3, held: 1, sold: 2 })
  await add(7, { paused: true, ...soldOut })
  await add(8, { closes_at: inHours(-1), ...soldOut })
  await add(9, { status: "unlisted" })
  await add(10, { status: "draft", paused: true, status_paused: false })
  await add(11, { status: "archived", paused: true, status_paused: false })
  // Its only unit for sale is sold; the other one is not for sale.
  await add(12, { ...withVariants, stock: 2, held: 0, sold: 1 })
  await insertRow(database.views, "variants", { product_id: 12, id: 1, stock: 1, held: 0, sold: 1 })
  await insertRow(database.views, "variants", {
    product_id: 12,
    id: 2,
    enabled: false,
    stock: 1,
    held: 0,
    sold: 0,
  })
  await add(13, { ...withVariants, stock: 2, held: 0, sold: 1 })
  await insertRow(database.views, "variants", { product_id: 13, id: 3, stock: 2, held: 0, sold: 1 })
  const order = [4, 6, 7, 13, 5, 3, 2, 12, 8, 1]
  const views = createViews(database.views)

  expect(await pagesOf(views, 20)).toEqual([order])
  for (const limit of [1, 3]) expect((await pagesOf(views, limit)).flat()).toEqual(order)
})

test("a page ends before its variants are more than 500", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  for (const [id, count] of [
    [1, 300],
    [2, 201],
    [3, 0],
  ] as const) {
    await insertRow(database.views, "products", { id, ...(count > 0 && withVariants) })
    for (let variant = 1; variant <= count; variant += 1)
      await insertRow(database.views, "variants", { product_id: id, id: id * 1_000 + variant })
  }

  expect(await pagesOf(createViews(database.views), 20)).toEqual([[1], [2, 3]])
})
