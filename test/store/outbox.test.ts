import { expect, test } from "vitest"
import { createSubscribers } from "../../src/store/batch/outbox.ts"
import { begin } from "../../src/store/tx.ts"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

async function listen(engine: TestEngine, id = 1): Promise<void> {
  await engine.webhooks.endpoints.create({ id, url: "https://hook.example", types: null, secret: SECRET })
}

async function makeOrder(engine: TestEngine, productId: number, id: number): Promise<void> {
  await engine.lanes.submit({ kind: "place_hold", productId, holdId: id, qty: 1, customerId: null })
  await engine.lanes.submit({ kind: "place_order", productId, holdId: id, orderId: id })
}

const payOrder = (engine: TestEngine, orderId: number) =>
  engine.paymentEvents.receive(eventWith({ key: `key-${orderId}`, orderId, paymentId: `pay-${orderId}` }))

async function outboxOf(engine: TestEngine): Promise<string[]> {
  const { rows } = await engine.database.views.query<{ id: string }>("select id from outbox order by id")
  return rows.map(({ id }) => id)
}

test("without an endpoint, a sale writes no outgoing event", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 1 })
  await makeOrder(engine, productId, 1)
  await payOrder(engine, 1)
  expect(await outboxOf(engine)).toEqual([])
  const client = await engine.database.batches.connect()
  const { rows } = await client.query<{ name: string }>("select name from pg_prepared_statements")
  client.release()
  const tables = rows.map(({ name }) => /^insert-(\w+)-/.exec(name)?.[1])
  expect(tables).toContain("orders")
  expect(tables).not.toContain("outbox")
})

test("endpoints are looked for at most once a second, and at once after this process has made one", async () => {
  await using engine = await createTestEngine()
  await newProduct(engine, { stock: 1 })
  const client = await engine.database.batches.connect()
  const { tx } = begin(client)
  let asked = 0
  const counting = new Proxy(tx, {
    get(target, property) {
      if (property === "query") asked += 1
      const member: unknown = Reflect.get(target, property)
      return typeof member === "function" ? member.bind(target) : member
    },
  })
  const subscribers = createSubscribers()
  const startedAt = performance.now()
  for (let count = 0; count < 2_000; count += 1) expect(await subscribers.exist(counting)).toBe(false)
  const seconds = (performance.now() - startedAt) / 1_000
  expect(asked).toBeLessThanOrEqual(1 + Math.floor(seconds))
  expect(subscribers.exist(counting)).toBe(false)

  await listen(engine)
  expect(subscribers.exist(counting)).toBe(false)
  subscribers.forget()
  expect(await subscribers.exist(counting)).toBe(true)
  expect(subscribers.exist(counting)).toBe(true)
  client.release(true)
})

test("once there is an endpoint, every event is written, in the transaction that causes it", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 2 })
  await makeOrder(engine, productId, 1)
  await listen(engine)
  await makeOrder(engine, productId, 2)
  for (const id of [1, 2]) await payOrder(engine, id)
  expect(await outboxOf(engine)).toEqual([
    "order_created-2",
    "order_paid-1",
    "order_paid-2",
    expect.stringMatching(/^product_sold_out-\d+-\d+$/),
  ])
})

test("a group of batches writes its events too", async () => {
  await using engine = await createTestEngine()
  await listen(engine)
  const products = await Promise.all(Array.from({ length: 10 }, () => newProduct(engine, { stock: 5 })))
  await Promise.all(products.map((productId, index) => makeOrder(engine, productId, index + 1)))
  expect(await outboxOf(engine)).toEqual(products.map((_, index) => `order_created-${index + 1}`).sort())
})

test("another process notices an endpoint within a second", async () => {
  await using engine = await createTestEngine()
  await using other = await createTestEngine({}, engine.url)
  const productId = await newProduct(engine, { stock: 100_000 })
  await makeOrder(other, productId, 1)
  await listen(engine)
  const listenedAt = performance.now()
  for (let id = 2; (await outboxOf(engine)).length === 0; id += 1) await makeOrder(other, productId, id)
  expect(performance.now() - listenedAt).toBeLessThan(1_500)
})

test("a rolled-back batch writes no event", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 10 })
  await listen(engine)
  await engine.lanes.submit({ kind: "place_hold", productId, holdId: 1, qty: 1, customerId: null })
  await engine.database.views.query(`
    create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
    create constraint trigger refuse_commit after insert on orders
      deferrable initially deferred for each row execute function refuse()`)
  await expect(
    engine.lanes.submit({ kind: "place_order", productId, holdId: 1, orderId: 1 }),
  ).rejects.toThrow("no")
  expect(await outboxOf(engine)).toEqual([])
})

test("if the answer to a payment's COMMIT is lost, its event is written once", async () => {
  await using direct = await createTestEngine()
  await using proxy = await startDatabaseProxy(direct.url)
  await using engine = await createTestEngine({}, proxy.url)
  const productId = await newProduct(engine, { stock: 1 })
  await listen(engine)
  await makeOrder(engine, productId, 1)
  proxy.loseCommit("insert-payments")
  await payOrder(engine, 1)
  expect(proxy.lost()).toBe(1)
  expect(await outboxOf(direct)).toEqual([
    "order_created-1",
    "order_paid-1",
    expect.stringMatching(/^product_sold_out-/),
  ])
  expect(await differencesIn(direct.url)).toEqual([])
})

// A repeated batch produces the same events, whose rows may exist already.
test("an event that exists already is left as it is, and the batch continues", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 10 })
  await listen(engine)
  await engine.database.views.query(
    `insert into outbox (id, product_id, type, body, created_at, addressed_at)
     values ('order_created-1', $1, 'order.created', 'the first one', now(), now())`,
    [productId],
  )
  await makeOrder(engine, productId, 1)
  const { rows } = await engine.database.views.query("select body from outbox")
  expect(rows).toEqual([{ body: "the first one" }])
  expect(await engine.views.order(1)).toMatchObject({ status: "pending_payment" })
})
