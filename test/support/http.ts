import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http"

/** A response; its body is parsed if it is JSON. */
export interface TestAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
  readonly body: any
}

export interface TestRequest {
  /** The body, sent as JSON; `raw` is sent unchanged. */
  readonly json?: unknown
  readonly raw?: string
  readonly headers?: Record<string, string>
  readonly token?: string
  /** For a response that never ends: returns true when the received part is enough. */
  readonly isEnough?: (received: string) => boolean
}

/** A client that keeps its connections alive and never retries. */
export interface TestClient {
  send(method: string, path: string, request?: TestRequest): Promise<TestAnswer>
  get(path: string, request?: TestRequest): Promise<TestAnswer>
  post(path: string, json?: unknown, request?: TestRequest): Promise<TestAnswer>
  close(): void
}

const ANSWER_WITHIN_MS = 30_000

/** A client of the server at `url`. */
export function createClient(url: string, connections = 128): TestClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  function send(method: string, path: string, request: TestRequest = {}) {
    const { json, raw, headers = {}, token, isEnough } = request
    const text = raw ?? (json === undefined ? undefined : JSON.stringify(json))
    const all: Record<string, string> = { ...headers }
    if (text !== undefined) all["content-type"] ??= "application/json"
    if (token !== undefined) all["authorization"] = `Bearer ${token}`
    return new Promise<TestAnswer>((resolve, reject) => {
      const asked = httpRequest(
        `${url}${path}`,
        { method, agent, headers: all, timeout: ANSWER_WITHIN_MS },
        (response) => {
          let received = ""
          response.setEncoding("utf8")
          const answer = () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed(received) })
          response.on("data", (chunk: string) => {
            received += chunk
            if (isEnough?.(received) !== true) return
            answer()
            asked.destroy()
          })
          response.on("error", reject)
          response.on("end", answer)
        },
      )
      asked.on("timeout", () => asked.destroy(new Error("no answer in time")))
      asked.on("error", reject)
      asked.end(text)
    })
  }

  return {
    send,
    get: (path, request) => send("GET", path, request),
    post: (path, json, request) => send("POST", path, { json, ...request }),
    close: () => agent.destroy(),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
