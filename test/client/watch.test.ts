import type { IncomingMessage, ServerResponse } from "node:http"
import { afterEach, expect, test, vi } from "vitest"
import { createClock } from "../../client/src/clock.ts"
import {
  AnswerError,
  createClient,
  ProblemError,
  TimeoutError,
  type Product,
} from "../../client/src/index.ts"
import { connectionTo } from "../../client/src/send.ts"
import { watchProducts, type WatchState, type WatchTimes } from "../../client/src/watch.ts"
import { sendJson, sendProblem, startFakeServer, type FakeServer } from "./fake-server.ts"

/** A watch that records the calls of its callbacks in order: states by name, products by their available stock. */
interface RecordedWatch {
  readonly all: (WatchState | number)[]
  readonly reasons: (Error | undefined)[]
  state(): WatchState
  close(): void
}

/** A time-out that is long enough for a busy machine. */
const patiently = { timeout: 20_000, interval: 20 }

const open = new Set<RecordedWatch>()
afterEach(() => {
  for (const recorded of open) recorded.close()
  open.clear()
})

const shortTimes: WatchTimes = { silenceMs: 5_000, firstPauseMs: 10 }

function watch(server: FakeServer, times: Partial<WatchTimes> = {}, signal?: AbortSignal): RecordedWatch {
  const all: (WatchState | number)[] = []
  const reasons: (Error | undefined)[] = []
  const watched = watchProducts(
    connectionTo({ baseUrl: server.url }),
    createClock(),
    [1, 2],
    {
      onProduct: ({ available_stock = -1 }) => void all.push(available_stock),
      onState(state, reason) {
        all.push(state)
        reasons.push(reason)
      },
      signal,
    },
    { ...shortTimes, ...times },
  )
  const recorded = { all, reasons, state: () => watched.state, close: () => watched.close() }
  open.add(recorded)
  return recorded
}

function begin(response: ServerResponse, head = ""): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).write(`: hello\n\n${head}`)
}

function snapshot(id: number, available_stock: number): string {
  const product = { id: 1, available_stock, server_time: new Date().toISOString() }
  return `event: product\nid: ${id}\ndata: ${JSON.stringify(product)}\n\n`
}

/** Handles each connection with the handler of its number, later ones with the last. */
function inTurn(...answers: ((response: ServerResponse, request: IncomingMessage) => void)[]) {
  return startFakeServer((request, response, number) =>
    answers[Math.min(number, answers.length) - 1]?.(response, request),
  )
}

test("products are passed on as they come, in parts or together", async () => {
  const text = snapshot(1, 10)
  await using server = await inTurn((response) => {
    begin(response, text.slice(0, 20))
    setTimeout(() => response.write(text.slice(20) + snapshot(2, 9) + "event: other\ndata: 1\n\n"), 20)
  })
  const recorded = watch(server)

  await expect.poll(() => recorded.all, patiently).toEqual(["connecting", "open", 10, 9])
  expect(recorded.state()).toBe("open")
  expect(server.asked[0]?.url).toBe("/api/stream?product_id=1,2")
  expect(server.asked[0]?.headers).toMatchObject({ accept: "text/event-stream" })
  expect(server.asked[0]?.headers["last-event-id"]).toBe(undefined)
})

test("a lost connection is opened again with the last event id", async () => {
  await using server = await inTurn(
    (response) => {
      begin(response, snapshot(7, 10))
      setTimeout(() => response.destroy(), 30)
    },
    (response) => begin(response, snapshot(8, 5)),
  )
  const recorded = watch(server)

  await expect
    .poll(() => recorded.all, patiently)
    .toEqual(["connecting", "open", 10, "connecting", "open", 5])
  expect(server.asked[1]?.headers["last-event-id"]).toBe("7")
  expect(recorded.reasons[2]).toMatchObject({ name: "NetworkError" })
})

test("a stream that ends normally is opened again", async () => {
  await using server = await inTurn(
    (response) => {
      begin(response, snapshot(1, 10))
      response.end()
    },
    (response) => begin(response, snapshot(2, 9)),
  )
  const recorded = watch(server)

  await expect
    .poll(() => recorded.all, patiently)
    .toEqual(["connecting", "open", 10, "connecting", "open", 9])
})

test("the pause is the one that the stream has set", async () => {
  await using server = await inTurn(
    (response) => {
      begin(response, `retry: 600\n\n${snapshot(1, 10)}`)
      response.end()
    },
    (response) => begin(response),
  )
  const recorded = watch(server)
  await expect.poll(() => recorded.all, patiently).toContain(10)
  const endedAt = performance.now()

  await expect.poll(() => server.asked.length, patiently).toBe(2)
  expect(performance.now() - endedAt).toBeGreaterThan(150)
})

test("pauses grow while connecting fails", async () => {
  await using server = await inTurn((response) => response.destroy())
  watch(server, { firstPauseMs: 100 })

  await new Promise((resolve) => setTimeout(resolve, 1_000))

  // Without growth there would be ten or more: 50 to 100 ms each.
  expect(server.asked.length).toBeGreaterThan(1)
  expect(server.asked.length).toBeLessThan(7)
})

test("a silent connection counts as lost", async () => {
  await using server = await inTurn(
    (response) => begin(response, snapshot(1, 10)),
    (response) => begin(response, snapshot(2, 9)),
  )
  const recorded = watch(server, { silenceMs: 300 })

  await expect
    .poll(() => recorded.all.slice(0, 6), patiently)
    .toEqual(["connecting", "open", 10, "connecting", "open", 9])
  expect(recorded.reasons[2]).toBeInstanceOf(TimeoutError)
})

