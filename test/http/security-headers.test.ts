import helmet from "helmet"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { createServer } from "node:http"
import { expect, test } from "vitest"
import { securityHeaders } from "../../src/http/transport/security-headers.ts"

test("the security headers equal those of helmet", async () => {
  const headers = await headersOf(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { "default-src": ["'none'"], "frame-ancestors": ["'none'"] },
      },
      frameguard: { action: "deny" },
      strictTransportSecurity: { includeSubDomains: false },
      // These matter only for documents or for old browsers.
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    }),
  )
  const ofEveryServer = new Set(["connection", "date", "keep-alive", "transfer-encoding", "content-length"])

  expect(Object.fromEntries([...headers].filter(([name]) => !ofEveryServer.has(name)))).toEqual(
    securityHeaders,
  )
})

/** The response headers of a server with this middleware. */
async function headersOf(middleware: ReturnType<typeof helmet>): Promise<Headers> {
  const server = createServer((request, response) => middleware(request, response, () => response.end()))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  try {
    const { port } = server.address() as AddressInfo
    const { headers } = await fetch(`http://127.0.0.1:${port}/`)
    return headers
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
