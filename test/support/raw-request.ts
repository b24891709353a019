import { connect } from "node:net"

/** The response to bytes that no HTTP client would send. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
  readonly body: any
}

const ANSWER_WITHIN_MS = 20_000

/**
 * Writes bytes to the server at `url` and resolves with the first response as soon as it is complete.
 * Understands only responses with a content-length; the body of any other is `null`.
 */
export function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let received: Buffer = Buffer.alloc(0)
    function look(isEnd: boolean): void {
      const answer = parsed(received, isEnd)
      if (answer === null) return
      resolve(answer)
      socket.destroy()
    }
    socket.on("data", (data: Buffer) => {
      received = Buffer.concat([received, data])
      look(false)
    })
    socket.on("error", reject)
    socket.on("close", () => {
      look(true)
      reject(new Error(`the connection was closed after: ${received.toString("latin1")}`))
    })
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error("no answer in time")))
    socket.write(bytes)
  })
}

/** The response; null if it is not complete yet. */
function parsed(received: Buffer, isEnd: boolean): RawAnswer | null {
  const end = received.indexOf("\r\n\r\n")
  if (end < 0) return null
  const [statusLine = "", ...lines] = received.subarray(0, end).toString("latin1").split("\r\n")
  const headers = Object.fromEntries(lines.map(headerOf))
  const length = headers["content-length"]
  const body = received.subarray(end + 4)
  if (length !== undefined && body.length < Number(length) && !isEnd) return null
  return {
    status: Number(statusLine.split(" ")[1]),
    headers,
    body: length === undefined ? null : JSON.parse(body.subarray(0, Number(length)).toString("utf8")),
  }
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(":")
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
