import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import type { Product } from "../../src/domain/product.ts"
import type { Frame } from "../../src/http/live/frames.ts"
import { createProductStreams, type StreamLimits } from "../../src/http/live/product-streams.ts"
import { createProductTexts } from "../../src/http/wire/product-texts.ts"
import { createProductWatch } from "../../src/store/reads/product-watch.ts"
import { NOON, productWith } from "../support/builders.ts"

beforeEach(() => {
  vi.useFakeTimers({
    toFake: [
      "performance",
      "setTimeout",
      "clearTimeout",
      "setInterval",
      "clearInterval",
      "setImmediate",
      "clearImmediate",
    ],
  })
})
afterEach(() => void vi.useRealTimers())

/** A client that records the frames that it is sent. */
class Client {
  waitingBytes = 0
  isEnded = false
  isCut = false
  readonly frames: Frame[] = []
  /** When each frame came. */
  readonly times: number[] = []

  write(frame: Frame): void {
    this.frames.push(frame)
    this.times.push(performance.now())
  }
  end(): void {
    this.isEnded = true
  }
  cut(): void {
    this.isCut = true
  }

  get texts(): string[] {
    return this.frames.map(({ bare }) => bare.toString())
  }
  /** The ids of the states in these frames. */
  get states(): string[] {
    return this.texts.flatMap((text) => /^event: product\nid: (\S+)\n/.exec(text)?.[1] ?? [])
  }
  get beats(): number {
    return this.texts.filter((text) => text.startsWith(":")).length
  }
}

/** Streams over a database that changes only when a test says so. */
function liveWith(limits: Partial<StreamLimits> = {}) {
  const watch = createProductWatch({
    readChanged: async () => ({ products: [], serverTime: NOON }),
    onBlind: () => undefined,
  })
  const live = createProductStreams({ watch, texts: createProductTexts(120), limits, random: () => 0.5 })
  const open = (client: Client, products: readonly Product[] = [productWith()], known?: string) =>
    live.open(
      client,
      products.map((product) => ({ product, serverTime: NOON })),
      known,
    )
  const crowd = (count: number, product?: Product) =>
    Array.from({ length: count }, () => {
      const client = new Client()
      const leave = open(client, product && [product])
      return Object.assign(client, { leave })
    })
  /** Simulates a batch of this process that leaves product `id` at `version`. */
  const change = (version: number, id = 1) => watch.learn(productWith({ id, version, held: version % 10 }))
  return { live, open, crowd, change }
}

