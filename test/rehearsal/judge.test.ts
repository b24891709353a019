import { afterAll, beforeAll, expect, test } from "vitest"
import { createHttpClient, type HttpClient } from "../../src/base/http-client.ts"
import { judge, type Evidence } from "../../src/proof/rehearsal/judge.ts"
import { createLedger, type Ledger } from "../../src/proof/rehearsal/ledger.ts"
import { openDatabase, type Database } from "../../src/store/pool.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { hold, offer } from "../support/shop.ts"
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

/** What is found wrong, by the name of the check, after a sale of which the ledger tells. */
async function foundWrong(
  tell: (ledger: Ledger, productId: number) => Promise<void>,
  unsettled: readonly string[] = [],
): Promise<Record<string, readonly string[]>> {
  const ledger = createLedger()
  const { id: productId } = await offer(app, { stock: 10 })
  await tell(ledger, productId)
  const evidence: Evidence = {
    pool: database.views,
    client,
    shopUrl: app.url,
    simulatorUrl: simulator.url,
    productId,
    ledger,
  }
  const { checks } = await judge(evidence, unsettled)
  return Object.fromEntries(
    checks.filter(({ wrong }) => wrong.length > 0).map(({ name, wrong }) => [name, wrong]),
  )
}

test("a sale in which everything was kept is found right", async () => {
  const wrong = await foundWrong(async (ledger, productId) => {
    const held = await hold(app, productId)
    ledger.held(held.hold_id, held.qty)
    const { order_id } = (await app.post("/api/orders", { hold_id: held.hold_id })).body
    ledger.ordered(order_id, held.hold_id)
    const given = await hold(app, productId)
    await app.send("DELETE", `/api/holds/${given.hold_id}`)
    ledger.held(given.hold_id, given.qty)
    ledger.released(given.hold_id)
  })

  expect(wrong).toEqual({})
})

test.each<[string, (ledger: Ledger, productId: number) => Promise<void>, string, RegExp]>([
  [
    "a hold that is not there",
    async (ledger) => ledger.held(999_999, 1),
    "every hold that was acknowledged is there",
    /hold 999999 .* no row/,
  ],
  [
    "a hold with fewer units",
    async (ledger, productId) => ledger.held((await hold(app, productId)).hold_id, 2),
    "every hold that was acknowledged is there",
    /with 2 units and has 1/,
  ],
  [
    "a hold that two visitors were given",
    async (ledger, productId) => {
      const { hold_id } = await hold(app, productId)
      ledger.held(hold_id, 1)
      ledger.held(hold_id, 1)
    },
    "every hold that was acknowledged is there",
    /1 holds were given to more than one/,
  ],
  [
    "an order that is not there",
    async (ledger) => ledger.ordered(999_999, 1),
    "every order that was acknowledged is there",
    /order 999999 .* not there/,
  ],
  [
    "a hold that was given back and is still held",
    async (ledger, productId) => ledger.released((await hold(app, productId)).hold_id),
    "what was given back stayed back",
    /is active/,
  ],
  [
    "an answer that must not be",
    async (ledger) => ledger.wrong("POST /api/holds answered 500"),
    "nothing was answered that must not be",
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

test("finds money that only the provider knows of, and what is left in limbo", async () => {
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
    "nothing is left in limbo": ["1 unpaid orders"],
  })
})
