/** The names that the address of a shop's order page may have in braces. */
const names = ["order_id", "lang", "token"] as const

/** What an address is filled with. */
export type OrderPageValues = Readonly<Record<(typeof names)[number], string>>

/** Says what is wrong with the address of a shop's order page, for whoever writes the page; null: nothing. */
export function orderPageFault(address: string, base: string): string | null {
  const found = Array.from(address.matchAll(/\{([^{}]*)\}/g), ([, name = ""]) => name)
  const unknown = found.find((name) => !names.some((known) => known === name))
  if (unknown !== undefined) return `has the unknown name {${unknown}}; known are ${names.join(", ")}`
  if (!found.includes("order_id")) return "lacks {order_id}"
  const [before = ""] = address.split("#")
  // Servers write their addresses down, and browsers tell them to other servers.
  if (before.includes("{token}")) return "may have {token} after the # only"
  const filled = filledWith(address, { order_id: "1", lang: "en", token: "1" })
  const url = URL.canParse(filled, base) ? new URL(filled, base) : null
  if (url === null || /[{}]/.test(filled)) return "is no address"
  // A link to `javascript:` would run as code of this page.
  if (url.protocol !== "https:" && url.protocol !== "http:") return "must begin with https:// or /"
  return url.username === "" && url.password === "" ? null : "must have no password"
}

/** The address of one order. `address` has no fault. */
export function orderPageOf(address: string, base: string, values: OrderPageValues): string {
  return new URL(filledWith(address, values), base).href
}

function filledWith(address: string, values: OrderPageValues): string {
  return names.reduce(
    (text, name) => text.replaceAll(`{${name}}`, () => encodeURIComponent(values[name])),
    address,
  )
}
