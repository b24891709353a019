import pg from "pg"
import { expect, test } from "vitest"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { startEndlessCrowd } from "../support/endless-crowd.ts"
import { newProduct } from "../support/products.ts"
import { runSql } from "../support/rows.ts"
import { startPair } from "../support/standby.ts"

const forMinutes = { timeout: 240_000 }
/** How long a second primary may go unnoticed. */
const NOTICED_WITHIN_MS = 2_000

const said = (app: TestApp, metric: string) => app.log.filter((line) => line["metric"] === metric)

/** The newest hold on a server. */
async function newestHold(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string }>("select coalesce(max(id), 0) as id from holds")
    return Number(rows[0]?.id)
  } finally {
    await client.end()
  }
}

test(
  "two primaries behind one address are noticed within two seconds, and from then on only the newer one sells",
  forMinutes,
  async () => {
    await using pair = await startPair()
    await using proxy = await startDatabaseProxy(pair.primaryUrl)
    await using app = await startTestApp({
      databaseUrl: proxy.url,
      config: { databaseUrl: proxy.url },
      worker: true,
    })
    const product = await newProduct(app.app.engine, { stock: 1_000_000 })
    const crowd = startEndlessCrowd(app, product)
    await crowd.until(() => crowd.acknowledged.length > 300)

    // The network parts the servers, the standby is promoted, and nobody stops the old primary: connections that are
    // open stay there, new ones go to the promoted server.
    await pair.stopStandbyListening()
    await crowd.until(() => crowd.acknowledged.length > 600)
    proxy.redirect(pair.standbyUrl)
    await pair.promoteStandby()
    const promotedAt = performance.now()
    await expect.poll(() => said(app, "history.moved"), { timeout: 10_000, interval: 20 }).toHaveLength(1)
    const movedMs = performance.now() - promotedAt
    expect(movedMs).toBeLessThan(NOTICED_WITHIN_MS)
    await expect.poll(() => said(app, "history.changes_lost"), { timeout: 10_000 }).toHaveLength(1)
    const lastOnOld = await newestHold(pair.primaryUrl)

    // The proxy wavers: for a moment, new connections lead to the old primary, which still takes writes.
    proxy.redirect(pair.primaryUrl)
    const waveredAt = performance.now()
    await expect
      .poll(async () => (await metric(app, "doorbuster_split_brain")) === 1, {
        timeout: 10_000,
        interval: 50,
      })
      .toBe(true)
    const noticedMs = performance.now() - waveredAt
    expect(noticedMs).toBeLessThan(NOTICED_WITHIN_MS)
    proxy.redirect(pair.standbyUrl)
    const soFar = crowd.acknowledged.length
    await crowd.until(() => crowd.acknowledged.length > soFar + 300)
    await crowd.stop()

    const soldOnOld = (await newestHold(pair.primaryUrl)) - lastOnOld
    console.log(
      `Two primaries: the promoted one is used after ${movedMs.toFixed(0)} ms, the second one noticed after ` +
        `${noticedMs.toFixed(0)} ms; ${crowd.acknowledged.length} holds acknowledged, ${soldOnOld} of them on the old one since`,
    )
    expect(soldOnOld).toBe(0)
    expect(new Set(crowd.acknowledged).size).toBe(crowd.acknowledged.length)
    expect(await metric(app, "doorbuster_lost_changes")).toBeGreaterThan(0)
    const live = () => app.get(`/api/admin/live?product_id=${product}`).then(({ body }) => body.database)
    await expect.poll(live, { timeout: 10_000 }).toMatchObject({ split_brain: true })
    expect((await live()).lost_changes).toBeGreaterThan(0)
    expect(app.log.filter(({ msg }) => msg === "Fault.")).toEqual([])
    expect(await differencesIn(pair.standbyUrl)).toEqual([])
  },
)

test("a URL of two servers that both take writes leads to the newer one", forMinutes, async () => {
  await using pair = await startPair()
  const url = new URL(pair.primaryUrl)
  const hosts = [pair.primaryUrl, pair.standbyUrl].map((server) => new URL(server).searchParams.get("host"))
  url.searchParams.set("host", hosts.join(","))
  await using app = await startTestApp({ databaseUrl: url.href, config: { databaseUrl: url.href } })
  const product = await newProduct(app.app.engine, { stock: 1_000 })
  await app.post("/api/holds", { product_id: product, qty: 1 })
  await pair.stopStandbyListening()
  await pair.promoteStandby()

  await expect.poll(() => said(app, "history.moved"), { timeout: 10_000, interval: 20 }).toHaveLength(1)
  const lastOnOld = await newestHold(pair.primaryUrl)
  await expect
    .poll(async () => (await app.post("/api/holds", { product_id: product, qty: 1 })).status)
    .toBe(201)
  expect(await newestHold(pair.primaryUrl)).toBe(lastOnOld)
  await expect.poll(() => said(app, "history.two_primaries").length, { timeout: 5_000 }).toBeGreaterThan(0)
})

// A copy of the disk, or a dump that was restored beside a running server, has the same timeline.
test("a product that has lost changes without a failover is not sold, and all others are", async () => {
  await using app = await startTestApp({})
  const [lost, other] = [
    await newProduct(app.app.engine, { stock: 10 }),
    await newProduct(app.app.engine, { stock: 10 }),
  ]
  const hold = (product: number) => app.post("/api/holds", { product_id: product, qty: 1 })
  expect([(await hold(lost)).status, (await hold(other)).status]).toEqual([201, 201])
  await runSql(app.databaseUrl, `update products set held = 0, version = version - 1 where id = ${lost}`)

  const refused = await hold(lost)
  expect([refused.status, refused.body.code, refused.headers["retry-after"]]).toEqual([
    503,
    "unavailable",
    "1",
  ])
  expect((await hold(other)).status).toBe(201)
  expect(said(app, "history.went_back")).toMatchObject([{ product_id: lost, changes: 1 }])
  expect(await metric(app, "doorbuster_split_brain")).toBe(1)

  // The changes are there again.
  await runSql(app.databaseUrl, `update products set held = 1, version = version + 1 where id = ${lost}`)
  expect((await hold(lost)).status).toBe(201)
})

async function metric(app: TestApp, name: string): Promise<number> {
  const text = String((await app.get("/metrics")).body)
  const [, value = "NaN"] = new RegExp(`^${name} (\\S+)`, "m").exec(text) ?? []
  return Number(value)
}
