import { hash } from "node:crypto"
import { languages, type LanguageTag } from "../../client/src/languages.ts"
import { accentShades, pageGrounds, type AccentShades } from "../base/accent.ts"
import { escaped } from "../base/html.ts"
import { shopWords } from "../base/shop-words.ts"
import { shopLinks, type ShopFace } from "../domain/shop.ts"
import { payWords } from "./words.ts"

/** What the pay page shows of the shop. */
export type PayShop = Pick<ShopFace, "name" | "logo" | "accent" | "links" | "support" | "languages">

/** In which frame a page stands. `shop`: null in a process of its own, which knows no shop. */
export interface PayFrame {
  readonly shop: PayShop | null
  readonly tag: LanguageTag
}

/** What a page says, as HTML. */
interface FramedContent {
  /** As text. */
  readonly title: string
  readonly content: string
  /** Where the answer to the page's form may lead; null: to the simulator's own pages only. */
  readonly returnUrl?: string | null
}

/** A page, with the headers under which it is sent. */
export interface FramedPage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Puts a page into the shop's frame: its name or logo, colour and links, in the reader's language. */
export function framed(
  { shop, tag }: PayFrame,
  { title, content, returnUrl = null }: FramedContent,
): FramedPage {
  const style = styleOf(shop)
  const { direction } = languages[tag]
  const words = payWords[tag]
  const name = shop?.name ?? words.simulator
  const body = `<!doctype html>
<html lang="${tag}"${direction === "rtl" ? ' dir="rtl"' : ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`${title} · ${name}`)}</title>
<style>${style}</style>
</head>
<body>
<header>${shop === null ? escaped(name) : `<a href="/">${signOf(shop)}</a>`}</header>
<main>
<p class="notice">${escaped(words.noMoney)}</p>
${content}
</main>
${shop === null ? "" : footerOf(shop, tag)}
</body>
</html>
`
  return { headers: headersWith(style, returnUrl), body }
}

function signOf({ name, logo }: PayShop): string {
  return logo === null
    ? `<bdi>${escaped(name)}</bdi>`
    : `<img src="${escaped(logo.url)}" alt="${escaped(logo.alt)}" height="32">`
}

function footerOf({ links, support }: PayShop, tag: LanguageTag): string {
  const words = shopWords[tag]
  const given = shopLinks.flatMap((link) => {
    const url = links[link]
    return url === null ? [] : [`<a href="${escaped(url)}">${escaped(words.links[link])}</a>`]
  })
  const help = support === null ? [] : [`<span>${escaped(words.questions)} ${supportLink(support)}</span>`]
  const all = [...given, ...help]
  return all.length === 0 ? "" : `<footer>\n${all.join("\n")}\n</footer>`
}

function supportLink(support: string): string {
  const url = support.startsWith("https://")
    ? support
    : `mailto:${encodeURIComponent(support).replace("%40", "@")}`
  return `<a href="${escaped(url)}">${escaped(support)}</a>`
}

/**
 * Headers that let a browser show the page and the shop's logo, and send its form, and nothing else. `same-origin` makes it
 * send the form's `Origin`, which open mode checks. Browsers also check where the answer to a form redirects, so the site of
 * `returnUrl` is allowed.
 */
function headersWith(style: string, returnUrl: string | null): FramedPage["headers"] {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "content-security-policy":
      `default-src 'none'; style-src 'sha256-${hash("sha256", style, "base64")}'; img-src 'self' data: https:; ` +
      `form-action 'self'${returnUrl === null ? "" : ` ${sourceOf(returnUrl)}`}; base-uri 'none'; frame-ancestors 'none'`,
  }
}

/** The address's origin; the scheme alone for `[::1]`, which a policy cannot name. */
function sourceOf(url: string): string {
  const { origin, protocol, hostname } = new URL(url)
  return hostname.startsWith("[") ? protocol : origin
}

/** The pages' own yellow, as in web/shared/tokens.css. */
const usualAccent = {
  light: { surface: "#ffc62b", hover: "#f5b400", ink: "#1e1c17", edge: "#1e1c17", text: "#1e1c17" },
  dark: { surface: "#ffc62b", hover: "#ffd564", ink: "#1e1c17", edge: "#ffc62b", text: "#f2ecdf" },
} as const satisfies Record<keyof typeof pageGrounds, AccentShades>

function styleOf(shop: PayShop | null): string {
  const accent = shop?.accent ?? null
  const { light, dark } =
    accent === null
      ? usualAccent
      : { light: accentShades(accent, pageGrounds.light), dark: accentShades(accent, pageGrounds.dark) }
  const variables = (["surface", "hover", "ink", "edge", "text"] as const).map(
    (name) => `--accent-${name}: light-dark(${light[name]}, ${dark[name]})`,
  )
  return `:root { ${variables.join("; ")} }${rules}`
}

/* The colours, sizes and edges of the storefront's own pages, whose files a simulator in a process of its own does not have. */
const rules = `
:root { color-scheme: light dark; --paper: light-dark(#f6f2e8, #161512); --ink: light-dark(#1e1c17, #f2ecdf);
  --line: light-dark(#d6cdb9, #3f3a30); --edge: light-dark(#1e1c17, #8d8571); --card: light-dark(#fffdf7, #211f1a);
  --side: max(1rem, calc((100% - 64rem) / 2 + 1rem)) }
* { box-sizing: border-box }
body { background: var(--paper); color: var(--ink); margin: 0; overflow-wrap: anywhere;
  font: 1rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
header { align-items: center; border-bottom: 2px solid var(--accent-edge); color: var(--accent-text); display: flex;
  font-weight: 650; min-height: 2.75rem; padding: 0 var(--side) }
header a { align-items: center; display: inline-flex; min-height: 2.75rem; text-decoration: none }
header img { display: block; height: 2rem; margin: .5rem 0; max-width: min(12rem, 100%); object-fit: contain; width: auto }
main { margin: 0 auto; max-width: 30rem; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.625rem; line-height: 1.15; margin: 1.5rem 0 1rem; text-wrap: balance }
p { margin: 1rem 0 }
.notice { border-inline-start: 3px solid light-dark(#7f4c00, #eab75f); margin-top: 0; padding-inline-start: .75rem }
.amount { font-size: 1.75rem; font-variant-numeric: tabular-nums; font-weight: 650; margin: 0 }
.goods { background: var(--card); border: 1px solid var(--edge); border-radius: 3px; padding: 1rem }
button, .button { background: none; border: 1px solid var(--edge); border-radius: 3px; color: inherit; cursor: pointer;
  display: block; font: inherit; margin: .75rem 0; min-height: 2.75rem; padding: .5rem 1rem; text-align: center;
  text-decoration: none; width: 100% }
button:first-child, .button { background: var(--accent-surface); border-color: var(--accent-edge); color: var(--accent-ink);
  font-size: 1.1875rem; font-weight: 650; line-height: 1.25; min-height: 3.75rem; padding: 1rem }
button:hover { background: color-mix(in srgb, var(--ink) 7%, transparent) }
button:first-child:hover, .button:hover { background: var(--accent-hover) }
:focus-visible { outline: 3px solid light-dark(#1f46c4, #9db8ff); outline-offset: 2px }
ul { list-style: none; margin: .5rem 0 0; padding: 0 }
.back { display: inline-flex; align-items: center; min-height: 2.75rem }
footer { border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; font-size: .875rem; gap: .5rem 1.5rem;
  padding: 1rem var(--side) }
footer a { align-items: center; display: inline-flex; min-height: 2.75rem; min-width: 2.75rem }
a { color: inherit }
`
