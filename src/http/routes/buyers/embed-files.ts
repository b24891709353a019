import type { BuiltPages } from "../../../site/built-pages.ts"
import type { App } from "../../transport/typed-app.ts"

declare module "fastify" {
  interface FastifyContextConfig {
    /** True: pages of every origin may load it, in open mode too. It depends on nothing but the build. */
    readonly isForEveryPage?: boolean
  }
}

const options = { schema: { hide: true }, config: { isForEveryPage: true } }

/**
 * A page that may not ask this server may load the script, because only the script can say why nothing is shown. The
 * answers of the API stay unreadable to such a page.
 */
const headers = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" }

/** The script's address is stable, so that shops write it once; a new build reaches them within this time. */
const SCRIPT_SECONDS = 300

/** Registers the script of `<doorbuster-buy>`, for pages of other sites, and what it loads. */
export function registerEmbedFiles(app: App, { embedDirectory }: Pick<BuiltPages, "embedDirectory">): void {
  app.get("/embed.js", options, (_request, reply) =>
    reply
      .headers(headers)
      .sendFile("embed.js", embedDirectory, { maxAge: SCRIPT_SECONDS * 1_000, immutable: false }),
  )
  // Named by their content.
  app.get<{ Params: { file: string } }>("/embed/:file", options, (request, reply) =>
    reply.headers(headers).sendFile(`embed/${request.params.file}`, embedDirectory),
  )
}
