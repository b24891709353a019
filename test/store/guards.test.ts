import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { needs } from "../../src/domain/needs.ts"
import { instant, later, type Instant } from "../../src/domain/time.ts"
import { changeLoadedProduct, type WorkingSet } from "../../src/domain/working-set.ts"
import type { Database } from "../../src/store/pool.ts"
import { createProductStore, type ProductStore } from "../../src/store/batch/product-store.ts"
import { loadWorkingSets, loadWorkingSet, type LoadedBatch } from "../../src/store/batch/load.ts"
import { createHistory } from "../../src/store/history.ts"
import { saveChanges } from "../../src/store/batch/save.ts"
import { transaction, type Tx } from "../../src/store/tx.ts"
import {
  disputeWith,
  eventWith,
  holdWith,
  orderWith,
  parkedEvent,
  productWith,
  refundWith,
  RULES,
} from "../support/builders.ts"
import { createTestDatabase, type TestDatabase } from "../support/database.ts"
import { everyRow, insertRow, openScopedDatabase } from "../support/rows.ts"

// A batch whose working set differs from the database must be rolled back as a whole.

let empty: TestDatabase
let database: Database
let store: ProductStore

beforeAll(async () => {
  empty = await createTestDatabase()
  database = openScopedDatabase(empty.url)
})

afterAll(async () => {
  await database.close()
  await empty[Symbol.asyncDispose]()
})

/** Product 1 at version 7 with one hold, one order, one parked event and one refund. */
beforeEach(async () => {
  // The rows of each test are older than those that the test before has committed.
  store = createProductStore({ ...database, history: createHistory() }, RULES)
  const pool = database.views
  await pool.query(
    "truncate products, holds, orders, payment_events, refunds, disputes, product_customers, idempotency_keys",
  )
  await insertRow(pool, "products", { version: 7, held: 4, sold: 0 })
  await insertRow(pool, "holds")
  await insertRow(pool, "orders", { hold_id: 2 })
  await insertRow(pool, "payment_events", {
    outcome: "parked",
    applied_order_id: null,
    applied_at: null,
    order_status: null,
  })
  await insertRow(pool, "refunds")
})

const released = { status: "released" } as const

type Tampering = (state: WorkingSet, now: Instant) => void

/** Cases in which the working set of a batch is stale by the time it is written. */
const stale: [string, string, Tampering, { table: string; column: string }][] = [
  [
    "saves over a product that has moved on",
    "update products set version = 8 where id = 1",
    (state) => {
      state.loadedProduct = productWith({ version: 7, held: 4 })
      state.product = productWith({ version: 8, held: 5 })
      state.holds.add(holdWith({ id: 100 }))
    },
    { table: "products", column: "version" },
  ],
  [
    "saves over a newer product with an older one",
    "update products set version = 6 where id = 1",
    (state) => {
      state.loadedProduct = productWith({ version: 7, held: 4 })
      state.product = productWith({ version: 8, held: 5 })
    },
    { table: "products", column: "version" },
  ],
  ...(["released", "expired", "converted"] as const).map((status): (typeof stale)[number] => [
    `ends a hold that is ${status} already`,
    `update holds set status = '${status}', ended_at = now() where id = 1`,
    (state, now) => {
      changeProduct(state)
      state.holds.load(holdWith())
      state.holds.replace(holdWith({ ...released, endedAt: now }))
    },
    { table: "holds", column: "status" },
  ]),
  ...(["paid", "cancelled", "expired"] as const).map((status): (typeof stale)[number] => [
    `ends an order that is ${status} already`,
    `update orders set status = '${status}', paid_at = ${status === "paid" ? "now()" : "null"} where id = 11`,
    (state, now) => {
      changeProduct(state)
      state.orders.load(orderWith({ holdId: 2 }))
      state.orders.replace(orderWith({ holdId: 2, status: "paid", paidAt: now }))
    },
    { table: "orders", column: "status" },
  ]),
  [
    "applies a parked event that was applied already",
    "update payment_events set outcome = 'paid', applied_at = now(), applied_order_id = 11",
    (state, now) => {
      changeProduct(state)
      state.events.load(parkedEvent())
      state.events.replace(
        parkedEvent({ outcome: "cancelled", appliedAt: now, appliedOrderId: 11, orderStatus: "cancelled" }),
      )
    },
    { table: "payment_events", column: "outcome" },
  ],
  [
    "applies a parked event whose money was returned manually",
    "update payment_events set returned_at = now()",
    (state, now) => {
      changeProduct(state)
      state.events.load(parkedEvent())
      state.events.replace(
        parkedEvent({ outcome: "paid", appliedAt: now, appliedOrderId: 11, orderStatus: "paid" }),
      )
    },
    { table: "payment_events", column: "outcome" },
  ],
  [
    "starts a payment of an order that has ended",
    "update orders set status = 'cancelled' where id = 11",
    (state) => {
      changeProduct(state)
      state.orders.load(orderWith({ holdId: 2 }))
      state.orders.replace(orderWith({ holdId: 2, paymentAttempts: 1 }))
    },
    { table: "orders", column: "status" },
  ],
  [
    "applies a late payment to an order that another late payment has paid",
    "update orders set status = 'paid', paid_at = now(), late = true where id = 11",
    (state, now) => {
      changeProduct(state)
      state.orders.load(orderWith({ holdId: 2, status: "expired" }))
      state.orders.replace(orderWith({ holdId: 2, status: "paid", paidAt: now, late: true }))
    },
    { table: "orders", column: "status" },
  ],
  ...(["confirmed", "failed"] as const).map((status): (typeof stale)[number] => [
    `sends a refund again that is ${status} already`,
    `update refunds set status = '${status}' where number = 1`,
    (state) => {
      changeProduct(state)
      state.refunds.load(refundWith())
      state.refunds.replace(refundWith({ status: "sent", providerRefundId: "re-2" }))
    },
    { table: "refunds", column: "status" },
  ]),
  [
    "closes a dispute that has been closed",
    "insert into disputes select 1, 11, 'generic', 'dp-1', 'first-key', 'pay-1', 19998, 'EUR', 0, 'won', now(), now()",
    (state) => {
      changeProduct(state)
      state.disputes.load(disputeWith())
      state.disputes.replace(disputeWith({ status: "lost" }))
    },
    { table: "disputes", column: "status" },
  ],
  [
    "stores an idempotency key that another batch has just stored",
    `insert into idempotency_keys values ('s', 'k', 'f', '{"first":true}', now())`,
    (state, now) => {
      changeProduct(state)
      state.idempotency.add({ scope: "s", key: "k", fingerprint: "g", outcome: "{}", createdAt: now })
    },
    { table: "idempotency_keys", column: "created_at" },
  ],
]

