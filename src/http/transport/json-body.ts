import type { FastifyInstance, FastifyRequest } from "fastify"
import { isUtf8 } from "node:buffer"

type Done = (error: Error | null, value?: unknown) => void
type Parse = (request: FastifyRequest, bytes: Buffer, done: Done) => void
type ParseText = (request: FastifyRequest, text: string, done: Done) => void

/** More than any request of ours has. To find and list thousands would cost us more than their sender. */
const MOST_FIELDS = 50

/** The body has more fields than any request of ours. */
export class TooManyFields extends Error {
  readonly most = MOST_FIELDS
}

/** The body's bytes are not UTF-8. */
export class NotUtf8 extends Error {}

/**
 * Decodes a body; null: it is not UTF-8. A lenient decoder makes U+FFFD of every byte that it does not know, so that
 * two different names become one.
 */
export function utf8Text(bytes: Buffer): string | null {
  return isUtf8(bytes) ? bytes.toString("utf8") : null
}

/**
 * Parses a body that has been read whole. An empty one is no body, whatever its content type says:
 * several routes need none, and clients send the header out of habit. Keys that would reach a
 * prototype are refused.
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

/** Makes JSON the only content type that is taken. */
export function acceptJsonOnly(
  app: Pick<FastifyInstance, "getDefaultJsonParser" | "removeAllContentTypeParsers" | "addContentTypeParser">,
): void {
  const parse = jsonParser(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, parse)
}
