import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http"
import { Agent as SecureAgent, request as httpsRequest } from "node:https"
import type { Fetch } from "../../client/src/index.ts"

/** An answer, or null where none came (the connection broke). */
export interface HttpAnswer {
  readonly status: number
  readonly body: unknown
}

/** Sends requests over a bounded number of kept connections. */
export interface HttpClient {
  /** Sends JSON, and reads some. */
  send(method: string, url: string, options?: SendOptions): Promise<HttpAnswer>
  /** As the platform's `fetch`, for the client library: several times as fast, and no more than that needs. */
  readonly fetch: Fetch
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

  function exchange(url: string, { method, headers, body, signal }: Exchange): Promise<Text> {
    const isSecure = url.startsWith("https:")
    return new Promise((resolve, reject) => {
      const options = {
        method,
        headers: { ...headers },
        agent: isSecure ? secureAgent : agent,
        timeout: ANSWER_WITHIN_MS,
      }
      const request = (isSecure ? httpsRequest : httpRequest)(url, options, (response) => {
        let text = ""
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => (text += chunk))
        response.on("error", reject)
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        )
      })
      signal?.addEventListener("abort", () => request.destroy(new Error("given up")), { once: true })
      request.on("timeout", () => request.destroy(new Error("no answer in time")))
      request.on("error", reject)
      request.end(body)
    })
  }

  return {
    async send(method, url, { body, token, headers: given = {} } = {}) {
      const headers: Record<string, string> = { ...given }
      if (body !== undefined) headers["content-type"] = "application/json"
      if (token !== undefined && token !== null) headers["authorization"] = `Bearer ${token}`
      const text = body === undefined ? undefined : JSON.stringify(body)
      const answer = await exchange(url, { method, headers, body: text })
      return { status: answer.status, body: parsed(answer.text) }
    },
    async fetch(url, request) {
      const { status, headers, text } = await exchange(url, request)
      return {
        status,
        headers: { get: (name) => [headers[name] ?? []].flat()[0] ?? null },
        body: null,
        text: () => Promise.resolve(text),
      }
    },
    close() {
      agent.destroy()
      secureAgent.destroy()
    },
  }
}

interface Exchange {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly signal?: AbortSignal
}

interface Text {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
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
