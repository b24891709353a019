import { Type } from "typebox"
import type { App } from "../../transport/typed-app.ts"
import { problemResponses } from "../../wire/problem-schema.ts"

/** Registers `GET /livez`. */
export function registerShowLiveness(app: App): void {
  app.route({
    method: "GET",
    url: "/livez",
    schema: {
      hide: false,
      tags: ["operations"],
      summary: "Check whether the process is alive",
      response: { 200: Type.Object({ status: Type.String() }), ...problemResponses },
    },
    async handler() {
      return { status: "ok" }
    },
  })
}
