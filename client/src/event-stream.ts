/** One event of a stream, parsed by the rules of the WHATWG. */
export interface StreamEvent {
  /** `message` if the stream gives no type. */
  readonly type: string
  readonly data: string
}

/** Parses the bytes of one stream. */
export interface EventStreamReader {
  /** The last `id` of a complete event; empty: none. */
  readonly lastEventId: string
  /** The last `retry`, in milliseconds; null: none. */
  readonly retryMs: number | null
  /** Takes the next bytes, which may begin and end anywhere, and returns the events that they complete. */
  push(bytes: Uint8Array): StreamEvent[]
}

/** A product has less than a thousand characters, so a longer event is not one of Doorbuster's. */
const LONGEST_EVENT = 1_000_000

/**
 * Makes a reader of `text/event-stream` (HTML Living Standard, 9.2.6): lines end in LF, CR or CRLF, an empty line ends
 * an event, comments and unknown fields are ignored. It throws when an event exceeds a million characters. `knownId` is
 * the last id of the connection before; it counts until the stream gives another one.
 */
export function createEventStreamReader(knownId = ""): EventStreamReader {
  const decoder = new TextDecoder()
  let rest = ""
  /** True: the last bytes ended in CR, so an LF at the beginning of the next ones belongs to the same line end. */
  let isHalfEnded = false
  let type = ""
  let data = ""
  let id = knownId
  let lastEventId = knownId
  let retryMs: number | null = null

  function takeField(line: string): void {
    const colon = line.indexOf(":")
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "")
    if (name === "data") data += `${value}\n`
    else if (name === "event") type = value
    else if (name === "id" && !value.includes("\0")) id = value
    else if (name === "retry" && /^\d+$/.test(value)) retryMs = Number(value)
  }

  /** Null: the event has no data; only its id counts. */
  function endEvent(): StreamEvent | null {
    const event = { type: type === "" ? "message" : type, data: data.slice(0, -1) }
    const isEmpty = data === ""
    lastEventId = id
    type = ""
    data = ""
    return isEmpty ? null : event
  }

  return {
    get lastEventId() {
      return lastEventId
    },
    get retryMs() {
      return retryMs
    },
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true })
      if (isHalfEnded && text !== "") {
        if (text.startsWith("\n")) text = text.slice(1)
        isHalfEnded = false
      }
      if (text.endsWith("\r")) isHalfEnded = true
      const lines = (rest + text).split(/\r\n|\r|\n/)
      rest = lines.pop() ?? ""
      const events: StreamEvent[] = []
      for (const line of lines) {
        if (line === "") {
          const event = endEvent()
          if (event !== null) events.push(event)
        } else {
          takeField(line)
        }
      }
      if (rest.length + data.length > LONGEST_EVENT) throw new Error("an event of the stream is too long")
      return events
    },
  }
}
