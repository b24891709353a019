import { expect, test } from "vitest"
import { checkReplication } from "../../src/cli/doctor-replication.ts"
import { UnfitDatabase } from "../../src/store/errors.ts"
import { openToolPool } from "../../src/store/pool.ts"
import { startTestApp } from "../support/app.ts"
import { newProduct } from "../support/products.ts"
import { startPair } from "../support/standby.ts"

const forMinutes = { timeout: 240_000 }

test(
  "with REQUIRE_SYNCHRONOUS nothing is sold while commits wait for no standby; doctor and the control room say how it stands",
  forMinutes,
  async () => {
    await using pair = await startPair()
    await using stack = new AsyncDisposableStack()
    const pool = stack.adopt(openToolPool(pair.primaryUrl, "tools", 2), (pool) => pool.end())
    const config = { databaseUrl: pair.primaryUrl, requireSynchronous: true }
    const start = () => startTestApp({ databaseUrl: pair.primaryUrl, config })
    const doctor = (requireSynchronous: boolean) => checkReplication(pool, { ...config, requireSynchronous })

    expect(await doctor(false)).toMatchObject([
      {
        ok: true,
        weak: true,
        found: expect.stringMatching(/^asynchronous \(1 standby.*\): a failover loses/),
      },
    ])
    expect(await doctor(true)).toMatchObject([
      { ok: false, found: expect.stringMatching(/serve will not start/) },
    ])
    await expect(start()).rejects.toThrow(UnfitDatabase)
    await expect(start()).rejects.toThrow("REQUIRE_SYNCHRONOUS is set, and commits wait for no standby")

    await pair.makeSynchronous()
    expect(await doctor(true)).toMatchObject([
      { ok: true, found: expect.stringMatching(/^synchronous \(standby; 1 standby/) },
    ])
    await using app = await start()
    const product = await newProduct(app.app.engine, { stock: 100 })
    const hold = async () => (await app.post("/api/holds", { product_id: product, qty: 1 })).status
    const ready = async () => (await app.get("/readyz")).status
    const replication = async () =>
      (await app.get(`/api/admin/live?product_id=${product}`)).body.database?.replication
    expect([await hold(), await ready(), await replication()]).toEqual([201, 200, "synchronous"])

    // It asks for synchronous_commit=off, for itself alone.
    const { upkeep, synchrony } = app.app.engine.database
    ;(await upkeep.connect()).release()
    expect([synchrony?.isMet(), await ready()]).toEqual([true, 200])

    await pair.makeAsynchronous()
    await expect.poll(ready, { timeout: 5_000 }).toBe(503)
    expect(await hold()).toBe(503)
    expect((await app.get(`/api/products/${product}`)).status).toBe(200)
    await expect.poll(replication, { timeout: 5_000 }).toBe("asynchronous")

    await pair.makeSynchronous()
    await expect.poll(ready, { timeout: 5_000 }).toBe(200)
    expect(await hold()).toBe(201)

    await pair.stopStandbyListening()
    expect(await doctor(true)).toMatchObject([
      { ok: false, found: expect.stringMatching(/no such standby is connected/) },
    ])
    await expect.poll(replication, { timeout: 5_000 }).toBe("waiting")
    expect(app.log.filter(({ msg }) => msg === "Fault.")).toEqual([])
    await pair.makeAsynchronous()
  },
)

test("without a standby doctor warns, and the embedded server is left out", forMinutes, async () => {
  await using app = await startTestApp({})
  await using stack = new AsyncDisposableStack()
  const pool = stack.adopt(openToolPool(app.databaseUrl, "tools", 2), (pool) => pool.end())
  const found = await checkReplication(pool, { databaseUrl: app.databaseUrl, requireSynchronous: false })
  expect(found).toMatchObject([{ ok: true, weak: true, found: expect.stringMatching(/^no standby: /) }])
  expect(await checkReplication(pool, { databaseUrl: null, requireSynchronous: false })).toEqual([])
  const product = await newProduct(app.app.engine, { stock: 1 })
  const { body } = await app.get(`/api/admin/live?product_id=${product}`)
  expect(body.database).toEqual({ split_brain: false, lost_changes: 0, replication: null })
})
