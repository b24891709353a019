import { Agent, request as httpRequest } from "node:http"
import { Agent as SecureAgent, request as httpsRequest } from "node:https"

/** An answer, or null where none came (the connection broke). */
export interface HttpAnswer {
  readonly status: number
  readonly body: unknown
}

/** Sends JSON over a bounded number of kept connections. */
export interface HttpClient {
  send(method: string, url: string, options?: SendOptions): Promise<HttpAnswer>
  close(): void
}

export interface SendOptions {
  readonly body?: unknown
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** A server that has not answered by then will not. */
const ANSWER_WITHIN_MS = 30_000

/** A client with at most `connections` connections to each server. */
export function createHttpClient(connections: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const secureAgent = new SecureAgent({ keepAlive: true, maxSockets: connections })

  return {
    send(method, url, { body, token, headers: given = {} } = {}) {
      const isSecure = url.startsWith("https:")
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers: Record<string, string> = { ...given }
      if (text !== undefined) headers["content-type"] = "application/json"
      if (token !== undefined && token !== null) headers["authorization"] = `Bearer ${token}`
      return new Promise((resolve, reject) => {
        const options = { method, headers, agent: isSecure ? secureAgent : agent, timeout: ANSWER_WITHIN_MS }
        const request = (isSecure ? httpsRequest : httpRequest)(url, options, (response) => {
          let received = ""
          response.setEncoding("utf8")
          response.on("data", (chunk: string) => (received += chunk))
          response.on("error", reject)
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(received) }))
        })
        request.on("timeout", () => request.destroy(new Error("no answer in time")))
        request.on("error", reject)
        request.end(text)
      })
    },
    close() {
      agent.destroy()
      secureAgent.destroy()
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: whoever asked sees that from the status or finds the text.
    return text
  }
}

/** A number that a JSON body holds under `field`; NaN where it holds none. */
export function numberIn(body: unknown, field: string): number {
  const value = fieldOf(body, field)
  return typeof value === "number" ? value : Number.NaN
}

/** A text that a JSON body holds under `field`; empty where it holds none. */
export function textIn(body: unknown, field: string): string {
  const value = fieldOf(body, field)
  return typeof value === "string" ? value : ""
}

function fieldOf(body: unknown, field: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, field) : undefined
}