describe("many watchers", () => {
  test("get a change within a second, a few in each turn of the event loop", () => {
    const { crowd, change } = liveWith()
    const clients = crowd(10_000)
    vi.advanceTimersByTime(1_000)
    const written = () => clients.reduce((sum, { frames }) => sum + frames.length, 0)
    const from = performance.now()
    change(8)
    let before = written()
    const turns: number[] = []
    while (before < 30_000) {
      vi.advanceTimersToNextTimer()
      const now = written()
      turns.push(now - before)
      before = now
    }

    expect(performance.now() - from).toBeLessThan(900)
    expect(Math.max(...turns)).toBeLessThanOrEqual(128)
    expect(clients.every(({ states }) => states.at(-1) === "1-8-open")).toBe(true)
  })

  test("get the same bytes", () => {
    const { crowd, change } = liveWith()
    const clients = crowd(10_000)
    vi.advanceTimersByTime(1_000)
    change(8)
    vi.advanceTimersByTime(1_000)

    const frames = new Set(clients.map(({ frames }) => frames.at(-1)))
    expect(frames.size).toBeLessThanOrEqual(5)
  })

  test("get a change that comes in the middle of a round in the next round", () => {
    const { crowd, change } = liveWith()
    const clients = crowd(5_000)
    vi.advanceTimersByTime(1_000)
    change(8)
    vi.advanceTimersByTime(200)
    const served = clients.filter(({ states }) => states.at(-1) === "1-8-open").length
    change(9)
    vi.advanceTimersByTime(1_000)

    expect(served).toBeGreaterThan(1_000)
    expect(served).toBeLessThan(4_000)
    expect(clients.filter(({ states }) => states.at(-1) !== "1-9-open")).toEqual([])
    // Watchers whose turn had not come skip the older state.
    expect(clients.filter(({ states }) => states.includes("1-8-open"))).toHaveLength(served)
  })

  test("may leave in the middle of a round", () => {
    const { crowd, change } = liveWith()
    const clients = crowd(3_000)
    vi.advanceTimersByTime(1_000)
    change(8)
    vi.advanceTimersByTime(130)
    const gone = clients.filter((_, index) => index % 3 === 0)
    for (const { leave } of gone) leave()
    const before = gone.map(({ frames }) => frames.length)
    vi.advanceTimersByTime(500)

    const left = clients.filter((_, index) => index % 3 !== 0)
    expect(left.filter(({ states }) => states.at(-1) !== "1-8-open")).toEqual([])
    expect(gone.map(({ frames }) => frames.length)).toEqual(before)
  })

  test("do not delay the watchers of another product", () => {
    const { crowd, change } = liveWith()
    crowd(10_000)
    const few = crowd(10, productWith({ id: 2 }))
    vi.advanceTimersByTime(1_000)
    change(8)
    vi.advanceTimersByTime(300)
    change(8, 2)
    vi.advanceTimersByTime(50)

    expect(few.map(({ states }) => states.at(-1))).toEqual(few.map(() => "2-8-open"))
  })
})

describe("changes", () => {
  test.each([
    ["few", 3, 250],
    ["ten thousand", 10_000, 750],
  ])("are sent to %s at most every %i ms, and the last one is always sent", (_, count, spacingMs) => {
    const { crowd, change } = liveWith({ heartbeatMs: 60_000 })
    const clients = crowd(count)
    vi.advanceTimersByTime(1_000)
    let version = 8
    for (; version < 308; version += 1) {
      change(version)
      vi.advanceTimersByTime(10)
    }
    vi.advanceTimersByTime(1_000)

    for (const { states, times } of [clients[0], clients.at(-1)].filter((one) => one !== undefined)) {
      const changes = times.slice(2)
      expect(changes.length).toBeLessThanOrEqual(4_000 / spacingMs + 1)
      expect(changes.length).toBeGreaterThan(3)
      expect(states.at(-1)).toBe(`1-${version - 1}-open`)
    }
  })

  test("are sent at once after a pause", () => {
    const { crowd, change } = liveWith()
    const [client] = crowd(1)
    vi.advanceTimersByTime(1_000)
    change(8)
    vi.advanceTimersByTime(1)

    expect(client?.states).toEqual(["1-7-open", "1-8-open"])
  })

  test("are framed for HTTP/1.1 and HTTP/1.0", () => {
    const { crowd } = liveWith()
    const [client] = crowd(1)
    const [, snapshot] = client?.frames ?? []

    const bare = snapshot?.bare.toString() ?? ""
    expect(snapshot?.chunk.toString()).toBe(`${bare.length.toString(16)}\r\n${bare}\r\n`)
    expect(bare).toMatch(/^event: product\nid: 1-7-open\ndata: \{"id":1,.*\}\n\n$/)
  })
})

describe("heartbeats", () => {
  test("are sent to each stream every 15 seconds, and not to all at once", () => {
    const { crowd } = liveWith()
    const clients = crowd(1_000)
    vi.advanceTimersByTime(14_900)
    expect(clients.filter(({ beats }) => beats > 0)).toEqual([])
    vi.advanceTimersByTime(45_500)

    expect(clients.filter(({ beats }) => beats !== 4)).toEqual([])
    expect(new Set(clients.map(({ times }) => times.at(-1))).size).toBeGreaterThan(1)
  })
})

