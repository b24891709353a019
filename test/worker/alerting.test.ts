import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { createLog } from "../../src/base/log.ts"
import { createAlerting, readSigns, type Signs } from "../../src/worker/alerting.ts"
import { createTestEngine, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { insertRow, runSql } from "../support/rows.ts"
import { startWorker } from "../../src/worker/worker.ts"

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const MINUTE = 60_000

let engine: TestEngine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine[Symbol.asyncDispose]())
afterEach(async () => {
  for (const { id } of await engine.webhooks.endpoints.list()) await engine.webhooks.endpoints.remove(id)
  await runSql(engine.url, "truncate outbox, alerts")
})

const listen = (types: readonly ("alert.raised" | "order.paid")[] | null = null) =>
  engine.webhooks.endpoints.create({ id: 1, url: "https://hook.invalid/", types, secret: SECRET })

const allIsWell: Signs = { violations: 0, expiryLagSeconds: 0, moneyInboxCount: 0 }

/** A worker whose clock and signs the test sets. */
function worker() {
  let now = 0
  let looks = 0
  let signs = allIsWell
  const run = createAlerting({
    alerts: engine.alerts,
    async look() {
      looks += 1
      return signs
    },
    clock: () => now,
  })
  return {
    run,
    looks: () => looks,
    /** Finds these signs for so long, with a look at the beginning, each minute, and at the end. */
    finds: async (found: Partial<Signs>, milliseconds = 0) => {
      signs = { ...allIsWell, ...found }
      await run()
      for (let left = milliseconds; left > 0; left -= MINUTE) {
        now += Math.min(left, MINUTE)
        await run()
      }
    },
  }
}

/** The events that were written, the oldest first: type, alert, and text. */
async function told(): Promise<string[]> {
  const { rows } = await engine.database.views.query<{ type: string; body: string; product: number }>(
    "select type, body, product_id as product from outbox order by created_at, id",
  )
  return rows.map(({ type, body, product }) => {
    const { data } = JSON.parse(body) as { data: { alert: string; text?: string } }
    expect(product).toBe(0)
    return [type, data.alert, data.text].filter((part) => part !== undefined).join(" ")
  })
}

test("a violated invariant raises one alert at once, and ends it when none was violated for ten minutes", async () => {
  await listen()
  const { finds } = worker()
  await finds({}, MINUTE)
  expect(await told()).toEqual([])

  await finds({ violations: 2 }, 3 * MINUTE)
  expect(await told()).toEqual(["alert.raised invariants Violated invariants: 2"])
  await finds({}, 10 * MINUTE - 1)
  expect(await told()).toHaveLength(1)
  await finds({}, 1)
  expect(await told()).toEqual(["alert.raised invariants Violated invariants: 2", "alert.ended invariants"])
})

test("a sign that comes and goes is one alert", async () => {
  await listen()
  const { finds } = worker()
  for (let time = 0; time < 5; time += 1) {
    await finds({ violations: 1 }, MINUTE)
    await finds({}, 9 * MINUTE)
  }
  expect(await told()).toEqual(["alert.raised invariants Violated invariants: 1"])
})

test("late expiry is an alert after half a minute, and the money inbox after five minutes", async () => {
  await listen()
  const { finds } = worker()
  await finds({ expiryLagSeconds: 5, moneyInboxCount: 0 }, MINUTE)
  await finds({ expiryLagSeconds: 6, moneyInboxCount: 3 }, MINUTE / 2 - 1)
  expect(await told()).toEqual([])
  await finds({ expiryLagSeconds: 35.6, moneyInboxCount: 3 }, 1)
  expect(await told()).toEqual(["alert.raised expiry Held units that are due are given back 36 s late"])
  await finds({ moneyInboxCount: 4 }, 4.5 * MINUTE - 1)
  expect(await told()).toHaveLength(1)
  await finds({ moneyInboxCount: 4 }, 1)
  expect((await told()).at(-1)).toBe("alert.raised money_inbox Entries in the money inbox: 4")
})

test("what any process notices about the database is an alert, which ends ten minutes after it was last seen", async () => {
  await listen()
  const { finds } = worker()
  const notice = () => engine.alerts.raise("database", "Two database servers take writes")
  const age = (minutes: number) =>
    runSql(engine.url, `update alerts set seen_at = seen_at - interval '${minutes} minutes'`)
  await notice()
  await age(9)
  await finds({}, MINUTE)
  await notice()
  await age(9)
  await finds({}, MINUTE)
  expect(await told()).toEqual(["alert.raised database Two database servers take writes"])
  await age(1)
  await finds({})
  expect((await told()).at(-1)).toBe("alert.ended database")
})

test("of two workers one tells an alert, and a worker that starts anew does not tell it again", async () => {
  await listen()
  const [one, other] = [worker(), worker()]
  await Promise.all([one, other].map(({ finds }) => finds({ violations: 1 })))
  await worker().finds({ violations: 1 })
  expect(await told()).toHaveLength(1)
  await worker().finds({ violations: null }, 11 * MINUTE)
  expect(await told()).toHaveLength(1)
})

test("while no endpoint receives alerts nothing is looked at, and one that is added is told what is wrong then", async () => {
  await listen(["order.paid"])
  const { finds, looks } = worker()
  await finds({ violations: 1 }, MINUTE)
  expect([looks(), await told()]).toEqual([0, []])

  await engine.webhooks.endpoints.remove(1)
  await listen(["alert.raised"])
  await finds({ violations: 1 })
  expect(await told()).toHaveLength(1)
  await engine.webhooks.endpoints.remove(1)
  await finds({ violations: 1 })
  await listen()
  await finds({ violations: 1 })
  expect(await told()).toHaveLength(2)
})

test("the signs are the first hold that is due, and the entries of the money inbox", async () => {
  expect(await readSigns(engine, 7)).toEqual({ ...allIsWell, violations: 7 })

  const productId = await newProduct(engine, { stock: 5 })
  await engine.lanes.submit({ kind: "place_hold", productId, holdId: 1, qty: 1, customerId: null })
  await runSql(engine.url, "update holds set expires_at = now() - interval '9 seconds'")
  await insertRow(engine.database.views, "refunds", { order_id: 99, status: "failed" })

  const { expiryLagSeconds, ...others } = await readSigns(engine, null)
  expect(others).toEqual({ violations: null, moneyInboxCount: 1 })
  expect(Math.floor(expiryLagSeconds)).toBe(9)
})

test("a worker tells what its recount has found", { timeout: 20_000 }, async () => {
  await using own = await createTestEngine()
  await newProduct(own, { stock: 5 })
  await runSql(own.url, "update products set sold = 1")
  await own.webhooks.endpoints.create({ id: 1, url: "https://hook.invalid/", types: null, secret: SECRET })
  const forEver = {
    holdRetentionDays: 0,
    eventRetentionDays: 0,
    outgoingRetentionDays: 0,
    detailsRetentionDays: 0,
  }
  const running = startWorker({
    ...own,
    log: createLog("silent"),
    providers: [],
    retention: forEver,
    ways: { post: { allowPrivate: false } },
  })
  const alertsIn = async () =>
    (await own.database.views.query("select type from outbox where type like 'alert.%'")).rows
  await expect.poll(alertsIn, { timeout: 15_000 }).toEqual([{ type: "alert.raised" }])
  await running.stop()
})
