import { Webhook } from "standardwebhooks"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import type { EventType } from "../../src/wire/outgoing-event.ts"
import { createLog } from "../../src/base/log.ts"
import type { FindAddresses } from "../../src/worker/addresses.ts"
import { createDeliveries, resultOf, type Deliveries } from "../../src/worker/deliveries.ts"
import type { PostOptions } from "../../src/worker/post-event.ts"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { startReceiver, type Receiver } from "../support/receiver.ts"

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

let engine: TestEngine
let productId: number
let lastId = 0
let endpointId = 0
beforeAll(async () => {
  engine = await createTestEngine()
  productId = await newProduct(engine, { stock: 100_000 })
})
afterAll(() => engine[Symbol.asyncDispose]())
afterEach(async () => {
  for (const { id } of await engine.webhooks.endpoints.list()) await engine.webhooks.endpoints.remove(id)
})

/** Creates an endpoint for the receiver, for new orders unless other types are given. */
async function listen(
  { url }: Pick<Receiver, "url">,
  types: readonly EventType[] | null = ["order.created"],
): Promise<number> {
  endpointId += 1
  await engine.webhooks.endpoints.create({ id: endpointId, url, types, secret: SECRET })
  return endpointId
}

/** Makes orders and returns the ids of their events. */
async function makeOrders(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => lastId + 1 + index)
  lastId += count
  await Promise.all(
    ids.map(async (id) => {
      await engine.lanes.submit({ kind: "place_hold", productId, holdId: id, qty: 1, customerId: null })
      await engine.lanes.submit({ kind: "place_order", productId, holdId: id, orderId: id })
    }),
  )
  return ids.map((id) => `order_created-${id}`)
}

function worker(post: Partial<PostOptions> = {}): Deliveries {
  return createDeliveries({
    queue: engine.webhookQueue,
    log: createLog("silent"),
    observer: engine.events,
    post: { allowPrivate: true, ...post },
    random: () => 0,
  })
}

/** Sends until nothing is due. */
async function sendAll(...workers: readonly Deliveries[]): Promise<void> {
  const sendAsOne = async (one: Deliveries) => {
    while (await one.begin()) await one.idle()
    await one.idle()
  }
  await Promise.all(workers.map(sendAsOne))
}

const dueNow = () =>
  engine.database.views.query("update webhook_deliveries set not_before = now() where status = 'due'")
const all = { after: null, limit: 1_000 }
const deliveriesOf = (id: number) => engine.webhooks.deliveries.list(id, null, all)

/** The seconds until the only delivery of the endpoint is tried again. */
async function waitOf(id: number): Promise<number> {
  const { rows } = await engine.database.views.query<{ wait: number }>(
    `select extract(epoch from not_before - clock_timestamp())::float8 as wait
       from webhook_deliveries
      where endpoint_id = ${id}`,
  )
  return rows[0]?.wait ?? NaN
}

