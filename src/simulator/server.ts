import { once } from "node:events"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { isLocalName, isLocalOrigin } from "../base/local-names.ts"
import type { SimulatorResponse } from "./requests.ts"
import type { Simulator } from "./simulator.ts"

/** A simulator that listens on a port of its own. */
export interface SimulatorServer {
  readonly url: string
  /** Stops the simulator and closes all connections at once; it has no state that could be lost. */
  close(): Promise<void>
}

const HOST = "127.0.0.1"
/** The largest valid request has only a few kilobytes, most of them in its `return_url`. */
const MOST_BODY_BYTES = 16 * 1024
/**
 * How long a connection without a request is kept. With Node's default of 5 seconds, a shop that was busy for some
 * seconds sends its next request on a connection that is being closed.
 */
const KEEP_ALIVE_MS = 75_000

/** Listens on the loopback address only; port 0 means any free one. Throws if the port is in use. */
export async function serveSimulator(simulator: Simulator, port: number): Promise<SimulatorServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void answer(simulator, request).then(({ status, headers, body }) =>
      response.writeHead(status, { ...securityHeaders, ...headers }).end(body),
    )
  })
  server.listen(port, HOST)
  await once(server, "listening")
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://${HOST}:${actual}`,
    async close() {
      simulator.stop()
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const securityHeaders = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
}

async function answer(simulator: Simulator, request: IncomingMessage): Promise<SimulatorResponse> {
  const { method = "", url = "", headers } = request
  if (!isLocalRequest(request)) return errorResponse(403, "forbidden")
  try {
    const body = await bodyOf(request)
    if (body === null) return errorResponse(413, "body_too_large")
    return await simulator.answer({ method, url, headers, body, root: `http://${headers.host}` })
  } catch (error) {
    return errorResponse(500, error instanceof Error ? error.message : String(error))
  }
}

/** The check of open mode. The `Origin` or the host name reveals a request from a page of another site. */
function isLocalRequest({ headers: { host = "", origin } }: IncomingMessage): boolean {
  return isLocalName(host.replace(/:\d*$/, "")) && (origin === undefined || isLocalOrigin(origin))
}

/** Null if the body is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function errorResponse(status: number, error: string): SimulatorResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error }) }
}
