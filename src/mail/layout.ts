import { escaped } from "../base/html.ts"
import type { MailLanguage } from "./mail-language.ts"
import { oneLine } from "./one-line.ts"
import { accentStyle, footerHtml, footerText, type MailShop } from "./shop-footer.ts"

/** A row of a mail's table. */
export interface MailRow {
  readonly label: string
  readonly amount: string
}

/** A part of a mail's body. Every value is plain text; the two renderers escape it. */
export type MailBlock =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly rows: readonly MailRow[]; readonly total: MailRow }
  | { readonly kind: "lines"; readonly title: string; readonly lines: readonly string[] }
  | { readonly kind: "link"; readonly label: string; readonly url: string }
  | { readonly kind: "note"; readonly text: string }
  /** Digits that the reader types elsewhere. They read from left to right in every language. */
  | { readonly kind: "code"; readonly code: string }

/** A mail's body, from which both its HTML and its text are made. */
export interface MailBody {
  readonly shop: MailShop
  readonly language: MailLanguage
  readonly heading: string
  readonly blocks: readonly MailBlock[]
}

/** The text of a mail, for readers without HTML. */
export function mailText({ shop, language, heading, blocks }: MailBody): string {
  const parts = [oneLine(heading), ...blocks.map(blockText), footerText(shop, language)]
  return `${parts.join("\n\n")}\n`
}

function blockText(block: MailBlock): string {
  switch (block.kind) {
    case "text":
    case "note":
      return oneLine(block.text)
    case "list":
      return block.items.map((item) => `- ${oneLine(item)}`).join("\n")
    case "code":
      return oneLine(block.code)
    case "table":
      return [...block.rows, block.total].map(rowText).join("\n")
    case "lines":
      return [`${oneLine(block.title)}:`, ...block.lines.map((line) => `  ${oneLine(line)}`)].join("\n")
    case "link":
      return `${oneLine(block.label)}:\n${block.url}`
  }
}

function rowText({ label, amount }: MailRow): string {
  return `${oneLine(label)}: ${oneLine(amount)}`
}

/** The colours stand in the style sheet alone, so that a dark theme replaces all of them. */
const style = `
:root { color-scheme: light dark; supported-color-schemes: light dark }
body { background: #f4f4f5; color: #18181b; font: 16px/1.5 system-ui, -apple-system, sans-serif; margin: 0; padding: 24px 12px }
main { background: #fff; border-radius: 12px; margin: 0 auto; max-width: 560px; overflow-wrap: anywhere; padding: 24px }
h1 { font-size: 22px; line-height: 1.25; margin: 0 0 16px }
h2 { font-size: 16px; margin: 0 }
p, ul, address { font-style: normal; margin: 0 0 16px }
ul { padding-inline-start: 24px }
table { border-collapse: collapse; margin: 0 0 16px; width: 100% }
td { border-top: 1px solid #e4e4e7; padding: 8px 0; text-align: start; vertical-align: top }
td + td { padding-inline-start: 16px; text-align: end; white-space: nowrap }
.total td { border-top: 2px solid #18181b; font-weight: 600 }
.button { background: #1d4ed8; border-radius: 8px; color: #fff; display: inline-block; font-weight: 600; padding: 12px 20px; text-decoration: none }
.code { font: 600 32px/1.25 ui-monospace, monospace; letter-spacing: .15em; text-align: center }
.note, footer { color: #52525b; font-size: 14px }
footer { margin: 16px auto 0; max-width: 560px; overflow-wrap: anywhere; text-align: center }
footer a { color: inherit }
@media (prefers-color-scheme: dark) {
  body { background: #18181b; color: #f4f4f5 }
  main { background: #27272a }
  td { border-top-color: #3f3f46 }
  .total td { border-top-color: #f4f4f5 }
  .button { background: #93c5fd; color: #172554 }
  .note, footer { color: #a1a1aa }
}`

/** The HTML of a mail. It loads nothing, so that reading it tells nobody. */
export function mailHtml({ shop, language, heading, blocks }: MailBody): string {
  const { tag, direction } = language
  return `<!doctype html>
<html lang="${tag}"${direction === "rtl" ? ' dir="rtl"' : ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${shown(heading)}</title>
<style>${style}
${accentStyle(shop)}</style>
</head>
<body>
<main>
<h1>${value(heading)}</h1>
${blocks.map(blockHtml).join("\n")}
</main>
${footerHtml(shop, language)}
</body>
</html>
`
}

function blockHtml(block: MailBlock): string {
  switch (block.kind) {
    case "text":
      return `<p>${value(block.text)}</p>`
    case "list":
      return `<ul>${block.items.map((item) => `<li>${value(item)}</li>`).join("")}</ul>`
    case "note":
      return `<p class="note">${value(block.text)}</p>`
    case "code":
      return `<p class="code" dir="ltr">${shown(block.code)}</p>`
    case "table":
      return `<table role="presentation">
${block.rows.map((row) => rowHtml(row, "")).join("\n")}
${rowHtml(block.total, ' class="total"')}
</table>`
    case "lines":
      return `<h2>${value(block.title)}</h2>
<address>${block.lines.map(value).join("<br>")}</address>`
    case "link":
      return `<p><a class="button" href="${escaped(block.url)}">${value(block.label)}</a></p>`
  }
}

function rowHtml({ label, amount }: MailRow, attributes: string): string {
  return `<tr${attributes}><td>${value(label)}</td><td>${value(amount)}</td></tr>`
}

function shown(text: string): string {
  return escaped(oneLine(text))
}

/** A value of unknown direction of writing, which must not reorder what stands around it. */
function value(text: string): string {
  return `<bdi>${shown(text)}</bdi>`
}
