import type { FastifyRequest } from "fastify"
import { isLocalName, isLocalOrigin } from "../../base/local-names.ts"
import { refuse } from "../wire/problems.ts"
import type { App } from "../transport/typed-app.ts"

/**
 * Refuses requests of web pages of other origins. In open mode callers need no token, only to be on this machine, and
 * a browser on this machine also runs pages of other sites. Their requests carry a foreign `Origin`, or, if
 * the site's own name resolves to this machine (DNS rebinding), a foreign `Host`.
 */
export function refuseForeignPages(app: App, allowedOrigins: readonly string[]): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { origin } = request.headers
    const isForeignPage =
      origin !== undefined &&
      !isAllowedOrigin(origin, allowedOrigins) &&
      request.routeOptions.config.isForEveryPage !== true
    const isForeign = !isLocalHost(request) || isForeignPage
    if (isForeign) refuse(reply, { code: "forbidden", detail })
    else done()
  })
}

const detail =
  "In open mode the Host must be an address of this machine, and the Origin must be local or in CORS_ORIGINS; to serve other clients, set ADMIN_TOKEN"

function isLocalHost({ hostname }: FastifyRequest): boolean {
  return hostname === "" || isLocalName(hostname)
}

/** True for an origin of this machine, and for those in CORS_ORIGINS. */
export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  return allowed.includes(origin) || isLocalOrigin(origin)
}
