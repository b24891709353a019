import { once } from "node:events"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

/** A span as OTLP carries it in JSON, with its attributes by name. */
export interface ReceivedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A collector of traces on loopback. */
export interface Collector extends AsyncDisposable {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** The headers of the last message. */
  headers(): IncomingHttpHeaders
}

type Wire = Omit<ReceivedSpan, "attributes" | "links"> & {
  links?: ReceivedSpan["links"]
  attributes: { key: string; value: Record<string, unknown> }[]
}

/** Starts a collector that takes OTLP over HTTP, as JSON. */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = []
  let last: IncomingHttpHeaders = {}
  const server = createServer((request, response) => {
    let text = ""
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
    request.on("end", () => {
      last = request.headers
      const body = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Wire[] }[] }[] }
      const received = body.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans))
      for (const { attributes, links = [], ...span } of received) {
        const values = attributes.map(({ key, value }) => [key, Object.values(value)[0]])
        spans.push({ ...span, links, attributes: Object.fromEntries(values) as Record<string, unknown> })
      }
      response.writeHead(request.url === "/v1/traces" ? 200 : 404, { "content-type": "application/json" })
      response.end("{}")
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers: () => last,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
