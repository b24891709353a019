import { accentShades } from "../base/accent.ts"
import { escaped } from "../base/html.ts"
import { shopWords } from "../base/shop-words.ts"
import { shopLinks, type ShopFace } from "../domain/shop.ts"
import type { MailLanguage } from "./mail-language.ts"
import { oneLine } from "./one-line.ts"

/** What a mail shows of the shop. */
export type MailShop = Pick<ShopFace, "name" | "support" | "accent" | "links">

/** The foot of a mail's text: the signature, with the way to get help and the shop's own pages. */
export function footerText({ name, support, links }: MailShop, { tag }: MailLanguage): string {
  const lines = [
    oneLine(name),
    ...(support === null ? [] : [`${shopWords[tag].questions} ${support}`]),
    ...shopLinks.flatMap((link) => {
      const url = links[link]
      return url === null ? [] : [`${shopWords[tag].links[link]}: ${url}`]
    }),
  ]
  return `-- \n${lines.join("\n")}`
}

/** The foot of a mail's HTML. */
export function footerHtml({ name, support, links }: MailShop, { tag }: MailLanguage): string {
  const given = shopLinks.flatMap((link) => {
    const url = links[link]
    return url === null ? [] : [`<a href="${escaped(url)}">${shopWords[tag].links[link]}</a>`]
  })
  const lines = [
    `<bdi>${escaped(oneLine(name))}</bdi>`,
    ...(support === null ? [] : [`${shopWords[tag].questions} ${supportHtml(support)}`]),
    ...(given.length === 0 ? [] : [given.join(" · ")]),
  ]
  return `<footer>${lines.join("<br>\n")}</footer>`
}

function supportHtml(support: string): string {
  const isPage = support.startsWith("https://")
  const url = isPage ? support : `mailto:${encodeURIComponent(support).replace("%40", "@")}`
  return `<a href="${escaped(url)}">${escaped(support)}</a>`
}

/** The grounds of a mail, which the style sheet of layout.ts has too. */
const grounds = { light: ["#f4f4f5", "#ffffff"], dark: ["#18181b", "#27272a"] } as const

/** The rules with the shop's colour; none, if it has set none. */
export function accentStyle({ accent }: MailShop): string {
  if (accent === null) return ""
  const rules = (theme: keyof typeof grounds) => {
    const { surface, ink, edge } = accentShades(accent, grounds[theme])
    return `main { border-top: 3px solid ${edge} }
.button { background: ${surface}; border: 1px solid ${edge}; color: ${ink} }`
  }
  return `${rules("light")}
@media (prefers-color-scheme: dark) {
${rules("dark")}
}`
}
