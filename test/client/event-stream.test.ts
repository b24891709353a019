import { describe, expect, test } from "vitest"
import { createEventStreamReader } from "../../client/src/event-stream.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

function read(...texts: string[]) {
  const reader = createEventStreamReader()
  const events = texts.flatMap((text) => reader.push(bytes(text)))
  return { events, lastEventId: reader.lastEventId, retryMs: reader.retryMs }
}

/** Most events have only data. */
function dataOf(text: string): string[] {
  return read(text).events.map(({ data }) => data)
}

test.each([
  ["a line", "data: a\n\n", ["a"]],
  ["CRLF", "data: a\r\n\r\n", ["a"]],
  ["CR", "data: a\r\r", ["a"]],
  ["all three", "data: a\r\ndata: b\rdata: c\n\n", ["a\nb\nc"]],
  ["one space is taken off, no more", "data:  a\n\n", [" a"]],
  ["no space", "data:a\n\n", ["a"]],
  ["a colon in the value", "data: a:b\n\n", ["a:b"]],
  ["several lines", "data: a\ndata: b\n\n", ["a\nb"]],
  ["an empty line of data", "data: a\ndata:\ndata: b\n\n", ["a\n\nb"]],
  ["data without a colon", "data\n\n", [""]],
  ["two empty lines of data", "data\ndata\n\n", ["\n"]],
  ["two events", "data: a\n\ndata: b\n\n", ["a", "b"]],
  ["empty lines between", "\n\n\ndata: a\n\n\n\n", ["a"]],
  ["a comment", ": still here\ndata: a\n: and here\n\n", ["a"]],
  ["nothing but a comment", ":\n\n", []],
  ["an unknown field", "dat: b\ndata: a\nDATA: c\n\n", ["a"]],
  ["an event that is not ended", "data: a\n\ndata: b\n", ["a"]],
  ["a byte order mark at the start", "\ufeffdata: a\n\n", ["a"]],
  ["a byte order mark elsewhere is a character", "data: a\n\n\ufeffdata: b\n\n", ["a"]],
  ["letters of two, three and four bytes", "data: äẞ𝄞\n\n", ["äẞ𝄞"]],
])("%s", (_, text, expected) => {
  expect(dataOf(text)).toEqual(expected)
})

test("an event without a type is a message, also after one with a type", () => {
  const { events } = read("event: product\ndata: a\n\ndata: b\n\n")

  expect(events.map(({ type }) => type)).toEqual(["product", "message"])
})

test("an event without data is ignored, and its type does not apply to the next one", () => {
  expect(read("event: product\n\ndata: a\n\n").events).toEqual([{ type: "message", data: "a" }])
})

test.each([
  ["is the last one's", "id: 1\ndata: a\n\nid: 2\ndata: b\n\n", "2"],
  ["stays when an event has none", "id: 1\ndata: a\n\ndata: b\n\n", "1"],
  ["does not count before its event is whole", "id: 1\ndata: a\n\nid: 2\ndata: b\n", "1"],
  ["counts without data", "id: 1\n\n", "1"],
  ["is taken back by an empty one", "id: 1\ndata: a\n\nid\ndata: b\n\n", ""],
  ["with a NUL is passed over", "id: 1\n\nid: 2\0\n\n", "1"],
])("the last id %s", (_, text, expected) => {
  expect(read(text).lastEventId).toBe(expected)
})

test("the id of the last connection is kept through heartbeats", () => {
  const reader = createEventStreamReader("7")
  reader.push(bytes(":\n\n"))

  expect(reader.lastEventId).toBe("7")
})

test.each([
  ["retry: 2500\n", 2_500],
  ["retry: 2500ms\n", null],
  ["retry: -1\n", null],
  ["retry:\n", null],
])("%j sets the pause to %j ms", (text, expected) => {
  expect(read(text).retryMs).toBe(expected)
})

describe("a stream that arrives", () => {
  const sample =
    "\ufeffretry: 10\r\n: ä\r\nid: 1\r\nevent: product\r\ndata: äẞ\rdata: 𝄞\n\r\n\ndata: b\r\r: x\n\nid: 2\n"
  const whole = read(sample)
  const all = bytes(sample)

  test("the sample has two events", () => {
    expect(whole).toEqual({
      events: [
        { type: "product", data: "äẞ\n𝄞" },
        { type: "message", data: "b" },
      ],
      lastEventId: "1",
      retryMs: 10,
    })
  })

  test("in two parts, cut at every byte", () => {
    for (let cut = 0; cut <= all.length; cut += 1) {
      const reader = createEventStreamReader()
      const events = [all.subarray(0, cut), all.subarray(cut)].flatMap((part) => reader.push(part))
      expect({ cut, events, id: reader.lastEventId }).toEqual({ cut, events: whole.events, id: "1" })
    }
  })

  test("in three parts, cut at every two bytes", () => {
    const wrong: number[][] = []
    for (let first = 0; first <= all.length; first += 1) {
      for (let second = first; second <= all.length; second += 1) {
        const reader = createEventStreamReader()
        const parts = [all.subarray(0, first), all.subarray(first, second), all.subarray(second)]
        const events = parts.flatMap((part) => reader.push(part))
        if (JSON.stringify(events) !== JSON.stringify(whole.events)) wrong.push([first, second])
      }
    }
    expect(wrong).toEqual([])
  })

  test("byte by byte", () => {
    const reader = createEventStreamReader()

    expect([...all].flatMap((byte) => reader.push(Uint8Array.of(byte)))).toEqual(whole.events)
  })
})

test("an event that is too long is refused", () => {
  const reader = createEventStreamReader()
  const line = bytes(`data: ${"x".repeat(100_000)}\n`)

  expect(() => {
    for (let count = 0; count < 20; count += 1) reader.push(line)
  }).toThrow(/too long/)
})
