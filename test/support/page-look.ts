import axe from "axe-core"
import type { Page } from "playwright-core"

/** The smallest size of buttons, fields and links outside of text, in CSS pixels. */
const SMALLEST_TARGET = 44

/*
 * What a person would see at once, measured in the browser: text that stands outside of the window, is cut, or lies on other text or
 * on a field; and what a thumb would miss. Elements for screen readers alone are meant to be cut, and what can be scrolled is not cut.
 */
const LOOK = `((smallestTarget) => {
  const faults = [], texts = [], all = []
  const collect = (root) => {
    for (const element of root.querySelectorAll("*")) {
      all.push(element)
      if (element.shadowRoot !== null) collect(element.shadowRoot)
    }
  }
  collect(document.body)
  const say = (what, element) => faults.push(what + ": " + element.outerHTML.replace(/\\s+/g, " ").slice(0, 120))
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (over > 0) faults.push(over + " pixels wider than the window")

  const fixed = all.filter((element) => /fixed|sticky/.test(getComputedStyle(element).position))
  const scrolling = all.filter((element) => /auto|scroll/.test(getComputedStyle(element).overflowX))
  const isIn = (some, element) => some.some((one) => one.contains(element))
  for (const element of all) {
    if (element.closest(".visually-hidden, svg, option, noscript, script, style, template, iframe") !== null) continue
    if (!element.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true })) continue
    const style = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    const layer = fixed.find((one) => one.contains(element)), scrolls = isIn(scrolling, element)
    const isControl = /^(?:INPUT|SELECT|TEXTAREA)$/.test(element.tagName)
    if (!/^(?:inline|contents)$/.test(style.display) && !isControl && !scrolls) {
      if (element.scrollWidth > element.clientWidth + 1) say("wider than its box", element)
      if (/hidden|clip/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1) say("cut below", element)
    }
    const isTarget = element.matches("button, input, select, summary, a:not(p a, .prose a, footer a)")
    // The label of a box to tick is a part of the target.
    const label = element.matches("[type=radio], [type=checkbox]") ? element.closest("label") : null
    const target = (label ?? element).getBoundingClientRect()
    if (isTarget && Math.min(target.width, target.height) < smallestTarget - 0.5) {
      say("only " + Math.round(target.width) + " × " + Math.round(target.height), element)
    }
    if (isControl && box.width > 1 && box.height > 1) texts.push({ element, layer, ...edges(box, 0) })
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || node.data.trim() === "") continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const rect of range.getClientRects()) {
        if (rect.width < 1) continue
        if (!scrolls && (rect.left < -1 || rect.right > innerWidth + 1)) say("outside of the window", element)
        // A line's box has room above and below its letters, which may overlap that of the next line.
        texts.push({ element, layer, ...edges(rect, rect.height / 4) })
      }
    }
  }
  function edges(rect, inset) {
    return { left: rect.left + 1, right: rect.right - 1, top: rect.top + inset, bottom: rect.bottom - inset }
  }
  texts.sort((one, other) => one.top - other.top)
  for (const [index, one] of texts.entries()) {
    for (let next = index + 1; next < texts.length; next += 1) {
      const other = texts[next]
      if (other.top >= one.bottom) break
      // What is fixed to the window covers what is scrolled below it, or sticks to the other end.
      if (one.layer !== other.layer || one.right <= other.left || other.right <= one.left) continue
      say("overlaps " + (other.element.textContent.trim().slice(0, 40) || other.element.tagName), one.element)
    }
  }
  return [...new Set(faults)]
})`

/** Lists what is cut, overlaps, stands outside of the window, or, on a phone, is too small for a thumb. */
export function lookAt(page: Page, { isPhone }: { readonly isPhone: boolean }): Promise<string[]> {
  return page.evaluate<string[]>(`${LOOK}(${isPhone ? SMALLEST_TARGET : 0})`)
}

/** The script of axe. Where it runs first of all, {@link axeFaults} is quick. */
export const AXE = axe.source

/** Lists the page's accessibility violations, as axe finds them. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // The developer protocol evaluates it, so the page's content security policy does not apply.
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(AXE)
  return page.evaluate<
    string[]
  >(`axe.run({ resultTypes: ["violations"], elementRef: false }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + " " + nodes.map(({ html, failureSummary }) => html + failureSummary).join(" ")))`)
}
