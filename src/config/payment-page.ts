import { ConfigError } from "./config-error.ts"
import { isLoopback } from "./addresses.ts"
import type { Config } from "./config.ts"
import { PUBLIC_URL_SHAPE } from "./mail.ts"

/** The names that PAYMENT_URL may have in braces, besides `{signature}` at its end. */
const placeholders = [
  "order_id",
  "hold_id",
  "product_id",
  "quantity",
  "amount_minor",
  "currency",
  "reference",
  "expires",
  "return_url",
  "cancel_url",
] as const

/** A name that PAYMENT_URL may have in braces. */
export type Placeholder = (typeof placeholders)[number]

/** Without one of these a page could be given another order's or another day's amount. */
const required: readonly Placeholder[] = ["order_id", "amount_minor", "currency", "expires"]
/** They lead back to the storefront, whose address has to be known. */
const waysBack: readonly Placeholder[] = ["return_url", "cancel_url"]

/** The end of every PAYMENT_URL. The signature covers the query before it. */
export const SIGNATURE_PART = "&signature={signature}"

const SHAPE =
  "an https address such as https://shop.example/pay?order={order_id}&amount={amount_minor}&currency={currency}&expires={expires}&signature={signature}"

/** The variable of the shop's own payment page. */
export interface PaymentPageEnvironment {
  PAYMENT_URL?: string
}

/** The default values and allowed values of the variable, as for `schema`. */
export const paymentPageVariables = {
  PAYMENT_URL: { type: "string", minLength: 1, description: SHAPE },
} as const

/** Returns the address of the shop's own payment page, with placeholders; null if there is none. Throws {@link ConfigError}. */
export function paymentPageUrl({ PAYMENT_URL: value }: PaymentPageEnvironment): string | null {
  if (value === undefined) return null
  const wrong = faultOf(value)
  if (wrong === null) return value
  throw new ConfigError(`PAYMENT_URL ${wrong}; it must be ${SHAPE}`)
}

function faultOf(value: string): string | null {
  const start = value.slice(0, -SIGNATURE_PART.length)
  if (!value.endsWith(SIGNATURE_PART)) return `must end in ${SIGNATURE_PART}`
  const filled = start.replaceAll(/\{[^{}]*\}/g, "1")
  const url = URL.canParse(filled) ? new URL(filled) : null
  if (url === null || /[{}\s]/.test(filled)) return "is no address"
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(hostOf(url))))
    return "must begin with https://"
  if (`${url.username}${url.password}${url.hash}` !== "") return "must have no password and no #"
  const [path = "", query = ""] = start.split(/\?(.*)/s)
  if (/[{}]/.test(path)) return "may have names in braces after the ? only"
  const names = Array.from(query.matchAll(/\{([^{}]*)\}/g), ([, name = ""]) => name)
  const unknown = names.find((name) => !placeholders.some((known) => known === name))
  if (unknown !== undefined) return `has the unknown name {${unknown}}; known are ${placeholders.join(", ")}`
  const missing = required.find((name) => !names.includes(name))
  return missing === undefined ? null : `lacks {${missing}}`
}

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, "$1")

/** The settings that {@link checkPaymentPage} compares. */
export type PaymentPageConfig = Pick<
  Config,
  "paymentPageUrl" | "paymentWebhookSecret" | "publicUrl" | "stripe"
>

/** Refuses a payment page whose links could not be signed, or would not lead back. Throws {@link ConfigError}. */
export function checkPaymentPage({
  paymentPageUrl: url,
  paymentWebhookSecret,
  publicUrl,
  stripe,
}: PaymentPageConfig): void {
  if (url === null) return
  if (paymentWebhookSecret === null) {
    throw new ConfigError(
      "PAYMENT_WEBHOOK_SECRET is not set; with PAYMENT_URL it must be whsec_ and the key in base64",
    )
  }
  if (stripe?.publishableKey) {
    throw new ConfigError(
      "PAYMENT_URL is set together with STRIPE_PUBLISHABLE_KEY; the order page offers one of them",
    )
  }
  const way = waysBack.find((name) => url.includes(`{${name}}`))
  if (way !== undefined && publicUrl === null) {
    throw new ConfigError(
      `PUBLIC_URL is not set; with {${way}} in PAYMENT_URL it must be ${PUBLIC_URL_SHAPE}`,
    )
  }
}
