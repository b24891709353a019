import css from "./embed.css?inline"

let sheet: CSSStyleSheet | null = null

/** Gives a shadow tree its styles. A constructed sheet needs no permission of the page's content security policy. */
export function addStyles(root: ShadowRoot): void {
  if (!("adoptedStyleSheets" in root)) return
  if (sheet === null) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
  }
  root.adoptedStyleSheets = [sheet]
}
