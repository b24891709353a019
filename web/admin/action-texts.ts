import type { AdminAction, AdminWay } from "../../client/src/admin.ts"
import type { Product } from "../../client/src/index.ts"
import { utcText } from "./dates.ts"
import { isCurrencyCode, priceOf } from "../shared/money.ts"

/** Texts by route. `:id` is replaced by that part of the path. */
const actionTexts: Readonly<Record<string, string>> = {
  "POST /api/admin/products": "Created the product",
  "PATCH /api/admin/products/:id": "Changed settings",
  "PATCH /api/admin/products/:id/content": "Changed pictures and texts",
  "POST /api/admin/products/:id/stock": "Set the stock",
  "POST /api/admin/products/:id/variants": "Added variants",
  "PATCH /api/admin/products/:id/variants/:variantId": "Changed settings of variant :variantId",
  "POST /api/admin/products/:id/variants/:variantId/stock": "Set the stock of variant :variantId",
  "POST /api/admin/products/:id/codes": "Added access codes",
  "POST /api/admin/products/:id/codes/revoke": "Revoked an access code",
  "POST /api/admin/products/:id/pause": "Paused the sale",
  "POST /api/admin/products/:id/resume": "Resumed the sale",
  "POST /api/admin/orders/:id/cancel": "Cancelled order :id",
  "PATCH /api/admin/shop": "Changed the shop",
  "POST /api/admin/erase": "Erased a buyer's details",
  "PUT /api/admin/orders/:id/details": "Changed the buyer's details of order :id",
  "POST /api/admin/orders/:id/mails/:mailId/resend": "Resent the mail :mailId of order :id",
  "POST /api/admin/holds/:id/release": "Released hold :id",
  "POST /api/admin/orders/:id/refunds": "Refunded order :id",
  "POST /api/admin/refunds/:id/retry": "Retried refund :id",
  "POST /api/admin/refunds/:id/confirm": "Marked refund :id as refunded",
  "POST /api/admin/money/assign": "Assigned a payment to an order",
  "POST /api/admin/money/returned": "Marked a payment as returned",
  "POST /api/admin/orders/:id/disputes/won": "Marked a dispute of order :id as won",
  "POST /api/admin/orders/:id/disputes/lost": "Marked a dispute of order :id as lost",
  "POST /api/admin/operators": "Added an operator",
  "PATCH /api/admin/operators/:id": "Changed operator :id",
  "POST /api/admin/operators/:id/enable": "Enabled operator :id",
  "POST /api/admin/operators/:id/disable": "Disabled operator :id",
  "POST /api/admin/operators/:id/rotate": "Rotated the token of operator :id",
  "POST /api/admin/operators/:id/sign-out": "Ended all sessions of operator :id",
  "POST /api/admin/webhooks": "Added a webhook endpoint",
  "PATCH /api/admin/webhooks/:id": "Changed webhook endpoint :id",
  "DELETE /api/admin/webhooks/:id": "Deleted webhook endpoint :id",
  "POST /api/admin/webhooks/:id/test": "Sent a test event to webhook endpoint :id",
  "POST /api/admin/webhooks/:id/rotate": "Rotated the secret of webhook endpoint :id",
  "POST /api/admin/webhooks/:id/replay": "Resent events to webhook endpoint :id",
  "POST /api/admin/webhooks/:id/deliveries/:webhookId/replay": "Resent :webhookId to webhook endpoint :id",
}

/** Routes where null is a setting that was not given. Elsewhere it clears a setting or means all. */
const creations: ReadonlySet<string> = new Set(["POST /api/admin/products", "POST /api/admin/webhooks"])

const fieldLabels: Readonly<Record<string, string>> = {
  amount_minor: "amount in minor units",
  closes_at: "closing time",
  customer: "sold to",
  email: "e-mail address",
  expected: "expected stock",
  external_id: "external id",
  hold_ttl_seconds: "hold time in seconds",
  image_alt: "description of the picture",
  image_url: "picture URL",
  max_per_customer: "limit per customer",
  max_per_hold: "limit per order",
  opens_at: "opening time",
  price_minor: "price in minor units",
  restock_qty: "units to restock",
  shipping_address: "shipping address",
  shipping_countries: "shipping countries",
  sku: "SKU",
  stock_display: "stock shown",
  url: "URL",
}

/** How the request was authorised. */
const ways: Readonly<Record<AdminWay, string>> = {
  session: "control room",
  token: "admin token",
  open: "open mode",
}

type Content = NonNullable<AdminAction["content"]>
/** What is known of the product of an action. */
type KnownProduct = Pick<Product, "currency" | "variants">

/**
 * An admin action in words, with the operator, how it was authorised and whether it was refused. `product`, if it is given, is the one
 * that the action was about: its variants are then called by name, and its prices have a currency.
 */
export function actionText(
  { route, path, way, status, content: given, operator, operator_id: operatorId }: AdminAction,
  product?: KnownProduct,
): string {
  const currency = given?.["currency"] ?? product?.currency
  const context = { currency, variants: product?.variants }
  const { text, content } = variantAction(route, given ?? {}, context) ?? {
    text: actionTexts[route] ?? route,
    content: given ?? {},
  }
  const done = withPathValues(text, { route, path, variants: product?.variants })
  const action = status >= 400 ? `Refused with ${status}: ${done}` : done
  const texts = contentTexts(content, creations.has(route), context)
  const fields = texts.length === 0 ? "" : `: ${texts.join(", ")}`
  const who = operatorId === null ? ways[way] : `${operator}, ${way === "token" ? "own token" : ways[way]}`
  return `${action}${fields} (${who})`
}

