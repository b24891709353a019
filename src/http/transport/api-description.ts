import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger"
import scalar from "@scalar/fastify-api-reference"
import { version } from "../../base/version.ts"
import type { App } from "./typed-app.ts"

/** Describes the routes that follow as OpenAPI 3.1, at `/openapi.json` and readable at `/docs`. */
export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Doorbuster",
        description: "Sells a limited number of units to a crowd that arrives all at once, exactly.",
        version,
        license: { name: "MIT", identifier: "MIT" },
      },
      components: {
        securitySchemes: {
          adminToken: {
            type: "http",
            scheme: "bearer",
            description: "ADMIN_TOKEN; not asked for in open mode",
          },
        },
      },
    },
    transformObject: (document) => ("openapiObject" in document ? leaveOut(document.openapiObject) : {}),
  })
  // Written once: a hundred kilobytes for each of a thousand requests that come in one packet would be a lot.
  let text: Buffer | null = null
  app.get("/openapi.json", { schema: { hide: true } }, (_request, reply) => {
    text ??= Buffer.from(JSON.stringify(app.swagger()))
    return reply.type("application/json; charset=utf-8").send(text)
  })

  await app.register(async (docs) => {
    docs.addHook("onSend", async (_request, reply) => {
      // The reader of the API description styles itself in place; everything still comes from here.
      void reply.header(
        "content-security-policy",
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
          "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; " +
          "frame-ancestors 'none'",
      )
    })
    await docs.register(scalar, {
      routePrefix: "/docs",
      // A page to read: nothing on it leads to somebody else's service.
      configuration: {
        url: "/openapi.json",
        withDefaultFonts: false,
        telemetry: false,
        showDeveloperTools: "never",
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    })
  })
}

type Described = Extract<
  Parameters<NonNullable<FastifyDynamicSwaggerOptions["transformObject"]>>[0],
  { openapiObject: unknown }
>["openapiObject"]

/** A body that may be null may also be left out, which the description would otherwise deny. */
function leaveOut(description: Described): Described {
  for (const path of Object.values(description.paths ?? {})) {
    const { requestBody } = path?.post ?? {}
    if (requestBody === undefined || !("content" in requestBody)) continue
    const { schema } = requestBody.content["application/json"] ?? {}
    const isNullable = schema !== undefined && "anyOf" in schema && schema.anyOf?.some(isNull)
    if (isNullable) requestBody.required = false
  }
  return description
}

function isNull(schema: object): boolean {
  return "type" in schema && schema.type === "null"
}
