import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { createLog } from "../../src/base/log.ts"
import { isRefusal } from "../../src/domain/refusals.ts"
import { startWorker } from "../../src/worker/worker.ts"
import { eventWith } from "../support/builders.ts"
import { createTestDatabase, createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import type { TestClient } from "../support/http.ts"
import { newProduct } from "../support/products.ts"
import { seededRandom } from "../support/random.ts"
import { startServerProcess } from "../support/server-process.ts"

const SET = "press"
const phases = [
  { from: null, until: null, needs: { kind: "codes", set: SET } as const, maxPerCustomer: null },
]

/** Adds codes to a product, and returns their claimants. */
async function codesFor(
  engine: TestEngine,
  productId: number,
  codes: number,
  units: number,
): Promise<string[]> {
  const claimants = Array.from({ length: codes }, (_, index) => `k:${index}`)
  await engine.accessCodes.add(productId, { set: SET, units, claimants })
  return claimants
}

/** What two servers offer: a shoe of three variants, sold to those with a code for two units. */
async function offerShoe(
  server: TestClient,
): Promise<{ id: number; variants: { id: number }[]; code: string }> {
  const { body: shoe } = await server.post("/api/admin/products", {
    name: "Shoe",
    price_minor: 100,
    currency: "EUR",
    phases: [{ needs: { codes: SET } }],
    variants: ["41", "42", "43"].map((name) => ({ name, stock: 100 })),
  })
  const { body } = await server.post(`/api/admin/products/${shoe.id}/codes`, { set: SET, count: 1, units: 2 })
  return { id: shoe.id, variants: shoe.variants, code: body.codes[0] }
}

const redeem = (server: TestClient, shoe: Awaited<ReturnType<typeof offerShoe>>, index: number) =>
  server.post("/api/holds", {
    product_id: shoe.id,
    variant_id: shoe.variants[index % 3]?.id,
    qty: 1,
    access_code: shoe.code,
  })

test("200 redemptions of a code for two units at two servers and over three variants: two units", async () => {
  await using database = await createTestDatabase()
  const environment = { DATABASE_URL: database.url, HOLD_TTL_SECONDS: "600" }
  await using first = await startServerProcess(environment)
  await using second = await startServerProcess(environment)
  const shoe = await offerShoe(first)

  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => redeem(index % 2 === 0 ? first : second, shoe, index)),
  )

  expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
  expect(answers.filter(({ body }) => body.code === "access_code_used_up")).toHaveLength(198)
  expect(await differencesIn(database.url)).toEqual([])
})

test(
  "the same while one of two servers is killed: never more than two units, and both can be had in the end",
  { timeout: 120_000 },
  async () => {
    for (let round = 0; round < 3; round += 1) {
      await using database = await createTestDatabase()
      const environment = { DATABASE_URL: database.url, HOLD_TTL_SECONDS: "600" }
      await using survivor = await startServerProcess(environment)
      await using doomed = await startServerProcess(environment)
      const shoe = await offerShoe(survivor)

      const answers = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          if (index === 20 + round * 20) void doomed.end("SIGKILL")
          return redeem(index % 2 === 0 ? survivor : doomed, shoe, index).catch(() => null)
        }),
      )
      // What the killed server has granted without answering stays granted; what is left can still be had.
      const after = [await redeem(survivor, shoe, 0), await redeem(survivor, shoe, 1)]

      const granted = [...answers, ...after].filter((answer) => answer?.status === 201)
      expect(granted.length).toBeLessThanOrEqual(2)
      const { body } = await survivor.post(`/api/admin/products/${shoe.id}/codes/find`, {
        access_code: shoe.code,
      })
      expect(body.units_used).toBe(2)
      expect(await differencesIn(database.url)).toEqual([])
    }
  },
)

// Each of 300 codes is worth one unit. Its order ends within a few milliseconds of its payment, and somebody else wants the code
// in the same moment: one of both has it.
test(
  "late payments race with buyers who use the same codes: no code is spent twice, and all money is accounted for",
  { timeout: 120_000 },
  async () => {
    const rules = { paymentTtlSeconds: 1, latePaymentSeconds: 600 }
    await using engine = await createTestEngine(rules)
    await using other = await createTestEngine(rules, engine.url)
    const retention = {
      holdRetentionDays: 0,
      eventRetentionDays: 0,
      outgoingRetentionDays: 0,
      detailsRetentionDays: 0,
    }
    const worker = startWorker({
      ...other,
      log: createLog("silent"),
      providers: [],
      retention,
      ways: { post: { allowPrivate: false } },
    })
    const random = seededRandom(20_261_130)
    const productId = await newProduct(engine, { stock: 10_000, settings: { phases } })
    const claimants = await codesFor(engine, productId, 300, 1)
    const orders = await Promise.all(claimants.map((accessCode) => ordered(engine, productId, accessCode)))

    const results = await Promise.all(
      orders.map(async ({ orderId, expiresAt, accessCode }) => {
        await sleep(Math.max(0, expiresAt - Date.now() - 5 + random() * 10))
        const [payer, buyer] = random() < 0.5 ? [engine, other] : [other, engine]
        const [paid, again] = await Promise.all([pay(payer, orderId), held(buyer, productId, accessCode)])
        return `${paid}, ${again}`
      }),
    )
    await worker.stop()

    const { rows } = await engine.database.views.query<{ spent: number; codes: number }>(
      "select max(units) as spent, count(*) as codes from claims where product_id = $1",
      [productId],
    )
    expect(rows).toEqual([{ spent: 1, codes: 300 }])
    const seen = new Set(results)
    expect(seen).toContain("paid, access_code_used_up")
    expect(seen).toContain("refund_due, held")
    expect([...seen].filter((one) => one === "paid, held")).toEqual([])
    expect(await differencesIn(engine.url)).toEqual([])
  },
)

async function held(engine: TestEngine, productId: number, accessCode: string): Promise<string> {
  const holdId = await engine.ids.next("holds")
  const { outcome } = await engine.lanes.submit({
    kind: "place_hold",
    productId,
    holdId,
    qty: 1,
    customerId: null,
    accessCode,
  })
  return isRefusal(outcome) ? outcome.code : "held"
}

async function ordered(engine: TestEngine, productId: number, accessCode: string) {
  const holdId = await engine.ids.next("holds")
  await engine.lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: null, accessCode })
  const orderId = await engine.ids.next("orders")
  const { outcome } = await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
  if (isRefusal(outcome)) throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return { orderId, expiresAt: outcome.order.expiresAt, accessCode }
}

async function pay(engine: TestEngine, orderId: number): Promise<string> {
  const event = eventWith({ orderId, key: `key-${orderId}`, paymentId: `pay-${orderId}` })
  const received = await engine.paymentEvents.receive({ ...event, currency: null, amountMinor: null })
  return isRefusal(received) ? received.code : received.event.outcome
}