/** The text of an action on variants whose content tells more than its route; null: the route's text fits. */
function variantAction(
  route: string,
  content: Content,
  { currency }: Context,
): { readonly text: string; readonly content: Content } | null {
  const { variants, enabled, ...others } = content
  // Ten addresses and texts of 10,000 characters are for the product's page.
  if (route === "PATCH /api/admin/products/:id/content") {
    const changed = Object.keys(content).map((name) => name.replaceAll("_", " "))
    return { text: `${actionTexts[route]}: ${changed.join(", ")}`, content: {} }
  }
  if (route === "POST /api/admin/products/:id/variants" && Array.isArray(variants)) {
    return { text: `Added ${variantsText(variants, currency)}`, content: others }
  }
  const isSwitch = typeof enabled === "boolean" && Object.keys(content).length === 1
  if (route !== "PATCH /api/admin/products/:id/variants/:variantId" || !isSwitch) return null
  return { text: `${enabled ? "Enabled" : "Disabled"} variant :variantId`, content: {} }
}

/** Replaces the parameters of the route in the text by their values in the path, an id of a variant by its name. */
function withPathValues(
  text: string,
  { route, path, variants }: Pick<AdminAction, "route" | "path"> & Pick<Context, "variants">,
): string {
  const names = (route.split(" ")[1] ?? "").split("/")
  const values = path.split("/")
  return text.replace(/:[a-zA-Z]+/g, (name) => {
    const value = values[names.indexOf(name)]
    const variant = name === ":variantId" ? variants?.find(({ id }) => String(id) === value) : undefined
    return variant === undefined ? (value ?? name) : `“${variant.name}”`
  })
}

/** What gives prices a currency and variants a name. */
interface Context {
  readonly currency: unknown
  readonly variants: Product["variants"] | undefined
}

function contentTexts(content: Content, isCreation: boolean, context: Context): readonly string[] {
  return Object.entries(content)
    .filter(([, value]) => !isCreation || value !== null)
    .map(([name, value]) => fieldText(name, value, context))
}

function fieldText(name: string, value: unknown, { currency, variants }: Context): string {
  if (name === "variants" && Array.isArray(value)) return variantsText(value, currency)
  if (name === "options" && isRecord(value)) {
    return `options ${Object.entries(value).map(pairText).join("; ") || "cleared"}`
  }
  if (name === "collect" && isRecord(value)) return collectText(value)
  if (name === "phases" && Array.isArray(value))
    return value.length === 1 ? "1 phase" : `${value.length} phases`
  if (name === "questions" && Array.isArray(value)) return questionsText(value)
  if (name === "shipping_countries" && Array.isArray(value)) return `ships to ${value.map(String).join(", ")}`
  if (name === "restock_lines" && Array.isArray(value)) return restockText(value, variants)
  const isPrice = name === "price_minor" || name === "amount_minor"
  if (isPrice && typeof currency === "string" && isAmount(value) && isCurrencyCode(currency)) {
    return `${name === "price_minor" ? "price" : "amount"} ${priceOf(value, currency)}`
  }
  if (name === "amount_minor" && value === null) return "all that is left"
  if (
    name === "amount_minor" &&
    typeof currency === "string" &&
    isAmount(value) &&
    isCurrencyCode(currency)
  ) {
    return `amount ${priceOf(value, currency)}`
  }
  const label = fieldLabels[name] ?? name
  if (value === null) return `${label} cleared`
  if (name.endsWith("_at") && typeof value === "string" && !Number.isNaN(Date.parse(value))) {
    return `${label} ${utcText(value)}`
  }
  return `${label} ${typeof value === "string" ? value : JSON.stringify(value)}`
}

/** Checked because the fields of a refused request may have any value. */
function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

/** The most variants that are named one by one; 200 would fill the page. */
const MOST_NAMED = 12

/** `2 variants: 41 (stock 20), 42 (stock 30, price €139.00)`. */
function variantsText(values: readonly unknown[], currency: unknown): string {
  const records = values.filter(isRecord)
  const named = records.slice(0, MOST_NAMED).map(({ name, stock, price_minor: price }) => {
    const priced = isAmount(price)
      ? `, ${fieldText("price_minor", price, { currency, variants: undefined })}`
      : ""
    return `${String(name)} (stock ${String(stock)}${priced})`
  })
  const more = records.length > MOST_NAMED ? ` and ${records.length - MOST_NAMED} more` : ""
  return `${records.length === 1 ? "1 variant" : `${records.length} variants`}: ${named.join(", ")}${more}`
}

/** `asks for email (required), phone (optional)`. */
function collectText(demands: Readonly<Record<string, unknown>>): string {
  const asked = Object.entries(demands).filter(([, demand]) => demand !== "no")
  const texts = asked.map(([name, demand]) => `${fieldLabels[name] ?? name} (${String(demand)})`)
  return texts.length === 0 ? "asks for no details" : `asks for ${texts.join(", ")}`
}

function questionsText(values: readonly unknown[]): string {
  const keys = values.filter(isRecord).map(({ key }) => String(key))
  return keys.length === 0 ? "no questions" : `questions ${keys.join(", ")}`
}

function restockText(values: readonly unknown[], variants: Product["variants"]): string {
  const texts = values.filter(isRecord).map(({ variant_id: id, qty }) => {
    const variant = variants?.find((one) => one.id === id)
    return `${String(qty)} × ${variant === undefined ? `variant ${String(id)}` : variant.name}`
  })
  return `units to restock ${texts.join(", ")}`
}

function pairText([name, value]: readonly [string, unknown]): string {
  return `${name}=${String(value)}`
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
