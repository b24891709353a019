import { expect, test } from "vitest"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { eventWith } from "../support/builders.ts"
import { newProduct } from "../support/products.ts"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"

// Every COMMIT on this database is slow, so that a test can act during one.
async function slowCommits(engine: TestEngine): Promise<void> {
  await engine.database.views.query(`
    create function linger() returns trigger language plpgsql as 'begin perform pg_sleep(0.3); return null; end';
    create constraint trigger slow_commit after insert on holds
      deferrable initially deferred for each row execute function linger()`)
}

async function placeHold(engine: TestEngine, productId: number) {
  const holdId = await engine.ids.next("holds")
  const command = { kind: "place_hold", productId, holdId, qty: 1, customerId: null } as const
  return { holdId, ...(await engine.lanes.submit(command)) }
}

async function holdsOf(engine: TestEngine, productId: number): Promise<number[]> {
  const { rows } = await engine.database.views.query<{ id: number }>(
    "select id from holds where product_id = $1 order by id",
    [productId],
  )
  return rows.map((row) => row.id)
}

test("a response is sent after the commit, never before (I5)", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 10 })
  await slowCommits(engine)

  const { holdId } = await placeHold(engine, productId)

  expect(await holdsOf(engine, productId)).toEqual([holdId])
})

test("a backend is terminated during COMMIT: the server looks for the batch, does not find it and repeats it once", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 10 })
  await slowCommits(engine)

  const answer = placeHold(engine, productId)
  await terminateCommitting(engine)
  const { holdId, outcome } = await answer

  expect(outcome).toMatchObject({ id: holdId, status: "active" })
  expect(await holdsOf(engine, productId)).toEqual([holdId])
  expect(await differencesIn(engine.url)).toEqual([])
})

test("the response to COMMIT is lost: the server looks for the batch, finds it and does not repeat it", async () => {
  await using direct = await createTestEngine()
  await using proxy = await startDatabaseProxy(direct.url)
  await using engine = await createTestEngine({}, proxy.url)
  const productId = await newProduct(engine, { stock: 10 })

  proxy.loseCommit("insert-holds")
  const { holdId, outcome } = await placeHold(engine, productId)

  expect(proxy.lost()).toBe(1)
  expect(outcome).toMatchObject({ id: holdId, status: "active" })
  expect(await holdsOf(direct, productId)).toEqual([holdId])
  expect((await direct.views.product(productId))?.product).toMatchObject({ held: 1, stock: 10 })
  expect(await differencesIn(direct.url)).toEqual([])
})

// Commands that create no row are repeated after a lost COMMIT. The repetition must not change anything twice.
test("the response to a release's COMMIT is lost: the units become available once", async () => {
  await using direct = await createTestEngine()
  await using proxy = await startDatabaseProxy(direct.url)
  await using engine = await createTestEngine({}, proxy.url)
  const productId = await newProduct(engine, { stock: 10 })
  const { holdId } = await placeHold(engine, productId)

  proxy.loseCommit("end-holds")
  const { outcome } = await engine.lanes.submit({ kind: "release_hold", productId, holdId })

  expect(proxy.lost()).toBe(1)
  expect(outcome).toMatchObject({ id: holdId, status: "released" })
  expect((await direct.views.product(productId))?.product).toMatchObject({ held: 0 })
  expect(await differencesIn(direct.url)).toEqual([])
})

test("the response to a refund's COMMIT is lost: there is one refund, and one unit is available again", async () => {
  await using direct = await createTestEngine()
  await using proxy = await startDatabaseProxy(direct.url)
  await using engine = await createTestEngine({}, proxy.url)
  const productId = await newProduct(engine, { stock: 10 })
  const { holdId } = await placeHold(engine, productId)
  const orderId = await engine.ids.next("orders")
  await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })

  proxy.loseCommit("insert-payment_events")
  const paid = await engine.paymentEvents.receive(eventWith({ orderId, paymentId: "pay-1" }))
  proxy.loseCommit("insert-refunds")
  const refund = { kind: "refund_order", productId, orderId, amountMinor: 5, restockQty: 1 } as const
  const { outcome } = await engine.lanes.submit(refund)

  expect(proxy.lost()).toBe(2)
  expect(paid).toMatchObject({ duplicate: false, event: { outcome: "paid" } })
  expect(outcome).toMatchObject({ number: 1, amountMinor: 5 })
  expect(await direct.money.refundsOf(orderId)).toHaveLength(1)
  expect((await direct.views.product(productId))?.product).toMatchObject({ sold: 0, held: 0 })
  expect(await differencesIn(direct.url)).toEqual([])
})

/** Waits until a backend is in the middle of its COMMIT and terminates it. */
async function terminateCommitting(engine: TestEngine): Promise<void> {
  for (;;) {
    const { rows } = await engine.database.views.query<{ ended: boolean }>(`
      select pg_terminate_backend(pid) as ended
        from pg_stat_activity
       where datname = current_database()
         and query = 'commit'
         and wait_event = 'PgSleep'`)
    if (rows.length > 0) return
  }
}