describe("an event with an endpoint", () => {
  test("is posted once, in the form of Standard Webhooks", async () => {
    await using receiver = await startReceiver()
    const id = await listen(receiver)
    const [eventId = ""] = await makeOrders(1)
    await sendAll(worker())
    await dueNow()
    await sendAll(worker())

    expect(receiver.received).toHaveLength(1)
    const [{ headers, body } = { headers: {}, body: "" }] = receiver.received
    const message = new Webhook(SECRET).verify(body, headers as Record<string, string>)
    expect(message).toMatchObject({
      type: "order.created",
      timestamp: expect.stringMatching(/^\d{4}-.+Z$/),
      data: { order_id: lastId, product_id: productId, status: "pending_payment", total_price: "99.99" },
    })
    expect(Object.keys(message as object)).toEqual(["type", "timestamp", "data"])
    expect(headers).toMatchObject({ "webhook-id": eventId, "content-type": "application/json" })
    expect(eventId).not.toContain(".")
    expect(await deliveriesOf(id)).toMatchObject([
      {
        eventId,
        type: "order.created",
        status: "delivered",
        attempts: 1,
        responseStatus: 204,
        lastError: null,
      },
    ])
  })

  test("goes to all endpoints with its type, and to no others", async () => {
    await using everything = await startReceiver()
    await using payments = await startReceiver()
    await using refunds = await startReceiver()
    await listen(everything, null)
    await listen(payments, ["order.paid", "order.created"])
    await listen(refunds, ["payment.refund_due"])
    await makeOrders(1)
    await engine.paymentEvents.receive(
      eventWith({ key: `key-${lastId}`, orderId: lastId, paymentId: `pay-${lastId}` }),
    )
    await sendAll(worker())
    const ids = ({ received }: Receiver) => received.map(({ id }) => id).sort()
    expect(ids(everything)).toEqual([`order_created-${lastId}`, `order_paid-${lastId}`])
    expect(ids(payments)).toEqual(ids(everything))
    expect(ids(refunds)).toEqual([])
  })

  test("goes out once, however many workers there are", async () => {
    await using receiver = await startReceiver()
    await listen(receiver)
    const expected = await makeOrders(700)
    await sendAll(worker(), worker(), worker())
    expect(receiver.received.map(({ id }) => id).sort()).toEqual(expected.sort())
  })

  test("is sent even if its transaction commits after later events were sent", async () => {
    await using receiver = await startReceiver()
    await listen(receiver)
    const slow = await engine.database.views.connect()
    await slow.query("begin")
    await slow.query(
      `insert into outbox (id, product_id, type, body, created_at)
       values ('order_created-0', 1, 'order.created', '{}', clock_timestamp())`,
    )
    await makeOrders(3)
    await sendAll(worker())
    expect(receiver.received).toHaveLength(3)
    await slow.query("commit")
    slow.release()
    await sendAll(worker())
    expect(receiver.received.map(({ id }) => id)).toContain("order_created-0")
  })

  test("is sent again with the same id and content if a worker dies before it has saved the answer", async () => {
    await using receiver = await startReceiver()
    const id = await listen(receiver)
    await makeOrders(1)
    const dead = createDeliveries({
      queue: { ...engine.webhookQueue, note: () => new Promise(() => {}) },
      log: createLog("silent"),
      observer: engine.events,
      post: { allowPrivate: true },
    })
    await dead.begin()
    await expect.poll(() => receiver.received.length).toBe(1)

    // No other worker takes it while it may still be under way.
    await sendAll(worker())
    expect(receiver.received).toHaveLength(1)
    expect(await waitOf(id)).toBeGreaterThan(15)

    await dueNow()
    await sendAll(worker())
    const [first, second] = receiver.received
    expect(receiver.received).toHaveLength(2)
    expect(second).toMatchObject({ id: first?.id, body: first?.body })
    expect(await deliveriesOf(id)).toMatchObject([{ status: "delivered", attempts: 2 }])
  })

  test("keeps the result of the worker that has the lease, not of one whose lease has ended", async () => {
    await using receiver = await startReceiver()
    const id = await listen(receiver)
    await makeOrders(1)
    await engine.webhookQueue.address()
    const [slow] = await engine.webhookQueue.take(new Map([[id, 1]]))
    await dueNow()
    await engine.webhookQueue.take(new Map([[id, 1]]))
    if (slow === undefined) throw new Error("nothing was due")
    await engine.webhookQueue.note(slow, { kind: "failed", responseStatus: 500, error: "too late" })
    expect(await deliveriesOf(id)).toMatchObject([{ status: "due", attempts: 2, lastError: null }])
  })

  test("that is under way when the worker stops is given back after a moment", async () => {
    await using receiver = await startReceiver()
    receiver.answer(() => {})
    const id = await listen(receiver)
    await makeOrders(1)
    const stopping = worker()
    await stopping.begin()
    await expect.poll(() => receiver.received.length).toBe(1)
    await stopping.stop()
    expect(await deliveriesOf(id)).toMatchObject([{ status: "due", attempts: 0, lastError: null }])
    expect(await waitOf(id)).toBeLessThanOrEqual(0)
  })

  test("is not taken for an endpoint that was disabled since the queue was read", async () => {
    const id = await listen({ url: "http://127.0.0.1:9" })
    const [eventId] = await makeOrders(1)
    const queue = engine.webhookQueue
    await queue.address()
    expect(await queue.waiting()).toEqual([id])

    await engine.webhooks.endpoints.change(id, { enabled: false })
    expect(await queue.take(new Map([[id, 1]]))).toEqual([])
    expect(await queue.waiting()).toEqual([])

    await engine.webhooks.endpoints.change(id, { enabled: true })
    expect(await queue.take(new Map([[id, 1]]))).toMatchObject([{ eventId, attempts: 1 }])
  })

  test("is not sent to an endpoint that did not exist yet when it happened, even if it is addressed later", async () => {
    const first = await listen({ url: "http://127.0.0.1:9" })
    const [eventId] = await makeOrders(1)
    const later = await listen({ url: "http://127.0.0.1:9" })
    await engine.webhookQueue.address()
    expect(await deliveriesOf(first)).toMatchObject([{ eventId }])
    expect(await deliveriesOf(later)).toEqual([])
  })

  test("that was delivered stays so, even if the same attempt reports another result", async () => {
    const id = await listen({ url: "http://127.0.0.1:9" })
    await makeOrders(1)
    const queue = engine.webhookQueue
    await queue.address()
    for (const delivery of await queue.take(new Map([[id, 1]]))) {
      await queue.note(delivery, { kind: "delivered", responseStatus: 204 })
      await queue.note(delivery, { kind: "again", afterSeconds: 5, responseStatus: 500, error: "late" })
    }
    expect(await deliveriesOf(id)).toMatchObject([{ status: "delivered", responseStatus: 204 }])
  })

  test("disables an endpoint that is gone (410) only at the address that answered so", async () => {
    const id = await listen({ url: "http://127.0.0.1:9/new" })
    await engine.webhookQueue.disable(id, "http://127.0.0.1:9/old")
    expect(await engine.webhooks.endpoints.find(id)).toMatchObject({ enabled: true, disabledReason: null })
    await engine.webhookQueue.disable(id, "http://127.0.0.1:9/new")
    expect(await engine.webhooks.endpoints.find(id)).toMatchObject({ enabled: false, disabledReason: "gone" })
  })

  test("is signed with both secrets while they are rotated, then with the new one", async () => {
    await using receiver = await startReceiver()
    const id = await listen(receiver)
    const next = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
    await engine.webhooks.endpoints.rotate(id, next)
    // The request is repeated, because its answer was lost: the secret before is still the one before.
    await engine.webhooks.endpoints.rotate(id, next)
    await makeOrders(1)
    await sendAll(worker())
    await engine.database.views.query(
      "update webhook_endpoints set previous_secret_until = now() where previous_secret is not null",
    )
    await makeOrders(1)
    await sendAll(worker())

    const [during, after] = receiver.received
    const isBelieved = (message = during, secret = SECRET) => {
      try {
        new Webhook(secret).verify(message?.body ?? "", message?.headers as Record<string, string>)
        return true
      } catch {
        return false
      }
    }
    expect([isBelieved(during, SECRET), isBelieved(during, next)]).toEqual([true, true])
    expect([isBelieved(after, SECRET), isBelieved(after, next)]).toEqual([false, true])
  })
})

