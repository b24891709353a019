import type { ProductContent } from "../../client/src/index.ts"
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

/**
 * Gives buttons the shop's colour. Not where the page has set one: the text of the shop's colour may be unreadable on it. The rules
 * are in the shadow tree, so the element's `style` stays the page's own.
 */
export function addAccent(
  root: ShadowRoot,
  { surface, ink }: NonNullable<ProductContent["shop_accent"]>,
): void {
  const isSet = getComputedStyle(root.host).getPropertyValue("--doorbuster-accent").trim() !== ""
  if (isSet || sheet === null) return
  const own = new CSSStyleSheet()
  own.replaceSync(`:host{--shop-accent:${surface};--shop-ink:${ink}}`)
  root.adoptedStyleSheets = [sheet, own]
}
