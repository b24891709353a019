import helmet from "helmet"
import type { IncomingMessage, ServerResponse } from "node:http"

/**
 * What every answer tells a browser, as plain headers.
 *
 * They are the same for every request, so they are asked of the library once: asking it each time
 * would cost as much as all the rest of a refusal. An answer is data: nothing may be loaded from it,
 * nothing may frame it. Pages bring a policy of their own.
 */
export function securityHeaders(): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  const collect = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  }
  const set = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { "default-src": ["'none'"], "frame-ancestors": ["'none'"] },
    },
    frameguard: { action: "deny" },
    // The shop's other names under the same domain are not ours to bind.
    strictTransportSecurity: { includeSubDomains: false },
    // For documents, or for browsers of the past.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  })
  set({} as IncomingMessage, collect as unknown as ServerResponse, (error?: unknown) => {
    if (error !== undefined) throw new Error("the security headers cannot be made", { cause: error })
  })
  return headers
}
