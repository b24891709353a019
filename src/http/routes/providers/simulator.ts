import type { FastifyReply, FastifyRequest } from "fastify"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"

const ROOT = "/simulator"

/** Registers the payment simulator below `/simulator`, in open mode only: open mode refuses pages of other sites. */
export function registerSimulator(
  app: App,
  { simulator, gatekeeper }: Pick<Services, "simulator" | "gatekeeper">,
): void {
  if (simulator === null || gatekeeper.mode !== "open") return

  const { answer } = simulator

  async function handler(request: FastifyRequest, reply: FastifyReply) {
    const { status, headers, body } = await answer({
      method: request.method,
      url: request.url.slice(ROOT.length),
      headers: request.headers,
      body: typeof request.body === "string" ? request.body : "",
      root: `http://${request.host}${ROOT}`,
    })
    return reply.code(status).headers(headers).send(body)
  }

  void app.register(async (area: App) => {
    area.removeAllContentTypeParsers()
    area.addContentTypeParser("*", { parseAs: "string" }, (_request: FastifyRequest, text, done) =>
      done(null, text),
    )
    for (const method of ["GET", "POST"]) {
      area.route({ method, url: `${ROOT}/*`, schema: { hide: true }, handler })
    }
  })
}
