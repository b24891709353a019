import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Webhook } from "standardwebhooks"
import { expect, test } from "vitest"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { startReceiver } from "../support/receiver.ts"
import { startWorkerProcess } from "../support/server-process.ts"
import { WEBHOOK_SECRET } from "../support/shop.ts"

// A worker that dies between sending and recording. It is a process of its own, and it is killed while the endpoints
// have received its requests and have not responded.

const EVENTS = 40
/** The number of concurrent requests of one worker to an endpoint. */
const UNDER_WAY = 16

test("events that a killed worker had sent and not recorded are sent again with the same webhook-id, and none is lost", async () => {
  await using engine = await createTestEngine()
  await using receiver = await startReceiver()
  const endpoint = { id: 1, url: receiver.url, types: ["order.created"], secret: WEBHOOK_SECRET } as const
  await engine.webhooks.endpoints.create(endpoint)
  const orderIds = await makeOrders(engine, EVENTS)
  const environment = { DATABASE_URL: engine.url, WEBHOOK_ALLOW_PRIVATE: "true" }

  const unanswered: ServerResponse[] = []
  receiver.answer((response) => void unanswered.push(response))
  await using killed = await startWorkerProcess(environment)
  await expect.poll(() => unanswered.length, { timeout: 20_000 }).toBe(UNDER_WAY)
  expect(await killed.end("SIGKILL")).toBe("SIGKILL")
  receiver.answer((response) => void response.writeHead(204).end())
  for (const response of unanswered) response.writeHead(204).end()

  await using next = await startWorkerProcess(environment)
  const delivered = () =>
    statuses(engine).then((all) => all.filter((status) => status === "delivered").length)
  await expect.poll(delivered, { timeout: 20_000 }).toBe(EVENTS - UNDER_WAY)
  // The dead worker's lease on the others lasts a minute, so the test makes them a minute older.
  expect(receiver.received).toHaveLength(EVENTS)
  const { rowCount } = await engine.database.views.query(
    `update webhook_deliveries
        set not_before = not_before - interval '60 seconds'
      where status = 'due'
        and not_before > clock_timestamp()`,
  )
  expect(rowCount).toBe(UNDER_WAY)
  await expect.poll(delivered, { timeout: 20_000 }).toBe(EVENTS)

  const times = new Map<string, number>()
  for (const { id, headers, body } of receiver.received) {
    const message = new Webhook(WEBHOOK_SECRET).verify(body, headers as Record<string, string>)
    expect(message).toMatchObject({ type: "order.created" })
    expect(id).toBe(`order_created-${(message as { data: { order_id: number } }).data.order_id}`)
    times.set(id, (times.get(id) ?? 0) + 1)
  }
  expect([...times.keys()].sort()).toEqual(orderIds.map((id) => `order_created-${id}`).sort())
  const repeated = [...times].filter(([, count]) => count === 2).map(([id]) => id)
  expect(repeated.sort()).toEqual(
    receiver.received
      .slice(0, UNDER_WAY)
      .map(({ id }) => id)
      .sort(),
  )
  expect(receiver.received).toHaveLength(EVENTS + UNDER_WAY)
  expect(await next.end("SIGTERM")).toBe(0)
  expect(await differencesIn(engine.url)).toEqual([])
})

test("a refund that a killed worker had sent and not recorded is sent again with the same key", async () => {
  await using engine = await createTestEngine()
  await using bank = await startBank()
  const orderIds = await makeOrders(engine, 3)
  for (const orderId of orderIds) {
    const payment = { provider: "simulator", paymentId: `pay_${orderId}` }
    // The payment is a cent too high, and the cent has to be refunded.
    const amountMinor = ((await engine.views.order(orderId))?.totalMinor ?? 0) + 1
    await engine.paymentEvents.receive(eventWith({ ...payment, key: `key-${orderId}`, orderId, amountMinor }))
  }
  const environment = {
    DATABASE_URL: engine.url,
    SIMULATOR_URL: bank.url,
    SIMULATOR_SECRET: WEBHOOK_SECRET,
  }

  await using killed = await startWorkerProcess(environment)
  await expect.poll(() => bank.asked.length, { timeout: 20_000 }).toBe(orderIds.length)
  expect(await killed.end("SIGKILL")).toBe("SIGKILL")
  const before = await refundsOf(engine, orderIds)
  expect(before.map(({ status, attempts }) => [status, attempts])).toEqual(orderIds.map(() => ["due", 1]))
  bank.answerEverybody()

  await using next = await startWorkerProcess(environment)
  const confirmed = async () => (await refundsOf(engine, orderIds)).map(({ status }) => status)
  // The dead worker's lease lasts as long as its calls may take, so the test makes the refunds a minute older.
  await engine.database.views.query(
    "update refunds set not_before = not_before - interval '60 seconds' where status = 'due'",
  )
  await expect.poll(confirmed, { timeout: 20_000 }).toEqual(orderIds.map(() => "confirmed"))
  const keys = orderIds.map((orderId) => `doorbuster-refund-${orderId}-1-pay_${orderId}`)
  expect(bank.asked.slice(0, keys.length).sort()).toEqual(keys)
  expect(bank.asked.slice(keys.length).sort()).toEqual(keys)
  // With the same key as before, each is one refund.
  expect([...bank.made.values()]).toEqual(orderIds.map(() => 1))
  expect(await next.end("SIGTERM")).toBe(0)
  expect(await differencesIn(engine.url)).toEqual([])
})

async function makeOrders(engine: TestEngine, count: number): Promise<number[]> {
  const productId = await newProduct(engine, { stock: count })
  return Promise.all(
    Array.from({ length: count }, async () => {
      const [holdId, orderId] = [await engine.ids.next("holds"), await engine.ids.next("orders")]
      await engine.lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: null })
      await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
      return orderId
    }),
  )
}

async function statuses(engine: TestEngine): Promise<string[]> {
  const { rows } = await engine.database.views.query<{ status: string }>(
    "select status from webhook_deliveries",
  )
  return rows.map(({ status }) => status)
}

async function refundsOf(engine: TestEngine, orderIds: readonly number[]) {
  return (await Promise.all(orderIds.map((id) => engine.money.refundsOf(id)))).flat()
}

/** A provider that accepts refunds as the simulator does and does not respond until it is told to. */
interface Bank extends AsyncDisposable {
  readonly url: string
  /** The keys of all requests, in order of arrival. */
  readonly asked: readonly string[]
  /** The refunded amounts, by key. */
  readonly made: ReadonlyMap<string, number>
  answerEverybody(): void
}

async function startBank(): Promise<Bank> {
  const asked: string[] = []
  const made = new Map<string, number>()
  const waiting: (() => void)[] = []
  let isSilent = true
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => (body += text))
    request.on("end", () => {
      const key = String(request.headers["idempotency-key"])
      asked.push(key)
      made.set(key, JSON.parse(body).amount_minor)
      const answer = () =>
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ refund_id: `re_${key}`, status: "succeeded" }))
      if (isSilent) waiting.push(answer)
      else answer()
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    made,
    answerEverybody() {
      isSilent = false
      for (const answer of waiting) answer()
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
