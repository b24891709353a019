import type { FastifyError, FastifyReply, FastifyRequest } from "fastify"
import type { Logger } from "pino"
import { isTransient } from "../../store/errors.ts"
import { NotUtf8, TooManyFields } from "./json-body.ts"
import { refuse, type AnyRefusal, type FieldError } from "../wire/problems.ts"
import { discardBodyOf } from "./unread-bodies.ts"

/** Answers every error that a route or the framework throws. Only faults of the server become a 500 and a log line. */
export function errorAnswerer(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal = refusalFor(error)
    if (refusal.code === "internal_error") log.error({ err: error, request_id: request.id }, "Fault.")
    if (!request.raw.complete) keepReading(request, reply)
    return refuse(reply, refusal)
  }
}

/** Keeps the connection open, which the framework would close because the body was not read to its end. */
function keepReading(request: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader("connection")
  discardBodyOf(request.raw)
}

/** The most errors that an answer lists: a list of the request may have thousands of wrong items. */
const MOST_ERRORS = 100

function refusalFor(error: FastifyError): AnyRefusal {
  if (error.validation !== undefined)
    return { code: "invalid_request", errors: fieldErrors(error.validation) }
  if (error instanceof TooManyFields) {
    return {
      code: "invalid_request",
      errors: [{ pointer: "", detail: `must not have more than ${error.most} fields` }],
    }
  }
  if (error instanceof NotUtf8) return { code: "malformed_request", detail: "The body is not valid UTF-8" }
  if (isPassingFailure(error)) return { code: "unavailable" }
  const status = error.statusCode ?? 500
  // Only the plugin for static files throws this, when a directory is requested.
  if (status === 403) return { code: "route_not_found" }
  if (status === 429) return { code: "rate_limited" }
  if (status === 413) return { code: "body_too_large" }
  if (status === 415) return { code: "unsupported_media_type" }
  if (status >= 400 && status < 500) return { code: "malformed_request", detail: error.message }
  return { code: "internal_error" }
}

type ValidationError = NonNullable<FastifyError["validation"]>[number]

/** A condition names no field: its own errors, about the fields that it requires, are listed as well. */
function fieldErrors(errors: readonly ValidationError[]): FieldError[] {
  return errors
    .filter(({ keyword }) => keyword !== "if")
    .slice(0, MOST_ERRORS)
    .map(fieldError)
}

/** Converts an error of the schema's validation. */
export function fieldError({
  instancePath,
  keyword,
  params,
  schemaPath,
  message = "is not valid",
}: ValidationError): FieldError {
  const extra = params["additionalProperty"] ?? params["missingProperty"]
  const pointer = typeof extra === "string" ? `${instancePath}/${extra}` : instancePath
  if (keyword === "additionalProperties") return { pointer, detail: "is not a field of this request" }
  if (keyword === "required") return { pointer, detail: requiredText(pointer, schemaPath) }
  if (keyword === "minItems" && params["limit"] === 1) return { pointer, detail: "must not be empty" }
  return { pointer, detail: message }
}

/** A new product needs a stock or variants, but the error of the condition names only the stock. */
function requiredText(pointer: string, schemaPath: string): string {
  const isCondition = schemaPath.endsWith("/else/required")
  return isCondition && pointer === "/stock" ? "is required unless variants are given" : "is required"
}

/** True for a passing failure of the database, which is answered with 503 `unavailable`. */
export function isPassingFailure(error: unknown): boolean {
  return isTransient(error)
}
