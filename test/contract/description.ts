import { Compile, type Validator } from "typebox/schema"
import type { TestAnswer } from "../support/http.ts"

/** The parts of a JSON schema from which requests are generated. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly if?: Pick<Schema, "required">
  /** What holds unless `if` does. */
  readonly else?: Pick<Schema, "required">
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly additionalProperties?: boolean | Schema
  readonly propertyNames?: Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly format?: string
}

/** One route of the API's description. */
export interface Operation {
  /** Method and path, such as `POST /api/holds`. */
  readonly name: string
  readonly method: string
  /** The path, with `{name}` for each parameter. */
  readonly path: string
  readonly body: Schema | null
  readonly queryNames: readonly string[]
  /** The required query parameters. */
  readonly requiredQuery: readonly string[]
  /** True if its response is an event stream. */
  readonly isStream: boolean
  /** The described statuses: exact ones and ranges. */
  readonly statuses: readonly string[]
  /** Whether the description allows `value` as a body; undefined stands for no body. */
  takes(value: unknown): boolean
  /** The deviations of a response from the description, a line each. */
  complaints(answer: TestAnswer): string[]
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
}

interface DescribedOperation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly required?: boolean
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>
  }
  readonly responses: Readonly<Record<string, DescribedAnswer>>
}

interface Parameter {
  readonly in: string
  readonly name: string
  readonly required?: boolean
}

interface DescribedAnswer {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}

/** The codes of refusals by status, from docs/reference/problems.md. */
export type KnownCodes = ReadonlyMap<number, ReadonlySet<string>>

/** Reads an OpenAPI document. `codes`: the codes that refusals may have. */
export function operationsOf(description: unknown, codes: KnownCodes): Operation[] {
  return Object.entries((description as Described).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      operationFrom(method.toUpperCase(), path, operation, codes),
    ),
  )
}

function operationFrom(
  method: string,
  path: string,
  { parameters = [], requestBody, responses }: DescribedOperation,
  codes: KnownCodes,
): Operation {
  const query = parameters.filter((parameter) => parameter.in === "query")
  const body = requestBody?.content["application/json"]?.schema ?? null
  const bodies = body === null ? null : Compile(body)
  const answers = new Map(Object.entries(responses).map(([status, answer]) => [status, checker(answer)]))
  return {
    name: `${method} ${path}`,
    method,
    path,
    body,
    queryNames: query.map((parameter) => parameter.name),
    requiredQuery: query.flatMap(({ name, required }) => (required === true ? name : [])),
    isStream: responses["200"]?.content?.["text/event-stream"] !== undefined,
    statuses: [...answers.keys()],
    takes: (value) =>
      bodies === null || (value === undefined ? requestBody?.required !== true : bodies.Check(value)),
    complaints(answer) {
      const check = answers.get(String(answer.status)) ?? answers.get(`${String(answer.status)[0]}XX`)
      if (check === undefined) return [`the status ${answer.status} is not described`]
      return [...check(answer), ...(answer.status >= 400 ? wrongRefusal(answer, codes) : [])]
    },
  }
}

/** Lists the deviations of the media type and the body of one described response. */
function checker({ content }: DescribedAnswer): (answer: TestAnswer) => string[] {
  if (content === undefined) return () => []
  const validators = new Map(
    Object.entries(content).map(([type, { schema }]) => [
      type,
      schema === undefined ? null : Compile(closed(schema)),
    ]),
  )
  return ({ status, headers, body }) => {
    // Such a response has no body, so it needs no media type.
    if (status === 304) return body === "" ? [] : ["a 304 has a body"]
    const type = (headers["content-type"] ?? "").split(";")[0] ?? ""
    const validator = validators.get(type)
    if (validator === undefined) return [`the content type ${type || "(none)"} is not described`]
    return validator === null ? [] : differences(validator, body)
  }
}

function differences(validator: Validator, body: unknown): string[] {
  if (validator.Check(body)) return []
  const [, errors] = validator.Errors(body)
  return errors.map(({ instancePath, message }) => `${instancePath || "the body"} ${message}`)
}

/** Makes the schema strict: a body may have no members that the schema does not name. */
function closed(schema: Schema): Schema {
  const { properties, items, anyOf } = schema
  return {
    ...schema,
    ...(items && { items: closed(items) }),
    ...(anyOf && { anyOf: anyOf.map(closed) }),
    ...(properties && {
      additionalProperties: schema.additionalProperties ?? false,
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [name, closed(member)]),
      ),
    }),
  }
}

/** Checks what a refusal's schema cannot express. A 503 of /health is not a refusal. */
function wrongRefusal({ status, headers, body }: TestAnswer, codes: KnownCodes): string[] {
  if (!String(headers["content-type"]).startsWith("application/problem+json")) return []
  const { code, type, request_id: requestId } = body as Record<string, unknown>
  return [
    body.status === status ? null : `the body says ${String(body.status)}`,
    codes.get(status)?.has(String(code))
      ? null
      : `the page of problems does not have ${status} ${String(code)}`,
    type === `urn:doorbuster:problem:${String(code)}` ? null : `the type is ${String(type)}`,
    requestId === headers["x-request-id"] ? null : "the body has another request id than the header",
    code !== "invalid_request" || isComplaining(body.errors) ? null : "nothing is said of what is invalid",
    status !== 503 || headers["retry-after"] !== undefined ? null : "a 503 without Retry-After",
  ].filter((line) => line !== null)
}

function isComplaining(errors: unknown): boolean {
  return (
    Array.isArray(errors) &&
    errors.length > 0 &&
    errors.every(({ pointer, detail }) => typeof pointer === "string" && typeof detail === "string")
  )
}

/** Reads the table of docs/reference/problems.md: a row for each status and code. */
export function codesIn(page: string): KnownCodes {
  const known = new Map<number, Set<string>>()
  for (const [, status, code = ""] of page.matchAll(/^\| (\d{3}) \| `([a-z_]+)` \|/gm)) {
    known.set(Number(status), (known.get(Number(status)) ?? new Set()).add(code))
  }
  return known
}
