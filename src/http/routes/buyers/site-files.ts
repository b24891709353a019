import { accentShades, pageGrounds } from "../../../base/accent.ts"
import { escaped } from "../../../base/html.ts"
import type { BuiltPages } from "../../../site/built-pages.ts"
import type { Services } from "../../services.ts"
import { refuse } from "../../wire/problems.ts"
import type { App } from "../../transport/typed-app.ts"

const hidden = { schema: { hide: true } }

/**
 * Registers what browsers and search engines load beside the pages. The files below `/theme/` are made from their
 * address alone, so that they are the same in every process and can be cached: the colour, and the letter of the icon.
 */
export function registerSiteFiles(
  app: App,
  { pages, shop }: { readonly pages: BuiltPages; readonly shop: Services["shop"] },
): void {
  app.get<{ Params: { file: string } }>("/theme/:file", hidden, (request, reply) => {
    const [, digits, code, kind] =
      /^([0-9a-f]{6})(?:-([0-9a-f]{1,6}))?\.(css|svg)$/.exec(request.params.file) ?? []
    if (digits === undefined || (kind === "css" && code !== undefined)) {
      return refuse(reply, { code: "route_not_found" })
    }
    void reply.header("cache-control", "public, max-age=86400")
    return kind === "css"
      ? reply.type("text/css; charset=utf-8").send(themeText(`#${digits}`))
      : reply.type("image/svg+xml; charset=utf-8").send(iconText(`#${digits}`, code))
  })

  // Browsers ask for it where a page names no icon.
  app.get("/favicon.ico", hidden, async (_request, reply) => {
    return reply.header("cache-control", "public, max-age=60").redirect(pages.iconOf(await shop.face()), 302)
  })

  app.get("/robots.txt", hidden, (_request, reply) =>
    reply.header("cache-control", "public, max-age=3600").type("text/plain; charset=utf-8").send(robots),
  )
}

/** Pages of orders say themselves that they must not be listed: a search engine that may not read them would not know. */
const robots = `User-agent: *
Disallow: /api/
Disallow: /admin
Disallow: /simulator
`

/** The shades of a colour as variables. `light-dark()` is left to the build, which writes it for older browsers too. */
function themeText(accent: string): string {
  const variables = (theme: keyof typeof pageGrounds) => {
    const { surface, hover, ink, edge, text } = accentShades(accent, pageGrounds[theme])
    return `:root{--accent:${surface};--accent-hover:${hover};--accent-ink:${ink};--accent-edge:${edge};--accent-text:${text}}`
  }
  return `${variables("light")}\n@media (prefers-color-scheme:dark){${variables("dark")}}\n`
}

/** A square of the colour with a letter, in the hexadecimal digits of its code point. */
function iconText(accent: string, code: string | undefined): string {
  const { surface, ink } = accentShades(accent, pageGrounds.light)
  const point = Number.parseInt(code ?? "", 16)
  const letter = point <= 0x10ffff ? String.fromCodePoint(point) : ""
  const sign = /^[\p{L}\p{N}]$/u.test(letter)
    ? `<text x="16" y="23" text-anchor="middle" font-family="system-ui,sans-serif" font-size="20" font-weight="700" fill="${ink}">${escaped(letter.toUpperCase())}</text>`
    : ""
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="${surface}"/>${sign}</svg>\n`
}
