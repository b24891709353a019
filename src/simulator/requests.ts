import type { Static, TSchema } from "typebox"
import { Check } from "typebox/value"
import { isLocalName } from "../base/local-names.ts"

/** An HTTP request, independent of the server that received it. */
export interface SimulatorRequest {
  readonly method: string
  /** Path and query below the simulator's root; it begins with `/`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The simulator's own address as the client sees it, without a slash at its end. */
  readonly root: string
}

/** An HTTP response, for the server to send. */
export interface SimulatorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Thrown when a request is refused: the response's status, its `error` code and its `detail`. */
export class RequestRefused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

/** Parses a JSON body and checks it against a schema; an empty body counts as `{}`. Throws {@link RequestRefused}. */
export function readBody<Schema extends TSchema>(
  schema: Schema,
  { headers, body }: SimulatorRequest,
): Static<Schema> {
  const isEmpty = body.trim() === ""
  const value = isEmpty ? {} : parsed(body)
  // A page of another origin can send other content types without a preflight request.
  if (!isEmpty && contentType(headers) !== "application/json") {
    throw new RequestRefused(415, "unsupported_media_type", "the body must be application/json")
  }
  if (Check(schema, value)) return value
  throw new RequestRefused(422, "invalid_request", `the body must be ${JSON.stringify(schema)}`)
}

/** The content type without its parameters; empty when there is none. */
export function contentType(headers: SimulatorRequest["headers"]): string {
  return String(headers["content-type"] ?? "")
    .split(";", 1)
    .join("")
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RequestRefused(400, "malformed_request", "the body is not JSON")
  }
}

/** Resolves a `return_url`. Throws if it leads to another machine, which would be an open redirect. */
export function localUrl(text: string, root: string): string {
  const url = URL.canParse(text, `${root}/`) ? new URL(text, `${root}/`) : null
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:"
  if (url !== null && isWeb && isLocalName(url.hostname) && url.username === "" && url.password === "") {
    return url.href
  }
  throw new RequestRefused(422, "invalid_request", "return_url must be an address on this machine")
}

/** A response with a JSON body. */
export function jsonResponse(status: number, value: unknown): SimulatorResponse {
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" }
  return { status, headers, body: JSON.stringify(value) }
}
