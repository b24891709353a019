import { Type } from "typebox"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { refuse } from "../../wire/problems.ts"

const Metrics = {
  description: "In the text format of Prometheus",
  content: { "text/plain": { schema: Type.String() } },
}

/** Registers `GET /metrics`. */
export function registerShowMetrics(
  app: App,
  { readiness, events }: Pick<Services, "readiness" | "events">,
): void {
  app.route({
    method: "GET",
    url: "/metrics",
    schema: {
      hide: false,
      tags: ["operations"],
      summary: "Read metrics in Prometheus' format",
      response: { 200: Metrics, ...problemResponses },
    },
    async handler(_request, reply) {
      const text = await readiness.metrics()
      if (text === null) return refuse(reply, { code: "overloaded" })
      return reply.type(events.registry.contentType).send(text)
    },
  })
}
