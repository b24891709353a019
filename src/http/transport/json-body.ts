import type { FastifyInstance, FastifyRequest } from "fastify"
import { isUtf8 } from "node:buffer"

type Done = (error: Error | null, value?: unknown) => void
type Parse = (request: FastifyRequest, bytes: Buffer, done: Done) => void
type ParseText = (request: FastifyRequest, text: string, done: Done) => void

/** More fields than any request of the API has. Checking and listing thousands would be a cheap attack. */
const MOST_FIELDS = 50

/**
 * The most items of a list or fields of an object, with theirs at all depths: as many as 200 variants with all their settings
 * and options have.
 */
const MOST_PARTS = 5_000

/** The body, or a list or an object in it, has more than `most` fields. */
export class TooManyFields extends Error {
  readonly most: number

  constructor(most: number) {
    super(`more than ${most} fields`)
    this.most = most
  }
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
      done(error ?? fieldsRefusal(value), value)
    })
  }
}

function fieldsRefusal(body: unknown): TooManyFields | null {
  if (typeof body !== "object" || body === null) return null
  if (Object.keys(body).length > MOST_FIELDS) return new TooManyFields(MOST_FIELDS)
  const isTooLong = Object.values(body as Readonly<Record<string, unknown>>).some(
    (part) => typeof part === "object" && part !== null && hasTooManyParts(part),
  )
  return isTooLong ? new TooManyFields(MOST_PARTS) : null
}

/** Counts fields and items at all depths. Not by recursion, because a body may be nested deeper than the stack allows. */
function hasTooManyParts(part: object): boolean {
  const open = [part]
  let count = 0
  for (let whole = open.pop(); whole !== undefined; whole = open.pop()) {
    const parts = Object.values(whole) as unknown[]
    count += parts.length
    if (count > MOST_PARTS) return true
    for (const part of parts) if (typeof part === "object" && part !== null) open.push(part)
  }
  return false
}

/** Makes JSON the only accepted content type. */
export function acceptJsonOnly(
  app: Pick<FastifyInstance, "getDefaultJsonParser" | "removeAllContentTypeParsers" | "addContentTypeParser">,
): void {
  const parse = jsonParser(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, parse)
}
