import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http"
import { expect } from "vitest"

/** A server-sent event. */
export interface StreamEvent {
  readonly event: string
  readonly id: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
  readonly data: any
  /** The data, unparsed. */
  readonly text: string
  /** When the event arrived, by `performance.now()`. */
  readonly at: number
}

/** A client of `GET /api/stream`. */
export interface StreamClient extends Disposable {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** The events so far, the oldest first. */
  readonly events: readonly StreamEvent[]
  readonly comments: readonly string[]
  /** The reconnection time in milliseconds that the server has sent; null if none. */
  readonly retryMs: number | null
  /** How the response ended; null while it lasts. `cut`: without the end that HTTP requires. */
  readonly ended: "whole" | "cut" | null
  readonly response: IncomingMessage
  /** Waits for the first event for which `isWanted` returns true. */
  seen(isWanted: (event: StreamEvent) => boolean): Promise<StreamEvent>
}

/** Opens a stream and reads it; resolves as soon as the response's head has arrived. */
export async function openStream(
  url: string,
  productIds: string | number,
  headers: Record<string, string> = {},
): Promise<StreamClient> {
  const asked = request(`${url}/api/stream?product_id=${productIds}`, { headers, agent: false })
  const response = await answerTo(asked)
  const events: StreamEvent[] = []
  const comments: string[] = []
  let retryMs: number | null = null
  let ended: StreamClient["ended"] = null
  let part = ""
  response.setEncoding("utf8")
  response.on("data", (chunk: string) => {
    const blocks = (part + chunk).split("\n\n")
    part = blocks.pop() ?? ""
    for (const block of blocks) {
      if (block.startsWith(":")) comments.push(block.slice(1).trim())
      else if (block.startsWith("retry: ")) retryMs = Number(block.slice("retry: ".length))
      else events.push(eventFrom(block))
    }
  })
  response.on("end", () => (ended = "whole"))
  response.on("error", () => (ended = "cut"))
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    comments,
    get retryMs() {
      return retryMs
    },
    get ended() {
      return ended
    },
    response,
    async seen(isWanted) {
      await expect.poll(() => events.find(isWanted), { timeout: 10_000, interval: 5 }).toBeDefined()
      const found = events.find(isWanted)
      if (found === undefined) throw new Error("the event has gone")
      return found
    },
    [Symbol.dispose]: () => void asked.destroy(),
  }
}

function answerTo(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.on("response", resolve)
    asked.on("error", reject)
    asked.end()
  })
}

function eventFrom(block: string): StreamEvent {
  const fields = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(": ")
      return [line.slice(0, colon), line.slice(colon + 2)] as const
    }),
  )
  const text = fields.get("data") ?? ""
  return {
    event: fields.get("event") ?? "",
    id: fields.get("id") ?? "",
    data: JSON.parse(text),
    text,
    at: performance.now(),
  }
}
