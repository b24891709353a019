import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Logger } from "pino"
import { listeningError } from "../config/listening-error.ts"

interface WorkerMetrics {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** The metrics as text; null: they cannot be read now. */
  readonly read: () => Promise<string | null>
  readonly contentType: string
  readonly log: Logger
}

/**
 * Answers `GET /metrics` for a worker, which serves no other HTTP, and everything else with 404. Rejects if it cannot listen
 * there.
 */
export async function serveWorkerMetrics(options: WorkerMetrics): Promise<{ stop(): Promise<void> }> {
  const { host, port, read, contentType, log } = options
  const server = createServer((request, response) => {
    const isForMetrics = request.url?.split("?", 1)[0] === "/metrics"
    if (!isForMetrics || (request.method !== "GET" && request.method !== "HEAD")) {
      response.writeHead(404).end()
      return
    }
    read().then(
      (text) => {
        if (text === null) response.writeHead(503).end()
        else response.writeHead(200, { "content-type": contentType }).end(text)
      },
      (error: unknown) => {
        log.error({ err: error }, "Metrics could not be read.")
        response.writeHead(500).end()
      },
    )
  })
  server.listen({ host, port })
  await once(server, "listening").catch((error: unknown) => {
    throw listeningError(error, host)
  })
  const { port: own } = server.address() as AddressInfo
  log.info({ host, port: own }, "Metrics can be read at /metrics.")
  return {
    async stop() {
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
