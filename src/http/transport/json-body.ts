import type { FastifyInstance, FastifyRequest } from "fastify"
import { isUtf8 } from "node:buffer"

type Done = (error: Error | null, value?: unknown) => void
type Parse = (request: FastifyRequest, bytes: Buffer, done: Done) => void
type ParseText = (request: FastifyRequest, text: string, done: Done) => void

/** More fields than any request of the API has. Checking and listing thousands would be a cheap attack. */
const MOST_FIELDS = 50

/** The body has more than `MOST_FIELDS` fields. */
export class TooManyFields extends Error {
  readonly most = MOST_FIELDS
}

/** The body's bytes are not UTF-8. */
export class NotUtf8 extends Error {}

/**
 * Decodes a body; null: it is not UTF-8. A lenient decoder would replace every invalid byte by U+FFFD and so make
 * different names equal.
 */
export function utf8Text(bytes: Buffer): string | null {
  return isUtf8(bytes) ? bytes.toString("utf8") : null
}

/**
 * Makes the parser of request bodies. An empty body counts as no body even with a content type: several routes need no
 * body, and many clients always send the header. Keys that would change a prototype are refused.
 */
function jsonParser(app: Pick<FastifyInstance, "getDefaultJsonParser">): Parse {
  const parse = app.getDefaultJsonParser("error", "error") as ParseText
  return (request, bytes, done) => {
    const text = utf8Text(bytes)
    if (text === null) return done(new NotUtf8())
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

/** Makes JSON the only accepted content type. */
export function acceptJsonOnly(
  app: Pick<FastifyInstance, "getDefaultJsonParser" | "removeAllContentTypeParsers" | "addContentTypeParser">,
): void {
  const parse = jsonParser(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, parse)
}
