import type { FastifyRequest } from "fastify"
import { isLocalName, isLocalOrigin } from "../../base/local-names.ts"
import { refuse } from "../wire/problems.ts"
import type { App } from "../transport/typed-app.ts"

/**
 * In open mode nobody shows a token, so being on this machine is all that a caller has to prove. A
 * web page from elsewhere runs on this machine too: it is told apart by the `Origin` it cannot hide,
 * or by the `Host` under which a name of its own was made to point here.
 */
export function refuseForeignPages(app: App, allowedOrigins: readonly string[]): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { origin } = request.headers
    const isForeign =
      !isLocalHost(request) || (origin !== undefined && !isAllowedOrigin(origin, allowedOrigins))
    if (isForeign) refuse(reply, { code: "forbidden", detail })
    else done()
  })
}

const detail =
  "In open mode only this machine's own addresses may be the Host, and only its pages or those in CORS_ORIGINS the Origin; set ADMIN_TOKEN for anything else"

function isLocalHost({ hostname }: FastifyRequest): boolean {
  return hostname === "" || isLocalName(hostname)
}

function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  return allowed.includes(origin) || isLocalOrigin(origin)
}