/** A change of the product that the test would find if the batch were not rolled back. */
function changeProduct(state: WorkingSet): void {
  if (state.product === null) throw new Error("no product")
  state.product = { ...state.product, stock: 99, version: state.product.version + 1 }
}

describe("a batch that", () => {
  test.each(stale)("%s fails, and nothing changes", async (_, change, tamper, refusedBy) => {
    await database.views.query(change)
    const before = await everyRow(database.views)

    const saved = store.transact(1, needs([]), tamper)

    await expect(saved).rejects.toMatchObject({ code: "23502", ...refusedBy })
    expect(await everyRow(database.views)).toEqual(before)
  })

  test("has an up-to-date working set is saved", async () => {
    await store.transact(1, needs([]), (state, now) => {
      changeProduct(state)
      state.holds.load(holdWith())
      state.holds.replace(holdWith({ ...released, endedAt: now }))
    })
    expect(await everyRow(database.views)).toMatchObject({
      products: [{ stock: 99, version: 8 }],
      holds: [{ status: "released" }],
    })
  })

  test.each([
    ["a hold under a taken id", "holds_pkey", (state: WorkingSet) => state.holds.add(holdWith())],
    [
      "an order under a taken id",
      "orders_pkey",
      (state: WorkingSet) => state.orders.add(orderWith({ holdId: 9 })),
    ],
    [
      "a second order of a hold",
      "orders_one_per_hold",
      (state: WorkingSet) => state.orders.add(orderWith({ id: 12, holdId: 2 })),
    ],
    [
      "an event under a taken key",
      "payment_events_once",
      (state: WorkingSet, now: Instant) =>
        state.events.add({
          ...eventWith(),
          outcome: "paid",
          appliedOrderId: 11,
          orderStatus: "paid",
          late: false,
          receivedAt: now,
          appliedAt: now,
          returnedAt: null,
        }),
    ],
  ])("makes %s fails, and nothing changes", async (_, constraint, tamper) => {
    const before = await everyRow(database.views)
    const saved = store.transact(1, needs([]), (state, now) => {
      changeProduct(state)
      tamper(state, now)
    })
    await expect(saved).rejects.toMatchObject({ code: "23505", constraint })
    expect(await everyRow(database.views)).toEqual(before)
  })

  test("throws in its decision writes nothing and leaves a usable connection", async () => {
    const before = await everyRow(database.views)
    const saved = store.transact(1, needs([]), () => {
      throw new Error("a fault of ours")
    })
    await expect(saved).rejects.toThrow("a fault of ours")
    expect(await everyRow(database.views)).toEqual(before)
    expect((await store.transact(1, needs([]), () => {})).product).toMatchObject({ version: 7 })
  })
})

test("a batch that cannot be loaded fails with the first error, not because its transaction is aborted", async () => {
  const aborted = Object.assign(new Error("current transaction is aborted"), { code: "25P02" })
  // Statements that are sent after the failing one may reject before it.
  const subscribers = { exist: () => Promise.reject(aborted), forget: () => undefined }
  const deaf = createProductStore(database, RULES, subscribers)
  const tooLarge = 2 ** 70
  const saved = deaf.transact(1, { ...needs([]), holdIds: [tooLarge] }, () => {})
  await expect(saved).rejects.toMatchObject({ code: "22P02" })
})

