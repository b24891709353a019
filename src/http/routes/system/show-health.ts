import { Type, type Static } from "typebox"
import { oneOf } from "../../../wire/fields.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { problemResponses } from "../../wire/problem-schema.ts"

export const HealthWire = Type.Object({
  status: oneOf(["ok", "unavailable", "stopping"]),
  database: oneOf(["ok", "unavailable"]),
  version: Type.String(),
  uptime_seconds: Type.Number(),
})

/** Registers `GET /health` and `GET /readyz`, which say whether the server can serve requests. */
export function registerShowHealth(app: App, { readiness }: Pick<Services, "readiness">): void {
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
        hide: false,
        tags: ["operations"],
        summary: "Check whether the server is ready",
        description: "503: the database is not available, or the process is stopping.",
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
}
