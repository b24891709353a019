import pg from "pg"
import { expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import type { TestAnswer, TestClient } from "../support/http.ts"
import { seededRandom } from "../support/random.ts"
import { startServerProcess } from "../support/server-process.ts"

const VARIANTS = 12
const REQUESTS = 5_000
/** 41 or 42 units of each variant: 500 in all. */
const STOCKS = Array.from({ length: VARIANTS }, (_, index) => (index < 8 ? 42 : 41))

test(
  "500 units over 12 variants, 5,000 requests at two servers, a third of them baskets: what fits is held, whole",
  { timeout: 120_000 },
  async () => {
    await using database = await createTestDatabase()
    await using first = await startTestApp({ databaseUrl: database.url, worker: true })
    await using second = await startTestApp({ databaseUrl: database.url, worker: true })
    const shoe = await offerShoe(first)

    const answers = await Promise.all(
      requestsFor(shoe).map((wanted, buyer) => (buyer % 2 === 0 ? first : second).post("/api/holds", wanted)),
    )

    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
    const held = unitsHeld(answers)
    // Of each variant more single units were asked for than there are, so nothing is left.
    expect(shoe.variantIds.map((id) => held.get(id))).toEqual(STOCKS)
    await expectSoldOut(first, shoe.id)
    expect(await deadlocksIn(database.url)).toBe(0)
    expect(await differencesIn(database.url)).toEqual([])
  },
)

test(
  "the same while one of two server processes is killed: the other one sells the rest, and no unit is lost",
  { timeout: 180_000 },
  async () => {
    await using database = await createTestDatabase()
    const environment = { DATABASE_URL: database.url, HOLD_TTL_SECONDS: "600" }
    await using survivor = await startServerProcess(environment)
    await using doomed = await startServerProcess(environment)
    const shoe = await offerShoe(survivor)
    const kills: Promise<unknown>[] = []
    let heldAfterKill = 0

    const answers = await Promise.all(
      requestsFor(shoe).map(async (wanted, buyer) => {
        const isDoomed = buyer % 2 === 1
        const answer = await (isDoomed ? doomed : survivor)
          .post("/api/holds", wanted)
          .catch((fault: unknown) => ({ isDoomed, fault }))
        if (isDoomed && "status" in answer && answer.status === 201) kills.push(doomed.end("SIGKILL"))
        if (kills.length > 0 && !isDoomed && "status" in answer && answer.status === 201) heldAfterKill += 1
        return answer
      }),
    )
    expect(await Promise.all(kills)).toContain("SIGKILL")

    const lost = answers.filter((answer) => "fault" in answer)
    expect(lost.length).toBeGreaterThan(0)
    expect(lost.filter(({ isDoomed }) => !isDoomed)).toEqual([])
    const given = answers.filter((answer) => "status" in answer)
    expect(given.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
    // The killed server may have committed holds that it has not answered any more.
    const held = unitsHeld(given)
    for (const [index, id] of shoe.variantIds.entries())
      expect(held.get(id) ?? 0).toBeLessThanOrEqual(STOCKS[index] ?? 0)
    expect(heldAfterKill).toBeGreaterThan(0)
    expect(await missingHolds(database.url, given)).toEqual([])
    await expectSoldOut(survivor, shoe.id)
    expect(await deadlocksIn(database.url)).toBe(0)
    expect(await differencesIn(database.url)).toEqual([])
  },
)

interface Shoe {
  readonly id: number
  readonly variantIds: readonly number[]
}

async function offerShoe(server: TestClient): Promise<Shoe> {
  const { body } = await server.post("/api/admin/products", {
    name: "Shoe",
    price_minor: 100,
    currency: "EUR",
    variants: STOCKS.map((stock, index) => ({ name: `Size ${36 + index}`, stock })),
  })
  return { id: body.id, variantIds: body.variants.map(({ id }: { id: number }) => id) }
}

/** Every third request is for a basket of three variants in random order, each other for one unit of one variant. */
function requestsFor({ id, variantIds }: Shoe): object[] {
  const random = seededRandom(5)
  const pick = () => variantIds[Math.floor(random() * variantIds.length)] ?? 0
  return Array.from({ length: REQUESTS }, (_, buyer) => {
    if (buyer % 3 !== 0) return { product_id: id, variant_id: pick(), qty: 1 }
    const chosen = new Set<number>()
    while (chosen.size < 3) chosen.add(pick())
    return { product_id: id, lines: Array.from(chosen, (variant_id) => ({ variant_id, qty: 1 })) }
  })
}

/** The units of each variant that were answered with 201. A basket has all its lines. */
function unitsHeld(answers: readonly TestAnswer[]): Map<number, number> {
  const held = new Map<number, number>()
  for (const { status, body } of answers) {
    if (status !== 201) continue
    expect(body.lines.length).toBe(body.qty)
    expect([1, 3]).toContain(body.qty)
    for (const line of body.lines) held.set(line.variant_id, (held.get(line.variant_id) ?? 0) + line.qty)
  }
  return held
}

async function expectSoldOut(server: TestClient, productId: number): Promise<void> {
  const { body } = await server.get(`/api/products/${productId}`, {
    headers: { "cache-control": "no-cache" },
  })
  expect(body).toMatchObject({ reserved_stock: 500, available_stock: 0, sale_state: "all_held" })
  for (const variant of body.variants)
    expect(variant).toMatchObject({ available_stock: 0, sale_state: "all_held" })
}

/** The ids of holds that were answered with 201 and are not in the database. */
async function missingHolds(url: string, answers: readonly TestAnswer[]): Promise<unknown[]> {
  const ids = answers.filter(({ status }) => status === 201).map(({ body }) => body.hold_id)
  return ask(
    url,
    "select id from unnest($1::bigint[]) as given (id) where id not in (select id from holds)",
    [ids],
  )
}

/** A deadlock is resolved after a second and its batch repeated, so it shows nowhere else. */
async function deadlocksIn(url: string): Promise<number> {
  const [row] = await ask(
    url,
    "select deadlocks::integer from pg_stat_database where datname = current_database()",
  )
  return Number(row?.["deadlocks"])
}

async function ask(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows
  } finally {
    await client.end()
  }
}
