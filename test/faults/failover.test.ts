import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { startCrowd } from "../support/endless-crowd.ts"
import { startPair, type Pair } from "../support/standby.ts"

const forMinutes = { timeout: 120_000 }

/** A server at whatever database is the primary, and forty buyers, while the primary dies. */
async function sellThroughFailover(pair: Pair, beforeItDies: () => Promise<void>) {
  await using proxy = await startDatabaseProxy(pair.primaryUrl)
  await using app = await startTestApp({ databaseUrl: proxy.url, worker: true })
  const { body: product } = await app.post("/api/admin/products", {
    name: "Failover",
    price_minor: 9999,
    currency: "EUR",
    stock: 1_000_000,
    hold_ttl_seconds: 600,
  })
  const crowd = startCrowd(app, product.id)
  await crowd.until(() => crowd.acknowledged.length > 300)
  await beforeItDies()
  const soFar = crowd.acknowledged.length
  await crowd.until(() => crowd.acknowledged.length > soFar + 300)

  await pair.failOver()
  const beforeFailover = [...crowd.acknowledged]
  proxy.redirect(pair.standbyUrl)
  const until = performance.now() + 15_000
  while (crowd.acknowledged.length < beforeFailover.length + 300 && performance.now() < until) await sleep(50)
  await crowd.stop()
  return {
    acknowledged: [...crowd.acknowledged],
    sinceFailover: crowd.acknowledged.length - beforeFailover.length,
    lost: await crowd.missing(beforeFailover),
  }
}

test(
  "a synchronous standby takes the place of a killed primary: what was acknowledged is there, and it goes on",
  forMinutes,
  async () => {
    await using pair = await startPair()
    await pair.makeSynchronous()

    const { acknowledged, sinceFailover, lost } = await sellThroughFailover(pair, async () => undefined)

    expect(lost).toEqual([])
    expect(sinceFailover).toBeGreaterThan(100)
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    expect(await differencesIn(pair.standbyUrl)).toEqual([])
  },
)

// What is not promised, and that the test above could see it.
test("an asynchronous standby that lagged behind has lost what was acknowledged", forMinutes, async () => {
  await using pair = await startPair()

  const { lost } = await sellThroughFailover(pair, () => pair.stopStandbyListening())

  expect(lost.length).toBeGreaterThan(100)
  expect(await differencesIn(pair.standbyUrl)).toEqual([])
})
