import { knownLanguage, type LanguageTag } from "../../client/src/languages.ts"
import { MOST_UNITS } from "../storefront/variant-choice.ts"
import { orderPageFault } from "./order-page.ts"

/** The attributes of the element, and what they ask for. */
export interface Wanted {
  readonly productId: number
  /** The variant that is chosen at first; null: none. */
  readonly variantId: number | null
  /** How many units the form asks for at first. */
  readonly qty: number
  /** The name by which the shop knows the buyer; null: the form asks where the product has a limit per customer. */
  readonly customer: string | null
  /** With which the shop's server says who the buyer is; null: it has not. */
  readonly customerToken: string | null
  /** The access code that the buyer has for the product; null: the buyer enters it where a phase needs one. */
  readonly accessCode: string | null
  /** The address of the shop's own page of an order, with names in braces; null: Doorbuster's page. */
  readonly orderPage: string | null
}

/** The attributes whose change starts the element anew. */
export const attributeNames = [
  "product",
  "variant",
  "qty",
  "customer",
  "customer-token",
  "access-code",
  "lang",
  "order-page",
] as const

type Read = (
  name: "product" | "variant" | "qty" | "customer" | "customer-token" | "access-code" | "order-page",
) => string | null

/**
 * Reads the attributes. `base`: the address of the page, for addresses that begin with a slash. `faults`: what is wrong with
 * them, for whoever writes the page.
 */
export function wantedBy(
  read: Read,
  base: string,
): { readonly wanted: Wanted | null; readonly faults: readonly string[] } {
  const faults: string[] = []
  const product = read("product")
  const productId = numberIn(product)
  if (productId === null) {
    const found = product === null ? "it has none" : `it has product="${product}"`
    faults.push(`doorbuster-buy needs the number of a product, such as product="7"; ${found}`)
  }
  const variantId = read("variant") === null ? null : numberIn(read("variant"))
  if (read("variant") !== null && variantId === null) {
    faults.push(`variant="${read("variant") ?? ""}" is no number of a variant`)
  }
  const qty = read("qty") === null ? 1 : numberIn(read("qty"))
  if (qty === null || qty > MOST_UNITS) {
    faults.push(`qty="${read("qty") ?? ""}" is no number from 1 to ${MOST_UNITS}`)
  }
  const customer = read("customer")?.trim() ?? ""
  if (customer.length > MOST_CUSTOMER) faults.push(`customer is longer than ${MOST_CUSTOMER} characters`)
  const orderPage = read("order-page")?.trim() || null
  const pageFault = orderPage === null ? null : orderPageFault(orderPage, base)
  if (pageFault !== null) faults.push(`order-page="${orderPage ?? ""}" ${pageFault}`)
  if (productId === null || qty === null || faults.length > 0) return { wanted: null, faults }
  const customerToken = read("customer-token")?.trim() || null
  const accessCode = read("access-code")?.trim() || null
  return {
    wanted: {
      productId,
      variantId,
      qty,
      customer: customer === "" ? null : customer,
      customerToken,
      accessCode,
      orderPage,
    },
    faults,
  }
}

const MOST_CUSTOMER = 255

/** A whole number of 1 or more, and at most as large as numbers are exact. */
function numberIn(text: string | null): number | null {
  const number = text !== null && /^\d{1,16}$/.test(text.trim()) ? Number(text) : 0
  return number > 0 && Number.isSafeInteger(number) ? number : null
}

/** The first of these tags in which there are words, else English. */
export function languageFor(tags: readonly (string | null | undefined)[]): LanguageTag {
  for (const tag of tags) {
    const known = tag === null || tag === undefined ? null : knownLanguage(tag)
    if (known !== null) return known
  }
  return "en"
}
