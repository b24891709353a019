import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createHttpClient, type HttpClient } from "../../src/base/http-client.ts"
import { askedDetails, detailsOf, partOfDetails } from "../../src/proof/rehearsal/buyer-details.ts"
import { judge, type Evidence } from "../../src/proof/rehearsal/judge.ts"
import { createVisitLog, type VisitLog } from "../../src/proof/rehearsal/visit-log.ts"
import { openDatabase, type Database } from "../../src/store/pool.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { runSql } from "../support/rows.ts"
import { hold, offer, pay } from "../support/shop.ts"
import { createPayment, startTestSimulator, type TestSimulator } from "../support/simulator.ts"

let app: TestApp
let database: Database
let simulator: TestSimulator
let client: HttpClient
beforeAll(async () => {
  app = await startTestApp()
  database = openDatabase({ url: app.databaseUrl })
  simulator = await startTestSimulator()
  client = createHttpClient(4)
})
afterAll(async () => {
  client.close()
  await simulator[Symbol.asyncDispose]()
  await database.close()
  await app[Symbol.asyncDispose]()
})

/** The findings after a sale with this log of visits, by the name of the check. `tell` returns any further product. */
async function foundWrong(
  tell: (visitLog: VisitLog, productId: number) => Promise<unknown>,
  unsettled: readonly string[] = [],
): Promise<Record<string, readonly string[]>> {
  const visitLog = createVisitLog()
  const { id: productId } = await offer(app, { stock: 10 })
  const further = await tell(visitLog, productId)
  const evidence: Evidence = {
    pool: database.views,
    client,
    shopUrl: app.url,
    simulatorUrl: simulator.url,
    productIds: [productId, ...(typeof further === "number" ? [further] : [])],
    presaleId: productId,
    visitLog,
  }
  const { checks } = await judge(evidence, unsettled)
  return Object.fromEntries(
    checks.filter(({ wrong }) => wrong.length > 0).map(({ name, wrong }) => [name, wrong]),
  )
}

test("a sale without a fault passes every check", async () => {
  const wrong = await foundWrong(async (visitLog, productId) => {
    const held = await hold(app, productId)
    visitLog.held(held.hold_id, held.qty)
    const { order_id } = (await app.post("/api/orders", { hold_id: held.hold_id })).body
    visitLog.ordered(order_id, held.hold_id)
    const given = await hold(app, productId)
    await app.send("DELETE", `/api/holds/${given.hold_id}`)
    visitLog.held(given.hold_id, given.qty)
    visitLog.released(given.hold_id)
  })

  expect(wrong).toEqual({})
})

test.each<[string, (visitLog: VisitLog, productId: number) => Promise<unknown>, string, RegExp]>([
  [
    "an acknowledged hold without a row",
    async (visitLog) => visitLog.held(999_999, 1),
    "every acknowledged hold exists",
    /hold 999999 .* no row/,
  ],
  [
    "a hold of the presale without an access code",
    async (_visitLog, productId) => {
      await runSql(
        app.databaseUrl,
        `update products set opens_at = clock_timestamp() where id = ${productId}`,
      )
      await hold(app, productId)
    },
    "nobody without a code held units in the presale",
    /hold \d+ was placed in the presale without an access code/,
  ],
  [
    "a hold with fewer units",
    async (visitLog, productId) => visitLog.held((await hold(app, productId)).hold_id, 2),
    "every acknowledged hold exists",
    /with 2 units and has 1/,
  ],
  [
    "a basket of which a line is another variant's",
    async (visitLog) => {
      const shoe = { name: "Shoe", price_minor: 100, currency: "EUR" }
      const variants = [1, 2].map((size) => ({ name: `Size ${size}`, stock: 1 }))
      const { body: product } = await app.post("/api/admin/products", { ...shoe, variants })
      const ids: number[] = product.variants.map(({ id }: { id: number }) => id)
      const lines = ids.map((variant_id) => ({ variant_id, qty: 1 }))
      const { body: held } = await app.post("/api/holds", { product_id: product.id, lines })
      visitLog.held(held.hold_id, 2, [
        { variantId: ids[0] ?? 0, quantity: 1 },
        { variantId: 999_999, quantity: 1 },
      ])
      return Number(product.id)
    },
    "every acknowledged hold exists",
    /with 2 \(1 of variant \d+, 1 of variant 999999\) units and has 2 \(1 of variant \d+, 1 of variant \d+\)$/,
  ],
  [
    "a hold that two visitors got",
    async (visitLog, productId) => {
      const { hold_id } = await hold(app, productId)
      visitLog.held(hold_id, 1)
      visitLog.held(hold_id, 1)
    },
    "every acknowledged hold exists",
    /1 holds were acknowledged to two visitors/,
  ],
  [
    "an acknowledged order without a row",
    async (visitLog) => visitLog.ordered(999_999, 1),
    "every acknowledged order exists",
    /order 999999 .* does not exist/,
  ],
  [
    "a released hold that is still active",
    async (visitLog, productId) => visitLog.released((await hold(app, productId)).hold_id),
    "every released hold stayed released",
    /is active/,
  ],
  [
    "a wrong answer",
    async (visitLog) => visitLog.wrong("POST /api/holds answered 500"),
    "no answer was wrong",
    /500/,
  ],
])("finds %s", async (_what, tell, check, text) => {
  expect(await foundWrong(tell)).toEqual({ [check]: [expect.stringMatching(text)] })
})

