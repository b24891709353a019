import { tracing } from "../../base/tracing.ts"
import type { App } from "./typed-app.ts"

/** Records a span for each request. Adds no hook, and so costs no request anything, unless traces are recorded. */
export function traceRequests(app: App): void {
  const recorder = tracing()
  if (recorder === null) return
  app.addHook("onRequest", (request, reply, done) => {
    const { method, headers, id } = request
    const route = request.routeOptions.url ?? "none"
    const attributes = { "http.request.method": method, "http.route": route, "doorbuster.request_id": id }
    const given = headers["traceparent"]
    const span = recorder.request(
      `${method} ${route}`,
      attributes,
      typeof given === "string" ? given : undefined,
    )
    // Also when the client hangs up, and at the end of a stream.
    reply.raw.once("close", () => span.end({ status: reply.raw.statusCode }))
    recorder.within(span, done)
  })
}
