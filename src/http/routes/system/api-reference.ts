import fastifyStatic from "@fastify/static"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { packageRoot } from "../../../base/package-root.ts"
import type { App } from "../../transport/typed-app.ts"

const built = new URL("dist/web/reference/", packageRoot)

/** Registers the page that shows the API's description, at `/docs/`, if `npm run build:web` has built it. */
export async function registerApiReference(app: App): Promise<void> {
  if (!existsSync(built)) return
  app.get("/docs", { schema: { hide: true } }, (_request, reply) => reply.redirect("/docs/", 301))
  await app.register(fastifyStatic, {
    root: fileURLToPath(built),
    prefix: "/docs/",
    preCompressed: true,
    decorateReply: false,
    setHeaders: (reply) => void reply.header("content-security-policy", policy),
  })
}

/** The page uses inline styles and scripts. All its files still come from this server. */
const policy =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; " +
  "frame-ancestors 'none'"
