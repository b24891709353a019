import type { FastifyInstance, FastifyRequest } from "fastify"

type Done = (error: Error | null, value?: unknown) => void
type Parse = (request: FastifyRequest, text: string, done: Done) => void

/** More than any request of ours has. To find and list thousands would cost us more than their sender. */
const MOST_FIELDS = 50

/** The body has more fields than any request of ours. */
export class TooManyFields extends Error {
  readonly most = MOST_FIELDS
}

/**
 * Parses a body that has been read whole. An empty one is no body, whatever its content type says:
 * several routes need none, and clients send the header out of habit. Keys that would reach a
 * prototype are refused.
 */
export function jsonParser(app: Pick<FastifyInstance, "getDefaultJsonParser">): Parse {
  const parse = app.getDefaultJsonParser("error", "error") as Parse
  return (request, text, done) => {
    if (text.trim() === "") return done(null, undefined)
    parse(request, text, (error, value) => {
      if (error !== null || fieldCount(value) <= MOST_FIELDS) done(error, value)
      else done(new TooManyFields())
    })
  }
}

function fieldCount(body: unknown): number {
  return typeof body === "object" && body !== null ? Object.keys(body).length : 0
}

/** Makes JSON the only content type that is taken. */
export function acceptJsonOnly(
  app: Pick<FastifyInstance, "getDefaultJsonParser" | "removeAllContentTypeParsers" | "addContentTypeParser">,
): void {
  const parse = jsonParser(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("application/json", { parseAs: "string" }, parse)
}
