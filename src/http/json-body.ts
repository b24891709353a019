import type { FastifyInstance, FastifyRequest } from "fastify"

type Done = (error: Error | null, value?: unknown) => void
type Parse = (request: FastifyRequest, text: string, done: Done) => void

/**
 * Parses a body that has been read whole. An empty one is no body, whatever its content type says:
 * several routes need none, and clients send the header out of habit. Keys that would reach a
 * prototype are refused.
 */
export function jsonParser(app: Pick<FastifyInstance, "getDefaultJsonParser">): Parse {
  const parse = app.getDefaultJsonParser("error", "error") as Parse
  return (request, text, done) => (text.trim() === "" ? done(null, undefined) : parse(request, text, done))
}

/** Makes JSON the only content type that is taken. */
export function acceptJsonOnly(
  app: Pick<FastifyInstance, "getDefaultJsonParser" | "removeAllContentTypeParsers" | "addContentTypeParser">,
): void {
  const parse = jsonParser(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("application/json", { parseAs: "string" }, parse)
}
