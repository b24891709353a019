import { expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { seededRandom } from "../support/random.ts"
import type { TestAnswer } from "../support/http.ts"

const VARIANTS = 12
const REQUESTS = 5_000
/** 41 or 42 units of each variant: 500 in all. */
const STOCKS = Array.from({ length: VARIANTS }, (_, index) => (index < 8 ? 42 : 41))

test("500 units over 12 variants, 5,000 requests at two servers, a third of them baskets: what fits is held, whole", async () => {
  await using database = await createTestDatabase()
  await using first = await startTestApp({ databaseUrl: database.url, worker: true })
  await using second = await startTestApp({ databaseUrl: database.url, worker: true })
  const { body: product } = await first.post("/api/admin/products", {
    name: "Shoe",
    price_minor: 100,
    currency: "EUR",
    variants: STOCKS.map((stock, index) => ({ name: `Size ${36 + index}`, stock })),
  })
  const ids: number[] = product.variants.map(({ id }: { id: number }) => id)
  const random = seededRandom(5)
  const pick = () => ids[Math.floor(random() * ids.length)] ?? 0

  const answers: TestAnswer[] = await Promise.all(
    Array.from({ length: REQUESTS }, (_, buyer) => {
      const server = buyer % 2 === 0 ? first : second
      const wanted = buyer % 3 === 0 ? basketOf(pick) : { variant_id: pick(), qty: 1 }
      return server.post("/api/holds", { product_id: product.id, ...wanted })
    }),
  )

  expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
  const held = new Map<number, number>()
  for (const { status, body } of answers) {
    if (status !== 201) continue
    expect(body.lines.length === 1 || body.lines.length === 3).toBe(true)
    for (const line of body.lines) held.set(line.variant_id, (held.get(line.variant_id) ?? 0) + line.qty)
  }
  // Single units were asked for after the last basket that fits, so nothing is left.
  expect(ids.map((id) => held.get(id))).toEqual(STOCKS)
  const { body: after } = await first.get(`/api/products/${product.id}`)
  expect(after).toMatchObject({ reserved_stock: 500, available_stock: 0, sale_state: "all_held" })
  expect(await differencesIn(database.url)).toEqual([])
})

function basketOf(pick: () => number) {
  const chosen = new Set<number>()
  while (chosen.size < 3) chosen.add(pick())
  return { lines: Array.from(chosen, (variant_id) => ({ variant_id, qty: 1 })) }
}
