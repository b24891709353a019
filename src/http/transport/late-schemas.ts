import type { FastifySchemaCompiler, FastifySerializerCompiler } from "fastify"
import type { App } from "./typed-app.ts"

/**
 * Compiles the schemas of the routes that are registered after this call when a request first needs them. A server
 * listens sooner without the shop's hundred schemas; those of buyers are ready before the first buyer comes.
 */
export function compileLate(area: App): void {
  const validatorOf: FastifySchemaCompiler<unknown> = (part) => {
    const compile = once(() => compilerOf(area.validatorCompiler)(part))
    return (data) => {
      const validate = compile()
      return validate(data) === true || { error: validate.errors ?? [] }
    }
  }
  const serializerOf: FastifySerializerCompiler<unknown> = (part) => {
    const compile = once(() => compilerOf(area.serializerCompiler)(part))
    return (data) => compile()(data)
  }
  area.addHook("onRoute", (route) => {
    route.validatorCompiler = validatorOf
    route.serializerCompiler = serializerOf
  })
}

/** Fastify makes its compilers for the first route that is compiled at once. */
function compilerOf<T>(compiler: T | undefined): T {
  if (compiler === undefined) throw new Error("No route's schemas were compiled before the server listened")
  return compiler
}

function once<T extends object>(make: () => T): () => T {
  let made: T | null = null
  return () => (made ??= make())
}
