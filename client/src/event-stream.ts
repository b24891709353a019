/** One event of a stream, as the WHATWG's rules read it. */
export interface StreamEvent {
  /** `message` where the stream does not say. */
  readonly type: string
  readonly data: string
}

/** What a stream has said. */
export interface EventStreamReader {
  /** The last `id` of an event that is whole; empty: none. */
  readonly lastEventId: string
  /** The last `retry`, in milliseconds; null: none. */
  readonly retryMs: number | null
  /** Takes the next bytes, wherever they were cut, and returns the events that they complete. */
  push(bytes: Uint8Array): StreamEvent[]
}

/** A product has less than a thousand characters: what goes on for so long is no stream of ours. */
const LONGEST_EVENT = 1_000_000

/**
 * Reads `text/event-stream` (HTML Living Standard, 9.2.6): lines end in LF, CR or CRLF, an empty one ends
 * an event, comments and unknown fields are passed over. Throws when an event exceeds a million characters.
 * `knownId`: the last one of the connection before, which stays until the stream says another.
 */
export function createEventStreamReader(knownId = ""): EventStreamReader {
  const decoder = new TextDecoder()
  let rest = ""
  /** The last line ended in a CR at the end of the bytes: an LF that follows belongs to it. */
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

  /** Null: there is nothing to tell, only an id to remember. */
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
      if (rest.length + data.length > LONGEST_EVENT) throw new Error("an event of the stream has no end")
      return events
    },
  }
}
