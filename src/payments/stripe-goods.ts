import { hash } from "node:crypto"
import { decimalAmount } from "../domain/money.ts"
import type { PaymentRequest } from "./provider.ts"

/** The texts by which the shop and the buyer recognise in Stripe what was bought. */
export interface GoodsTexts {
  readonly description: string
  /** `line_1` and, if the variant has one, `line_1_sku`, and so on: two keys for each of up to 20 lines. */
  readonly metadata: Readonly<Record<string, string>>
}

/** Stripe refuses a payment with longer texts; it counts characters, of which a text has no more than its length. */
const LONGEST_DESCRIPTION = 1_000
const LONGEST_VALUE = 500
/** Stripe refuses a payment with more keys. */
const MOST_KEYS = 50

/** Returns the texts of an order's lines; null: the product has no variants, and its payments have no texts. */
export function goodsTexts({ goods, currency }: PaymentRequest): GoodsTexts | null {
  if (goods === null) return null
  const metadata: Record<string, string> = {}
  for (const [index, { variantId, sku, name, qty, unitPriceMinor }] of goods.lines.entries()) {
    const price = `${decimalAmount(unitPriceMinor, currency)} ${currency}`
    metadata[`line_${index + 1}`] = cut(`${qty} × ${name} at ${price} (variant ${variantId})`, LONGEST_VALUE)
    if (sku !== null) metadata[`line_${index + 1}_sku`] = cut(sku, LONGEST_VALUE)
  }
  return { description: descriptionOf(goods), metadata }
}

/**
 * Returns what the shop's own systems know the order by, for the payment's metadata; null: nothing. `taken`: the keys
 * that Doorbuster reads again in the webhook, or that name the goods. The shop's reference stands under `reference`;
 * its keys that are taken, and those for which there is no room, are left out.
 */
export function shopMetadata(
  { reference, metadata }: PaymentRequest,
  taken: readonly string[],
): Readonly<Record<string, string>> | null {
  const named = reference === null ? [] : [["reference", reference] as const]
  const reserved = new Set([...taken, ...named.map(([key]) => key)])
  const free = Object.entries(metadata ?? {}).filter(([key]) => !reserved.has(key))
  const sent = [...named, ...free].slice(0, MOST_KEYS - taken.length)
  return sent.length === 0
    ? null
    : Object.fromEntries(sent.map(([key, text]) => [key, cut(text, LONGEST_VALUE)]))
}

/**
 * Makes an ending for the idempotency key. Stripe refuses a key that comes again with other content, and the shop may
 * rename a variant between two requests.
 */
export function keyEnding(texts: object | null): string {
  return texts === null ? "" : `-${hash("sha256", JSON.stringify(texts), "hex").slice(0, 16)}`
}

/** Names as many lines as there is room for, at least one, and how many more there are. */
function descriptionOf({ productName, lines }: NonNullable<PaymentRequest["goods"]>): string {
  let text = `${productName}: `
  for (const [index, { qty, name, sku }] of lines.entries()) {
    const line = `${index === 0 ? "" : ", "}${qty} × ${name}${sku === null ? "" : ` (${sku})`}`
    const left = lines.length - index
    const isLast = left === 1
    const room = LONGEST_DESCRIPTION - (isLast ? 0 : andMore(left - 1).length)
    if (index > 0 && text.length + line.length > room) return text + andMore(left)
    text = cut(text + line, room)
  }
  return text
}

function andMore(lines: number): string {
  return ` and ${lines} more`
}

/** Cuts a text, and leaves no half of a surrogate pair at its end, because that has no form in UTF-8. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`
}
