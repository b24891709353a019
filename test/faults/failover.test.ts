import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { startEndlessCrowd } from "../support/endless-crowd.ts"
import { startPair, type Pair } from "../support/standby.ts"

const forMinutes = { timeout: 240_000 }

/** How the standby takes over, and how traffic reaches it. */
interface Failover {
  /** Stands before the printed figures. */
  readonly name: string
  readonly beforeItDies?: () => Promise<void>
  /** True: the servers' connections go to the standby before its promotion, when it accepts no writes. */
  readonly isEarly?: boolean
  /** The number of holds that are acknowledged between `beforeItDies` and the end of the primary. */
  readonly behind?: number
}

/** Runs a server and forty buyers while the primary is killed and the standby takes over. */
async function sellThroughFailover(
  pair: Pair,
  { name, beforeItDies, isEarly = false, behind = 300 }: Failover,
) {
  await using proxy = await startDatabaseProxy(pair.primaryUrl)
  await using app = await startTestApp({ databaseUrl: proxy.url, worker: true })
  const crowd = await startSelling(app)
  await beforeItDies?.()
  const soFar = crowd.acknowledged.length
  await crowd.until(() => crowd.acknowledged.length > soFar + behind)

  await pair.killPrimary()
  if (isEarly) {
    proxy.redirect(pair.standbyUrl)
    // A hosting provider takes seconds for the promotion. Until then the servers' queries go to the standby.
    await sleep(2_000)
  }
  await pair.promoteStandby()
  const beforeFailover = [...crowd.acknowledged]
  proxy.redirect(pair.standbyUrl)
  await goesOn(crowd, beforeFailover.length + behind)
  await crowd.stop()
  const lost = await crowd.missing(beforeFailover)
  console.log(
    `Killed primary, ${name}: ${crowd.acknowledged.length} holds acknowledged, ${lost.length} lost, ` +
      `no sale for ${(crowd.longestPauseMs() / 1000).toFixed(1)} s`,
  )
  return {
    statuses: new Set(crowd.refused.map(({ status }) => status)),
    acknowledged: [...crowd.acknowledged],
    sinceFailover: crowd.acknowledged.length - beforeFailover.length,
    lost,
    faults: app.log.filter(({ msg }) => msg === "Fault."),
    saidLost: app.log.filter(({ metric }) => metric === "history.changes_lost").length,
  }
}

/** Starts forty buyers of a product that does not run out; resolves when a hundred units or more are held. */
async function startSelling(app: TestApp) {
  const { body: product } = await app.post("/api/admin/products", {
    name: "Failover",
    price_minor: 9999,
    currency: "EUR",
    stock: 1_000_000,
    hold_ttl_seconds: 600,
  })
  const crowd = startEndlessCrowd(app, product.id)
  await crowd.until(() => crowd.acknowledged.length > 300)
  return crowd
}

async function goesOn(crowd: { readonly acknowledged: readonly unknown[] }, until: number): Promise<void> {
  const deadline = performance.now() + 15_000
  while (crowd.acknowledged.length < until && performance.now() < deadline) await sleep(50)
}

test(
  "a synchronous standby replaces a killed primary: no acknowledged hold is lost, and sales continue",
  forMinutes,
  async () => {
    await using pair = await startPair()
    await pair.makeSynchronous()

    const { acknowledged, sinceFailover, lost, faults, saidLost } = await sellThroughFailover(pair, {
      name: "synchronous standby",
    })

    expect(lost).toEqual([])
    expect(saidLost).toBe(0)
    expect(sinceFailover).toBeGreaterThan(100)
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    expect(faults).toEqual([])
    expect(await differencesIn(pair.standbyUrl)).toEqual([])
  },
)

test(
  "requests that reach the standby before its promotion are refused, and succeed afterwards",
  forMinutes,
  async () => {
    await using pair = await startPair()
    await pair.makeSynchronous()

    const { acknowledged, sinceFailover, lost, faults } = await sellThroughFailover(pair, {
      name: "synchronous standby, reached before its promotion",
      isEarly: true,
    })

    expect(lost).toEqual([])
    expect(sinceFailover).toBeGreaterThan(100)
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    expect(faults).toEqual([])
    expect(await differencesIn(pair.standbyUrl)).toEqual([])
  },
)

// As with libpq's target_session_attrs=read-write: without a proxy, and without a DNS name that follows the primary.
test("a DATABASE_URL that names both servers follows the primary by itself", forMinutes, async () => {
  await using pair = await startPair()
  await pair.makeSynchronous()
  await using app = await startTestApp({ databaseUrl: urlOfBoth(pair), worker: true })
  const crowd = await startSelling(app)

  await pair.killPrimary()
  await expect.poll(() => app.get("/readyz").then(({ status }) => status)).toBe(503)
  await pair.promoteStandby()
  const beforeFailover = [...crowd.acknowledged]
  await goesOn(crowd, beforeFailover.length + 300)
  await crowd.stop()

  expect(crowd.acknowledged.length - beforeFailover.length).toBeGreaterThan(100)
  expect(await crowd.missing(beforeFailover)).toEqual([])
  expect(app.log.filter(({ msg }) => msg === "Fault.")).toEqual([])
  expect((await app.get("/readyz")).status).toBe(200)
  expect(await differencesIn(urlOfBoth(pair))).toEqual([])
})

/** The URL names the standby first, so that trying only the first server cannot succeed. */
function urlOfBoth(pair: Pair): string {
  const url = new URL(pair.primaryUrl)
  const hosts = [pair.standbyUrl, pair.primaryUrl].map((server) => new URL(server).searchParams.get("host"))
  url.searchParams.set("host", hosts.join(","))
  url.searchParams.set("target_session_attrs", "read-write")
  return url.href
}

// This loss of acknowledged holds shows that the tests above would notice one. An owner token names its hold,
// so two buyers with the same hold id would have the same token.
test(
  "an asynchronous standby that lagged behind has lost acknowledged holds, and gives out no id again",
  forMinutes,
  async () => {
    await using pair = await startPair()

    const sale = await sellThroughFailover(pair, {
      name: "asynchronous standby that lags behind",
      beforeItDies: () => pair.stopStandbyListening(),
      behind: 2_000,
    })

    expect(sale.lost.length).toBeGreaterThan(100)
    expect(sale.saidLost).toBe(1)
    expect(sale.sinceFailover).toBeGreaterThan(100)
    expect(new Set(sale.acknowledged).size).toBe(sale.acknowledged.length)
    expect([...sale.statuses].filter((status) => status !== 503)).toEqual([])
    expect(await differencesIn(pair.standbyUrl)).toEqual([])
  },
)
