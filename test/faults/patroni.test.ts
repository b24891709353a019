import { expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { startEndlessCrowd } from "../support/endless-crowd.ts"
import { leavesOutPatroni, startPatroni, type PatroniCluster } from "../support/patroni.ts"
import { newProduct } from "../support/products.ts"

/**
 * Sells at two servers, one with a URL of both databases and one behind HAProxy, while `change` happens to the cluster.
 * Returns what is lost of the acknowledged holds, and prints the figures.
 */
async function sellThrough(cluster: PatroniCluster, name: string, change: () => Promise<void>) {
  await using both = await startTestApp({ databaseUrl: cluster.urlOfBoth, worker: true })
  await using proxied = await startTestApp({ databaseUrl: cluster.proxyUrl, worker: true })
  const product = await newProduct(both.app.engine, { stock: 1_000_000 })
  const apps = [both, proxied]
  const crowds = apps.map((app) => startEndlessCrowd(app, product))
  const granted = (least: readonly number[]) =>
    Promise.all(
      crowds.map((crowd, index) => crowd.until(() => crowd.acknowledged.length > (least[index] ?? 0))),
    )
  await granted([300, 300])

  await change()
  // Who was the leader cannot be told from holds alone: a hold that is granted now may still be the old leader's.
  await expect.poll(() => both.log.concat(proxied.log).some(isNewPrimary), { timeout: 60_000 }).toBe(true)
  await granted(crowds.map(({ acknowledged }) => acknowledged.length + 300))
  await Promise.all(crowds.map((crowd) => crowd.stop()))

  const acknowledged = crowds.flatMap((crowd) => crowd.acknowledged)
  const lost = await crowds[0]?.missing(acknowledged)
  const refused = crowds.flatMap((crowd) => crowd.refused)
  const [pauseOfBoth = 0, pauseOfProxied = 0] = crowds.map((crowd) => crowd.longestPauseMs() / 1000)
  console.log(
    `Patroni, ${name}: ${acknowledged.length} holds acknowledged, ${lost?.length} lost, ` +
      `${refused.length} refused; no sale for ${pauseOfBoth.toFixed(1)} s with both servers in DATABASE_URL, ` +
      `for ${pauseOfProxied.toFixed(1)} s behind HAProxy`,
  )
  return {
    lost,
    repeated: acknowledged.length - new Set(acknowledged).size,
    refusals: new Set(refused.map(({ status }) => status)),
    faults: apps.flatMap((app) => app.log.filter(({ msg }) => msg === "Fault.")),
  }
}

const isNewPrimary = ({ metric }: Record<string, unknown>) => metric === "history.moved"

test.skipIf(leavesOutPatroni())(
  "under Patroni with a synchronous standby, a switchover and a killed leader lose no acknowledged hold",
  { timeout: 240_000 },
  async () => {
    await using cluster = await startPatroni()
    const nothingLost = { lost: [], repeated: 0, faults: [] }

    const switched = await sellThrough(cluster, "switchover", () => cluster.switchOver())
    expect(switched).toMatchObject(nothingLost)

    await cluster.settled()
    const killed = await sellThrough(cluster, "killed leader", () => cluster.killLeader())
    expect(killed).toMatchObject(nothingLost)

    expect([...switched.refusals, ...killed.refusals].filter((status) => status !== 503)).toEqual([])
    expect(await differencesIn(cluster.urlOfBoth)).toEqual([])
  },
)