test("finds counters that do not agree with the rows", async () => {
  let spoilt = 0
  const setHeld = (units: number) =>
    database.views.query("update products set held = $2 where id = $1", [spoilt, units])
  const wrong = await foundWrong(async (_ledger, productId) => {
    spoilt = productId
    await setHeld(1)
  })
  await setHeld(0)

  expect(wrong).toEqual({
    "every invariant holds, recounted from the rows": [expect.stringMatching(/I2: held is 1/)],
  })
})

describe("of a product that asks for details", () => {
  const check = "every paid order has its details or stands in the money inbox"

  /** Sells one unit to a buyer who gives these details, and pays; `spoil` then changes the stored rows. */
  async function foundAfter(details: object, spoil: (orderId: number) => Promise<unknown> = async () => {}) {
    return foundWrong(async (visitLog) => {
      const { id: productId } = await offer(app, { stock: 10, ...askedDetails })
      const { hold_id } = await hold(app, productId)
      const { order_id } = (await app.post("/api/orders", { hold_id, details })).body
      if ("email" in details) visitLog.gaveDetails(order_id, String(details.email))
      await pay(app, { order_id })
      await spoil(order_id)
      return productId
    })
  }
  const update = (text: string) => (orderId: number) =>
    database.views.query(`update order_details set ${text} where order_id = $1`, [orderId])

  test("a buyer who gave everything, a part or nothing is no fault", async () => {
    const buyer = { number: 1 }
    for (const details of [detailsOf(buyer), partOfDetails(buyer), {}])
      expect(await foundAfter(details)).toEqual({})
  })

  test.each([
    [
      "lacks details, of which the inbox says nothing",
      {},
      "awaited = false",
      /lacks details and does not stand/,
    ],
    [
      "stands in the inbox for nothing",
      detailsOf({ number: 2 }),
      "awaited = true",
      /has all details and stands/,
    ],
    ["has lost a name", detailsOf({ number: 3 }), "name = null", /lacks details and does not stand/],
    ["has lost an answer", detailsOf({ number: 4 }), "answers = '{}'", /lacks details and does not stand/],
    [
      "has the address of another buyer",
      detailsOf({ number: 5 }),
      "email = 'visitor-6@shop.example'",
      /was acknowledged with visitor-5@shop\.example and has visitor-6@shop\.example/,
    ],
  ])("finds a paid order that %s", async (_what, details, spoilt, text) => {
    let id = 0
    const wrong = await foundAfter(details, async (orderId) => {
      id = orderId
      await update(spoilt)(orderId)
    })
    // Later sales are judged by the same recount of all rows.
    await database.views.query("update orders set missing_details = null where id = $1", [id])
    await update("email = 'a@b', name = 'A', answers = '{\"terms\": true}', awaited = false")(id)

    expect(wrong[check]).toEqual([expect.stringMatching(text)])
  })
})

test("finds a payment that only the provider has, and orders that are left open", async () => {
  const wrong = await foundWrong(async () => {
    const { payment_id } = await createPayment(simulator, { order_id: 4_711 })
    await simulator.post(`/payments/${payment_id}/succeed`, {})
    await expect
      .poll(async () => (await simulator.get(`/payments/${payment_id}`)).body.status)
      .toBe("succeeded")
  }, ["1 unpaid orders"])

  expect(wrong).toEqual({
    "the provider's books and ours agree": [
      "order 4711: the provider has 19998 and gave back 0, we have 0 and 0",
    ],
    "nothing is left open": ["1 unpaid orders"],
  })
})