describe("a client that does not read", () => {
  test("is disconnected when too many bytes wait for it; the others continue", () => {
    const { live, crowd, change } = liveWith({ mostWaitingBytes: 1_000 })
    const [first, sleeper, last] = crowd(3)
    vi.advanceTimersByTime(1_000)
    if (sleeper !== undefined) sleeper.waitingBytes = 1_000
    change(8)
    vi.advanceTimersByTime(500)
    expect(sleeper?.isCut).toBe(false)
    if (sleeper !== undefined) sleeper.waitingBytes = 1_001
    change(9)
    vi.advanceTimersByTime(500)
    change(10)
    vi.advanceTimersByTime(500)

    expect(sleeper?.isCut).toBe(true)
    expect(sleeper?.states).toEqual(["1-7-open", "1-8-open"])
    expect(live.size).toBe(2)
    for (const one of [first, last]) expect(one?.states.at(-1)).toBe("1-10-open")
  })

  /** The client has taken nothing yet: the time to wait before a new connection, and two products. */
  function slowReader() {
    const { open, live } = liveWith({ mostWaitingBytes: 1_000 })
    class SlowReader extends Client {
      override write(frame: Frame): void {
        super.write(frame)
        if (!frame.bare.toString().startsWith(":")) this.waitingBytes += 600
      }
    }
    const reader = new SlowReader()
    open(reader, [productWith({ id: 1 }), productWith({ id: 2 })])
    expect(reader.waitingBytes).toBe(1_800)
    return { reader, live }
  }

  test("has the room of its first answer besides, as long as it reads", () => {
    const { reader, live } = slowReader()
    for (const left of [1_700, 1_500, 1_100]) {
      reader.waitingBytes = left
      vi.advanceTimersByTime(15_500)
    }
    expect([reader.isCut, live.size]).toEqual([false, 1])

    // Now it has read nothing since the last heartbeat.
    vi.advanceTimersByTime(15_500)
    expect([reader.isCut, live.size]).toEqual([true, 0])
  })

  test("is disconnected at the first heartbeat when it reads nothing of a large first answer", () => {
    const { reader, live } = slowReader()
    vi.advanceTimersByTime(15_500)
    expect([reader.isCut, live.size]).toEqual([true, 0])
  })

  test("is also found by a heartbeat", () => {
    const { live, crowd } = liveWith({ mostWaitingBytes: 1_000 })
    const [sleeper] = crowd(1)
    if (sleeper !== undefined) sleeper.waitingBytes = 1_001
    vi.advanceTimersByTime(16_000)

    expect([sleeper?.isCut, live.size]).toEqual([true, 0])
  })
})

describe("limits", () => {
  test("bound the streams and the products; more watchers of a watched product are allowed", () => {
    const { live, open } = liveWith({ mostStreams: 3, mostProducts: 2 })
    open(new Client(), [productWith({ id: 1 }), productWith({ id: 2 })])

    expect(live.isFull([1, 2])).toBe(false)
    expect(live.isFull([1, 3])).toBe(true)
    open(new Client())
    open(new Client())
    expect(live.isFull([1])).toBe(true)
  })

  test("after the last stream has ended no task is left", () => {
    const { live, crowd, change } = liveWith()
    const clients = crowd(500)
    change(8)
    for (const { leave } of clients) leave()
    for (const { leave } of clients) leave()
    vi.advanceTimersByTime(16_000)

    expect(live.size).toBe(0)
    expect(live.product(1)).toBeNull()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe("closing", () => {
  test("ends every stream, disconnects clients that do not read the end, and ends new streams at once", async () => {
    const { live, open, crowd } = liveWith()
    const [polite, deaf] = crowd(2)
    vi.useRealTimers()
    const closed = live.close()
    polite?.leave()
    await closed
    const late = new Client()
    open(late)

    expect([polite?.isEnded, polite?.isCut]).toEqual([true, false])
    expect([deaf?.isEnded, deaf?.isCut]).toEqual([true, true])
    expect([late.states, late.isEnded]).toEqual([["1-7-open"], true])
  })
})
