import fastifyStatic from "@fastify/static"
import { hash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { packageRoot } from "../../../base/package-root.ts"
import type { App } from "../../transport/typed-app.ts"

const PREFIX = "/docs/guide/"
const built = new URL("dist/docs/", packageRoot)

/** Registers the documentation site below `/docs/guide/`, if `npm run docs:build` has built it. */
export async function registerDocsSite(app: App): Promise<void> {
  const index = await readFile(new URL("index.html", built), "utf8").catch(() => null)
  if (index === null) return
  const policy = policyFor(index)
  app.get(PREFIX.slice(0, -1), { schema: { hide: true } }, (_request, reply) => reply.redirect(PREFIX))
  await app.register(fastifyStatic, {
    root: fileURLToPath(built),
    prefix: PREFIX,
    decorateReply: false,
    setHeaders: (reply) => void reply.header("content-security-policy", policy),
  })
}

/**
 * Makes the Content-Security-Policy of the site. The inline scripts choose a page's colours before it is drawn. They are
 * the same on each page, and no other inline script may run. Blocks of code have inline styles.
 */
function policyFor(page: string): string {
  const scripts = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>(.*?)<\/script>/gs)]
  const hashes = scripts.map(([, script = ""]) => ` 'sha256-${hash("sha256", script, "base64")}'`)
  return [
    "default-src 'none'",
    `script-src 'self'${[...new Set(hashes)].join("")}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ")
}
