import type { FastifyInstance, FastifyRequest } from "fastify"

type Done = (error: Error | null, value?: unknown) => void

/**
 * Parses a body that has been read whole. An empty one is no body, whatever its content type says:
 * several routes need none, and clients send the header out of habit. Keys that would reach a
 * prototype are refused.
 */
export function jsonReader(app: Pick<FastifyInstance, "getDefaultJsonParser">) {
  const parse = app.getDefaultJsonParser("error", "error") as (
    request: FastifyRequest,
    text: string,
    done: Done,
  ) => void
  return (request: FastifyRequest, text: string, done: Done): void => {
    if (text.trim() === "") done(null, undefined)
    else parse(request, text, done)
  }
}

/** Makes JSON the only content type that is taken. */
export function acceptJsonOnly(
  app: Pick<FastifyInstance, "getDefaultJsonParser" | "removeAllContentTypeParsers" | "addContentTypeParser">,
): void {
  const read = jsonReader(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, text, done) =>
    read(request, String(text), done),
  )
}
