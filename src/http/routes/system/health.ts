import { Type, type Static } from "typebox"
import { refuse } from "../../wire/problems.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { oneOf } from "../../../wire/fields.ts"
import type { App, Services } from "../../services.ts"

export const HealthWire = Type.Object({
  status: oneOf(["ok", "unavailable", "stopping"]),
  database: oneOf(["ok", "unavailable"]),
  version: Type.String(),
  uptime_seconds: Type.Number(),
})

const Metrics = {
  description: "The metrics in the text format of Prometheus",
  content: { "text/plain": { schema: Type.String() } },
}

const hide = { hide: false, tags: ["operations"] }

/** Whether the process lives, whether it can serve, and its metrics. */
export function healthRoutes(app: App, { readiness, events }: Services): void {
  async function health(): Promise<Static<typeof HealthWire>> {
    const isThere = await readiness.database()
    const stopping = readiness.stopping()
    return {
      status: stopping ? "stopping" : isThere ? "ok" : "unavailable",
      database: isThere ? "ok" : "unavailable",
      version: readiness.version,
      uptime_seconds: Math.round(process.uptime()),
    }
  }

  for (const url of ["/health", "/readyz"]) {
    app.route({
      method: "GET",
      url,
      schema: {
        ...hide,
        summary: "Check whether the server is ready",
        description: "503: the database is unavailable, or the process is stopping.",
        response: { ...problemResponses, 200: HealthWire, 503: HealthWire },
      },
      async handler(_request, reply) {
        const state = await health()
        void reply.header("cache-control", "no-store")
        if (state.status !== "ok") void reply.header("retry-after", "1")
        return reply.code(state.status === "ok" ? 200 : 503).send(state)
      },
    })
  }

  app.route({
    method: "GET",
    url: "/livez",
    schema: {
      ...hide,
      summary: "Check whether the process is alive",
      response: { 200: Type.Object({ status: Type.String() }), ...problemResponses },
    },
    async handler() {
      return { status: "ok" }
    },
  })

  app.route({
    method: "GET",
    url: "/metrics",
    schema: {
      ...hide,
      summary: "Read the metrics in the format of Prometheus",
      response: { 200: Metrics, ...problemResponses },
    },
    async handler(_request, reply) {
      const text = await readiness.metrics()
      if (text === null) return refuse(reply, { code: "overloaded" })
      return reply.type(events.registry.contentType).send(text)
    },
  })
}
