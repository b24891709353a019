import { options } from "preact"

/**
 * The classes that a page's own styles can reach as `::part(…)`, and the names of these parts. The components are the
 * storefront's, which needs no parts.
 */
const parts: ReadonlyMap<string, string> = new Map([
  ["product-name", "name"],
  ["text-button", "give-back"],
  ...[
    "panel",
    "price",
    "headline",
    "number",
    "label",
    "stepper",
    "variants",
    "variant",
    "field",
    "button",
    "primary",
    "ticket",
    "notice",
    "order",
    "error",
  ].map((name) => [name, name] as const),
])

/** Makes each element that is drawn from now on a part of its shadow tree, by its classes. */
export function nameParts(): void {
  const before = options.vnode?.bind(options)
  options.vnode = (vnode) => {
    before?.(vnode)
    const { props } = vnode
    if (typeof vnode.type !== "string" || !("class" in props) || typeof props.class !== "string") return
    const named = props.class.split(" ").flatMap((name) => parts.get(name) ?? [])
    if (named.length > 0) Object.assign(props, { part: named.join(" ") })
  }
}