test("heartbeats keep a connection open", async () => {
  await using server = await inTurn((response) => {
    begin(response)
    const beats = setInterval(() => response.write(":\n\n"), 50)
    response.on("close", () => clearInterval(beats))
  })
  const recorded = watch(server, { silenceMs: 1_000 })

  await new Promise((resolve) => setTimeout(resolve, 2_500))

  expect(recorded.all).toEqual(["connecting", "open"])
})

test("a connection without an answer is closed and opened again", async () => {
  await using server = await inTurn(
    () => undefined,
    (response) => begin(response),
  )
  const recorded = watch(server, { silenceMs: 200 })

  await expect.poll(() => recorded.all, patiently).toEqual(["connecting", "connecting", "open"])
})

test.each([
  [404, "product_not_found"],
  [422, "invalid_request"],
])("a %i closes the watch with the reason", async (status, code) => {
  await using server = await inTurn((response) => sendProblem(response, status, code))
  const recorded = watch(server)

  await expect.poll(() => recorded.all, patiently).toEqual(["connecting", "closed"])
  expect(recorded.reasons[1]).toBeInstanceOf(ProblemError)
  expect(recorded.reasons[1]).toMatchObject({ code })
  expect(recorded.state()).toBe("closed")
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(server.asked).toHaveLength(1)
})

test.each([503, 429, 500])("a %i is retried after its Retry-After", async (status) => {
  await using server = await inTurn(
    (response) => sendProblem(response, status, "overloaded", { "retry-after": "1" }),
    (response) => begin(response),
  )
  const startedAt = performance.now()
  const recorded = watch(server)

  await expect.poll(() => recorded.all, patiently).toEqual(["connecting", "connecting", "open"])
  expect(performance.now() - startedAt).toBeGreaterThan(1_000)
})

test("an answer that is no stream is retried: it may be the page of a network's login", async () => {
  await using server = await inTurn(
    (response) => sendJson(response, 200, { log: "in" }),
    (response) => begin(response),
  )
  const recorded = watch(server)

  await expect.poll(() => recorded.all, patiently).toEqual(["connecting", "connecting", "open"])
  expect(recorded.reasons[1]).toBeInstanceOf(AnswerError)
})

test("an event that is not JSON ends the connection", async () => {
  await using server = await inTurn(
    (response) => begin(response, "event: product\ndata: {\n\n"),
    (response) => begin(response, snapshot(1, 3)),
  )
  const recorded = watch(server)

  await expect.poll(() => recorded.all, patiently).toEqual(["connecting", "open", "connecting", "open", 3])
})

test.each(["signal", "close"])(
  "after it was ended by %s no callback is called, and the connection is closed",
  async (by) => {
    const closed = vi.fn<() => void>()
    let more = (): void => undefined
    await using server = await inTurn((response) => {
      response.on("close", closed)
      begin(response, snapshot(1, 10))
      more = () => void response.write(snapshot(2, 9))
    })
    const ending = new AbortController()
    const recorded = watch(server, {}, ending.signal)
    await expect.poll(() => recorded.all, patiently).toEqual(["connecting", "open", 10])

    more()
    if (by === "signal") ending.abort()
    else recorded.close()

    await expect.poll(() => closed.mock.calls.length, patiently).toBe(1)
    expect(recorded.all).toEqual(["connecting", "open", 10])
    expect(recorded.state()).toBe("closed")
  },
)

test("events in the same packet are ignored after a callback has closed the watch", async () => {
  await using server = await inTurn((response) => begin(response, snapshot(1, 10) + snapshot(2, 9)))
  const seen: number[] = []
  const ending = new AbortController()
  createClient({ baseUrl: server.url }).watch([1], {
    onProduct({ available_stock = -1 }) {
      seen.push(available_stock)
      ending.abort()
    },
    onState: (state) => void (state === "closed" && seen.push(-1)),
    signal: ending.signal,
  })

  await expect.poll(() => seen, patiently).toEqual([10])
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(seen).toEqual([10])
})

test("with an aborted signal no request is sent", async () => {
  await using server = await inTurn((response) => begin(response))
  const recorded = watch(server, {}, AbortSignal.abort())

  await new Promise((resolve) => setTimeout(resolve, 50))

  expect([recorded.all, recorded.state(), server.asked.length]).toEqual([[], "closed", 0])
})

test("it can be closed during the pause before reconnecting", async () => {
  await using server = await inTurn((response) => response.destroy())
  const recorded = watch(server, { firstPauseMs: 60_000 })
  await expect.poll(() => server.asked.length, patiently).toBe(1)

  recorded.close()

  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(recorded.all).toEqual(["connecting"])
})

test("the clock learns from the stream", async () => {
  const ahead = 3_600_000
  await using server = await inTurn((response) => {
    const product: Partial<Product> = { id: 1, server_time: new Date(Date.now() + ahead).toISOString() }
    begin(response, `event: product\ndata: ${JSON.stringify(product)}\n\n`)
  })
  const client = createClient({ baseUrl: server.url })
  const watched = client.watch([1], { onProduct: () => undefined })

  await expect.poll(() => Math.abs(client.clock.now() - Date.now() - ahead), patiently).toBeLessThan(500)
  watched.close()
  expect(client.clock.marginMs).toBe(null)
})
