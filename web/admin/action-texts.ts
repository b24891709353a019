import type { AdminAction, AdminWay } from "../../client/src/admin.ts"
import { isCurrencyCode, priceOf } from "../shared/money.ts"

/** Texts by route. `:id` is replaced by that part of the path. */
const actionTexts: Readonly<Record<string, string>> = {
  "POST /api/admin/products": "Created the product",
  "PATCH /api/admin/products/:id": "Changed settings",
  "POST /api/admin/products/:id/stock": "Set the stock",
  "POST /api/admin/products/:id/variants": "Added variants",
  "PATCH /api/admin/products/:id/variants/:variantId": "Changed settings of variant :variantId",
  "POST /api/admin/products/:id/variants/:variantId/stock": "Set the stock of variant :variantId",
  "POST /api/admin/products/:id/pause": "Paused the sale",
  "POST /api/admin/products/:id/resume": "Resumed the sale",
  "POST /api/admin/orders/:id/cancel": "Cancelled order :id",
  "POST /api/admin/holds/:id/release": "Released hold :id",
  "POST /api/admin/orders/:id/refunds": "Refunded order :id",
  "POST /api/admin/refunds/:id/retry": "Retried refund :id",
  "POST /api/admin/refunds/:id/confirm": "Marked refund :id as refunded",
  "POST /api/admin/money/assign": "Assigned a payment to an order",
  "POST /api/admin/money/returned": "Marked a payment as returned",
  "POST /api/admin/orders/:id/disputes/won": "Marked a dispute of order :id as won",
  "POST /api/admin/orders/:id/disputes/lost": "Marked a dispute of order :id as lost",
  "POST /api/admin/webhooks": "Added a webhook endpoint",
  "PATCH /api/admin/webhooks/:id": "Changed webhook endpoint :id",
  "DELETE /api/admin/webhooks/:id": "Deleted webhook endpoint :id",
  "POST /api/admin/webhooks/:id/rotate": "Rotated the secret of webhook endpoint :id",
  "POST /api/admin/webhooks/:id/replay": "Resent events to webhook endpoint :id",
  "POST /api/admin/webhooks/:id/deliveries/:webhookId/replay": "Resent :webhookId to webhook endpoint :id",
}

/** Routes where null is a setting that was not given. Elsewhere it clears a setting or means all. */
const creations: ReadonlySet<string> = new Set(["POST /api/admin/products", "POST /api/admin/webhooks"])

const fieldLabels: Readonly<Record<string, string>> = {
  amount_minor: "amount in minor units",
  closes_at: "closing time",
  expected: "expected stock",
  hold_ttl_seconds: "hold time in seconds",
  image_url: "picture URL",
  max_per_customer: "limit per customer",
  max_per_hold: "limit per order",
  opens_at: "opening time",
  price_minor: "price in minor units",
  restock_qty: "units to restock",
  url: "URL",
}

/** How the request was authorised. */
const ways: Readonly<Record<AdminWay, string>> = {
  session: "control room",
  token: "admin token",
  open: "open mode",
}

/** An admin action in words, with how it was authorised and whether it was refused. */
export function actionText({ route, path, way, status, content }: AdminAction): string {
  const action = withPathValues(actionTexts[route] ?? route, route, path)
  const refused = status >= 400 ? `; refused with ${status}` : ""
  const texts = contentTexts(content ?? {}, creations.has(route))
  const fields = texts.length === 0 ? "" : `: ${texts.join(", ")}`
  return `${action}${fields} (${ways[way]}${refused})`
}

/** Replaces the parameters of the route in the text by their values in the path. */
function withPathValues(text: string, route: string, path: string): string {
  const names = (route.split(" ")[1] ?? "").split("/")
  const values = path.split("/")
  return text.replace(/:[a-zA-Z]+/g, (name) => values[names.indexOf(name)] ?? name)
}

function contentTexts(content: NonNullable<AdminAction["content"]>, isCreation: boolean): readonly string[] {
  return Object.entries(content)
    .filter(([, value]) => !isCreation || value !== null)
    .map(([name, value]) => fieldText(name, value, content["currency"]))
}

function fieldText(name: string, value: unknown, currency: unknown): string {
  if (name === "price_minor" && typeof currency === "string" && isAmount(value) && isCurrencyCode(currency)) {
    return `price ${priceOf(value, currency)}`
  }
  if (name === "amount_minor" && value === null) return "all that is left"
  const label = fieldLabels[name] ?? name
  if (value === null) return `${label} cleared`
  return `${label} ${typeof value === "string" ? value : JSON.stringify(value)}`
}

/** Checked because the fields of a refused request may have any value. */
function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
