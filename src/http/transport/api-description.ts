import { STATUS_CODES } from "node:http"
import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger"
import { version } from "../../base/version.ts"
import type { App } from "./typed-app.ts"

/** Describes the routes that are registered after this call as OpenAPI 3.1, at `/openapi.json`. */
export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Doorbuster",
        description:
          "Sells a limited number of units to a crowd that arrives all at once, and never one too many.",
        version,
        license: { name: "MIT", identifier: "MIT" },
      },
      components: {
        securitySchemes: {
          adminToken: {
            type: "http",
            scheme: "bearer",
            description:
              "The value of ADMIN_TOKEN, which has the role `owner`, or the token of an operator; not required in open mode",
          },
        },
      },
    },
    transformObject: (document) => ("openapiObject" in document ? completed(document.openapiObject) : {}),
  })
  // Made once: a thousand pipelined requests would otherwise hold a hundred kilobytes each.
  let text: Buffer | null = null
  app.get("/openapi.json", { schema: { hide: true } }, (_request, reply) => {
    text ??= Buffer.from(JSON.stringify(app.swagger()))
    return reply.type("application/json; charset=utf-8").send(text)
  })
}

type Described = Extract<
  Parameters<NonNullable<FastifyDynamicSwaggerOptions["transformObject"]>>[0],
  { openapiObject: unknown }
>["openapiObject"]

function completed(description: Described): Described {
  for (const path of Object.values(description.paths ?? {})) {
    for (const operation of [path?.get, path?.post, path?.put, path?.patch, path?.delete]) {
      if (operation === undefined) continue
      markOptionalBody(operation)
      nameResponses(operation)
      sayRole(operation)
    }
  }
  return description
}

type Operation = NonNullable<NonNullable<NonNullable<Described["paths"]>[string]>["get"]>

/** Marks a body that may be null as not required: a request may also have no body. */
function markOptionalBody({ requestBody }: Operation): void {
  if (requestBody === undefined || !("content" in requestBody)) return
  const { schema } = requestBody.content["application/json"] ?? {}
  const isNullable = schema !== undefined && "anyOf" in schema && schema.anyOf?.some(isNull)
  if (isNullable) requestBody.required = false
}

/** Says which role a route asks for, in words and in `x-role`, because few readers of OpenAPI show the roles in `security`. */
function sayRole(operation: Operation & { "x-role"?: string }): void {
  const role = operation.security?.[0]?.["adminToken"]?.[0]
  if (role === undefined) return
  const own = operation.description === undefined ? "" : `${operation.description} `
  operation.description = `${own}Needs the role \`${role}\`.`
  operation["x-role"] = role
}

/** Where the standard name of a status says too little. */
const meanings: Readonly<Record<string, string>> = {
  202: "The request is stored, and what it asks for has not happened yet",
}

/** Describes responses without a description by the name of their status; the plugin's placeholder says nothing. */
function nameResponses({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    if (response === undefined || !("description" in response)) continue
    if (response.description === "Default Response") {
      response.description = meanings[status] ?? STATUS_CODES[status] ?? response.description
    }
  }
}

function isNull(schema: object): boolean {
  return "type" in schema && schema.type === "null"
}
