import { once } from "node:events"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { isLocalName, isLocalOrigin } from "../base/local-names.ts"
import type { SimulatorAnswer } from "./answers.ts"
import type { Simulator } from "./simulator.ts"

/** The simulator as a server of its own. */
export interface SimulatorServer {
  readonly url: string
  /** Cuts whoever is connected; there is nothing to lose. */
  close(): Promise<void>
}

const HOST = "127.0.0.1"
/** Its largest request has a few kilobytes, most of it the `return_url`. */
const MOST_BODY_BYTES = 16 * 1024

/** Listens on loopback only. Throws when the port is taken. */
export async function serveSimulator(simulator: Simulator, port: number): Promise<SimulatorServer> {
  const server = createServer((request, response) => {
    void answer(simulator, request).then(({ status, headers, body }) =>
      response.writeHead(status, { ...everyAnswer, ...headers }).end(body),
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

const everyAnswer = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
}

async function answer(simulator: Simulator, request: IncomingMessage): Promise<SimulatorAnswer> {
  const { method = "", url = "", headers } = request
  if (!isFromHere(request)) return plain(403, "forbidden")
  try {
    const body = await bodyOf(request)
    if (body === null) return plain(413, "body_too_large")
    return await simulator.answer({ method, url, headers, body, root: `http://${headers.host}` })
  } catch (error) {
    return plain(500, error instanceof Error ? error.message : String(error))
  }
}

/** As open mode: a page from elsewhere is known by its `Origin`, or by the name under which it came here. */
function isFromHere({ headers: { host = "", origin } }: IncomingMessage): boolean {
  return isLocalName(host.replace(/:\d*$/, "")) && (origin === undefined || isLocalOrigin(origin))
}

/** Null: it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > MOST_BODY_BYTES) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function plain(status: number, error: string): SimulatorAnswer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error }) }
}
