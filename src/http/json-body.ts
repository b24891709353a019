import type { FastifyInstance, FastifyRequest } from "fastify"

type Parse = (
  request: FastifyRequest,
  text: string,
  done: (error: Error | null, value?: unknown) => void,
) => void

/**
 * Parses a body that has been read whole. An empty one is no body, whatever its content type says:
 * several routes need none, and clients send the header out of habit. Keys that would reach a
 * prototype are refused.
 */
export function jsonParser(app: Pick<FastifyInstance, "getDefaultJsonParser">) {
  const parse = app.getDefaultJsonParser("error", "error") as Parse
  return (request: FastifyRequest, text: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (text.trim() === "") return resolve(undefined)
      parse(request, text, (error, value) => (error === null ? resolve(value) : reject(error)))
    })
}

/** Makes JSON the only content type that is taken. */
export function acceptJsonOnly(
  app: Pick<FastifyInstance, "getDefaultJsonParser" | "removeAllContentTypeParsers" | "addContentTypeParser">,
): void {
  const parsed = jsonParser(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    "application/json",
    { parseAs: "string" },
    (request: FastifyRequest, text: string) => parsed(request, text),
  )
}
