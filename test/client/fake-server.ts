import { once } from "node:events"
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A server whose answers a test decides. */
export interface FakeServer extends AsyncDisposable {
  readonly url: string
  /** The requests, in order. */
  readonly asked: readonly IncomingMessage[]
}

/** Starts one on loopback; `answer` gets the number of the request, from 1. */
export async function startFakeServer(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<FakeServer> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    answer(request, response, asked.length)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: object = {},
): void {
  const all = { "content-type": "application/json", ...headers }
  response.writeHead(status, all).end(JSON.stringify(body))
}

/** Answers with a problem document. */
export function sendProblem(
  response: ServerResponse,
  status: number,
  code: string,
  headers: object = {},
): void {
  const body = { type: "", title: code, status, detail: code, instance: "/", code, request_id: "r-1" }
  sendJson(response, status, body, headers)
}

/**
 * Stands between a client and `url`, and loses the answers of the requests with these numbers, from 1,
 * after the server behind has given them.
 */
export function startLossyProxy(url: string, lost: readonly number[]): Promise<FakeServer> {
  return startFakeServer((incoming, response, number) => {
    const { method, headers } = incoming
    const onward = request(`${url}${incoming.url}`, { method, headers }, (answer) => {
      if (lost.includes(number)) {
        answer.resume()
        answer.on("end", () => response.destroy())
        return
      }
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(onward)
  })
}