describe("a receiver", () => {
  test("that fails gets the event again after growing pauses, for three days, then no more", async () => {
    await using receiver = await startReceiver()
    receiver.answer((response) => response.writeHead(500).end("no"))
    const id = await listen(receiver)
    await makeOrders(1)
    const waits: number[] = []
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      await sendAll(worker())
      waits.push(Math.round((await waitOf(id)) / 5) * 5)
      await dueNow()
    }
    const hours = (count: number) => count * 3_600
    expect(waits).toEqual([5, 300, 1_800, ...[2, 5, 10, 14, 20, 24].map(hours)])
    expect(await deliveriesOf(id)).toMatchObject([{ status: "due", attempts: 9, lastError: "answered 500" }])
    await sendAll(worker())
    await dueNow()
    await sendAll(worker())
    expect(receiver.received).toHaveLength(10)
    expect(new Set(receiver.received.map((message) => message.id)).size).toBe(1)
    expect(await deliveriesOf(id)).toMatchObject([{ status: "failed", attempts: 10, responseStatus: 500 }])
    const metrics = await engine.events.registry.metrics()
    expect(metrics).toMatch(/doorbuster_webhook_deliveries_total\{outcome="failed"\} 1\b/)
  })

  test("that redirects is not followed", async () => {
    await using target = await startReceiver()
    await using receiver = await startReceiver()
    receiver.answer((response) => response.writeHead(307, { location: target.url }).end())
    const id = await listen(receiver)
    await makeOrders(1)
    await sendAll(worker())
    expect(target.received).toEqual([])
    expect(await deliveriesOf(id)).toMatchObject([{ status: "due", lastError: "answered 307" }])
  })

  test("that is gone (410) gets nothing more until it is enabled again", async () => {
    await using receiver = await startReceiver()
    receiver.answer((response) => response.writeHead(410).end())
    const id = await listen(receiver)
    await makeOrders(1)
    await sendAll(worker())
    expect(await engine.webhooks.endpoints.find(id)).toMatchObject({ enabled: false, disabledReason: "gone" })
    expect(await deliveriesOf(id)).toMatchObject([{ status: "failed", responseStatus: 410 }])
    await makeOrders(1)
    await sendAll(worker())
    expect(receiver.received).toHaveLength(1)

    receiver.answer((response) => response.writeHead(200).end())
    await engine.webhooks.endpoints.change(id, { enabled: true })
    const [next = ""] = await makeOrders(1)
    await sendAll(worker())
    expect(receiver.received.slice(1).map((message) => message.id)).toEqual([next])
  })

  test("that asks for a longer pause gets it, up to a day", async () => {
    await using receiver = await startReceiver()
    let retryAfter = "120"
    receiver.answer((response) => response.writeHead(503, { "retry-after": retryAfter }).end())
    const id = await listen(receiver)
    await makeOrders(1)
    const waitAfter = async (text: string) => {
      retryAfter = text
      await dueNow()
      await sendAll(worker())
      return waitOf(id)
    }
    await engine.webhookQueue.address()
    expect(await waitAfter("120")).toBeCloseTo(120, -1)
    expect(await waitAfter("1")).toBeCloseTo(300, -1)
    expect(await waitAfter(new Date(Date.now() + 7_200_000).toUTCString())).toBeCloseTo(7_200, -1)
    expect(await waitAfter("999999999")).toBeCloseTo(86_400, -1)
    expect(await waitAfter("soon")).toBeCloseTo(18_000, -1)
    // Neither is an HTTP date, although `Date.parse` accepts both.
    const nextYear = new Date().getUTCFullYear() + 1
    const waits = [await waitAfter(`${nextYear}-01-01`), await waitAfter(`abc ${nextYear}`)]
    expect(waits[0]).toBeCloseTo(36_000, -1)
    expect(waits[1]).toBeCloseTo(50_400, -1)
  })

  test("that hangs is given up, and does not delay other receivers", async () => {
    await using hanging = await startReceiver()
    hanging.answer(() => {})
    await using well = await startReceiver()
    const [hangs, works] = [await listen(hanging), await listen(well)]
    const expected = await makeOrders(100)
    const one = worker({ timeoutMs: 700 })
    const startedAt = performance.now()
    while (well.received.length < 100) await one.begin()
    const seconds = (performance.now() - startedAt) / 1_000
    await one.idle()
    expect(well.received.map(({ id }) => id).sort()).toEqual(expected.sort())
    expect(hanging.received.length).toBeLessThanOrEqual(16 * (1 + Math.floor(seconds / 0.7)))
    expect((await deliveriesOf(works)).every(({ status }) => status === "delivered")).toBe(true)
    expect((await deliveriesOf(hangs)).find(({ attempts }) => attempts > 0)).toMatchObject({
      status: "due",
      lastError: "no answer in 700 ms",
    })
  })

  test("has answered even if its answer is too long or does not end", async () => {
    await using receiver = await startReceiver()
    let written = 0
    receiver.answer((response) => {
      response.writeHead(200)
      const chunk = Buffer.alloc(16 * 1024)
      const goOn = () => {
        for (;;) {
          written += chunk.length
          if (response.destroyed || !response.write(chunk)) return
        }
      }
      response.on("drain", goOn).on("error", () => undefined)
      goOn()
    })
    const id = await listen(receiver)
    await makeOrders(1)
    await sendAll(worker({ timeoutMs: 10_000 }))
    expect(await deliveriesOf(id)).toMatchObject([{ status: "delivered", responseStatus: 200 }])
    expect(written).toBeLessThan(20_000_000)

    receiver.answer((response) => void response.writeHead(200).write("wait"))
    await makeOrders(1)
    await sendAll(worker({ timeoutMs: 300 }))
    expect((await deliveriesOf(id)).map(({ status }) => status)).toEqual(["delivered", "delivered"])
  })

  test("that does not listen is tried again", async () => {
    const { url } = await closedReceiver()
    const id = await listen({ url })
    await makeOrders(1)
    await sendAll(worker())
    expect(await deliveriesOf(id)).toMatchObject([
      { status: "due", responseStatus: null, lastError: expect.stringContaining("ECONNREFUSED") },
    ])
  })
})

