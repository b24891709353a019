import { refuse } from "../wire/problems.ts"
import type { App } from "./typed-app.ts"

/**
 * Answers 400 to a query string that is not percent-encoded UTF-8. The framework would pass it on undecoded and so make
 * `%FF` and `%25FF` equal. Applies only to routes with a schema for the query that are registered after this call.
 */
export function refuseUnreadableQueries(app: App): void {
  app.addHook("onRoute", (route) => {
    if (route.schema?.querystring === undefined) return
    const own = route.onRequest === undefined ? [] : [route.onRequest].flat()
    route.onRequest = [
      ...own,
      (request, reply, done) => {
        if (isReadable(request.url)) done()
        else refuse(reply, { code: "malformed_request", detail })
      },
    ]
  })
}

const detail = "The query string is not percent-encoded UTF-8"

function isReadable(url: string): boolean {
  const start = url.indexOf("?")
  if (start < 0 || !url.includes("%", start)) return true
  try {
    decodeURIComponent(url.slice(start))
    return true
  } catch {
    return false
  }
}