/** Changes the products of a batch, and saves it with a wrong row location of the last product. */
async function saveAt(tx: Tx, batch: LoadedBatch, rowLocation: string): Promise<void> {
  for (const { state } of batch.sets) changeLoadedProduct(state, { held: 5 })
  const last = batch.sets.length - 1
  const sets = batch.sets.map((set, index) => (index === last ? { ...set, rowLocation } : set))
  await Promise.all(saveChanges(tx, { ...batch, sets }))
}

test.each([
  ["has moved away", "(4000,1)"],
  ["is another product's row by now", null],
])("a product's row that %s rolls the batch back", async (_, elsewhere) => {
  const rowLocation = elsewhere ?? (await insertProduct(2))
  const before = await everyRow(database.views)
  const saved = transaction(database.batches, async (tx) =>
    saveAt(tx, await loadWorkingSet(tx, { productId: 1, needs: needs([]), rules: RULES }), rowLocation),
  )
  await expect(saved).rejects.toMatchObject({ code: "22012" })
  expect(await everyRow(database.views)).toEqual(before)
})

test.each([
  ["has moved away", "(4000,1)", "22012"],
  ["is another product's row by now", null, "23502"],
])("a product's row that %s rolls back a batch of several products", async (_, elsewhere, code) => {
  await insertRow(database.views, "products", { id: 2, version: 7 })
  const rowLocation = elsewhere ?? (await insertProduct(3))
  const before = await everyRow(database.views)
  const wanted = [1, 2].map((productId) => ({ productId, needs: needs([]) }))
  const saved = transaction(database.batches, async (tx) =>
    saveAt(tx, await loadWorkingSets(tx, wanted, RULES), rowLocation),
  )
  await expect(saved).rejects.toMatchObject({ code })
  expect(await everyRow(database.views)).toEqual(before)
})

/** Inserts another product at version 7 and returns the location of its row. */
async function insertProduct(id: number): Promise<string> {
  await insertRow(database.views, "products", { id, version: 7 })
  const { rows } = await database.views.query<{ location: string }>(
    "select ctid::text as location from products where id = $1",
    [id],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`product ${id} was not inserted`)
  return row.location
}

test("a number that JavaScript could not hold exactly is an error", async () => {
  const read = (number: string) => database.views.query(`select ${number}::int8 as number`)
  expect((await read("9007199254740991")).rows).toEqual([{ number: Number.MAX_SAFE_INTEGER }])
  await expect(read("9007199254740993")).rejects.toThrow("not a safe integer")
})

test("a transaction that the server has aborted unnoticed is not taken for committed", async () => {
  const before = await everyRow(database.views)
  const saved = transaction(database.views, async (tx) => {
    await tx.query("update products set stock = 99 where id = 1")
    await tx.query("select 1 / 0").catch(() => undefined)
  })
  await expect(saved).rejects.toThrow("the transaction ended with ROLLBACK")
  expect(await everyRow(database.views)).toEqual(before)
})

test("an idempotency key returns the first answer for a day, and no longer", async () => {
  const ages = { young: "23 hours 59 minutes", old: "24 hours", ancient: "3 days" }
  for (const [key, age] of Object.entries(ages)) {
    await database.views.query(
      "insert into idempotency_keys values ('s', $1, 'f', '{}', clock_timestamp() - $2::interval)",
      [key, age],
    )
  }
  const idempotency = Object.keys(ages).map((key) => ({ scope: "s", key }))
  const { idempotency: found } = await store.transact(1, { ...needs([]), idempotency }, () => {})
  expect([...found.values()].map(({ key }) => key)).toEqual(["young"])
})

test("an idempotency key that is older than a day is overwritten", async () => {
  await insertRow(database.views, "idempotency_keys", { created_at: "2020-01-01T00:00:00Z" })
  await store.transact(1, needs([]), (state, now) => {
    state.idempotency.add({ scope: "s", key: "k", fingerprint: "g", outcome: "[]", createdAt: now })
  })
  const { idempotency_keys: kept } = await everyRow(database.views)
  // The second row is the mark of the batch.
  expect(kept).toHaveLength(2)
  expect(kept).toContainEqual(expect.objectContaining({ fingerprint: "g", outcome: "[]" }))
})

test("a batch waits for its lock, and reads the time after the wait", async () => {
  const holder = await database.views.connect()
  const moments: Instant[] = []
  try {
    await holder.query("begin")
    await holder.query("select from products where id = 1 for update")
    const saved = store.transact(1, needs([]), (_, now) => void moments.push(now))
    await untilSomeoneWaits()
    const { rows } = await holder.query<{ now: string }>("select clock_timestamp() as now")
    await holder.query("commit")
    await saved
    const released = instant(Number(rows[0]?.now))
    expect(moments).toHaveLength(1)
    expect(moments[0]).toBeGreaterThanOrEqual(released)
    expect(moments[0]).toBeLessThan(later(released, 60))
  } finally {
    holder.release()
  }
})

/** Polls the server until a session waits for a lock. */
async function untilSomeoneWaits(): Promise<void> {
  for (;;) {
    const { rowCount } = await database.views.query(
      "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    )
    if (rowCount === 1) return
  }
}
