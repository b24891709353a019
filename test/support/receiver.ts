import { once } from "node:events"
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { expect } from "vitest"

/** A webhook message as it arrived. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly id: string
  readonly body: string
  /** The body, parsed. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
  readonly event: any
}

/** A server that receives webhooks: a shop's own system, or the shop of a simulator. */
export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly received: readonly Received[]
  /** Sets how it responds from now on; at first with 204. */
  answer(how: (response: ServerResponse, message: Received) => void): void
  /** Resolves with all messages as soon as there are at least `count`. */
  has(count: number): Promise<readonly Received[]>
}

/** Starts a receiver on loopback. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let answer = (response: ServerResponse, _message: Received): void => void response.writeHead(204).end()
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ""
    request.setEncoding("utf8")
    for await (const chunk of request) body += String(chunk)
    const { url: path = "", headers } = request
    const message = { path, headers, id: String(headers["webhook-id"]), body, event: JSON.parse(body) }
    received.push(message)
    answer(response, message)
  }
  const server = createServer((request, response) => void take(request, response).catch(() => undefined))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer: (how) => void (answer = how),
    async has(count) {
      await expect
        .poll(() => received.length, { timeout: 20_000, interval: 10 })
        .toBeGreaterThanOrEqual(count)
      return received
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