async function closedReceiver(): Promise<{ url: string }> {
  await using receiver = await startReceiver()
  return { url: receiver.url }
}

describe("private addresses", () => {
  const found =
    (...addresses: string[]): FindAddresses =>
    (_, __, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      )

  test.each([
    ["a name for loopback", "http://hook.example", ["127.0.0.1"]],
    ["a name for a public and a private address", "http://hook.example", ["93.184.215.14", "10.0.0.7"]],
    ["a name for an IPv4 address in IPv6", "http://hook.example", ["::ffff:127.0.0.1"]],
    ["an address", "http://127.0.0.1", []],
    ["an address in other words", "http://0x7f.1", []],
    ["an IPv6 address", "http://[::1]", []],
    ["an IPv4 address in IPv6", "http://[::ffff:127.0.0.1]", []],
  ])("%s: nothing is sent", async (_, origin, addresses) => {
    await using receiver = await startReceiver()
    const { port, pathname } = new URL(receiver.url)
    const id = await listen({ url: `${origin}:${port}${pathname}` })
    await makeOrders(1)
    await sendAll(worker({ allowPrivate: false, findAddresses: found(...addresses) }))
    expect(receiver.received).toEqual([])
    expect(await deliveriesOf(id)).toMatchObject([
      {
        status: "due",
        responseStatus: null,
        lastError: expect.stringMatching(
          / is (at )?a private address, and WEBHOOK_ALLOW_PRIVATE is not set$/,
        ),
      },
    ])
  })

  test("the checked address is the one that is connected to, even if the name changes its address", async () => {
    await using receiver = await startReceiver()
    const { port } = new URL(receiver.url)
    const id = await listen({ url: `http://hook.example:${port}/hook` })
    await makeOrders(1)
    let asked = 0
    const rebinding: FindAddresses = (name, options, done) => {
      asked += 1
      found(asked === 1 ? "127.0.0.1" : "93.184.215.14")(name, options, done)
    }
    await sendAll(worker({ allowPrivate: false, findAddresses: rebinding }))
    expect(asked).toBe(1)
    expect(receiver.received).toEqual([])
    expect(await deliveriesOf(id)).toMatchObject([{ status: "due" }])
  })

  test("are accepted if the setting allows them", async () => {
    await using receiver = await startReceiver()
    const { port } = new URL(receiver.url)
    const id = await listen({ url: `http://hook.example:${port}/hook` })
    await makeOrders(1)
    await sendAll(worker({ findAddresses: found("127.0.0.1") }))
    expect(await deliveriesOf(id)).toMatchObject([{ status: "delivered" }])
  })
})

test("pauses are longer by a random share, never shorter", () => {
  const again = (random: number) => resultOf({ status: 500, retryAfterSeconds: null }, 1, random)
  expect(again(0)).toMatchObject({ kind: "again", afterSeconds: 5 })
  expect(again(1)).toMatchObject({ kind: "again", afterSeconds: 5.5 })
})
