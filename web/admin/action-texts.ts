import type { AdminAction, AdminWay } from "../../client/src/admin.ts"

/** By route; `:id` stands for what the path has there. */
const deeds: Readonly<Record<string, string>> = {
  "POST /api/admin/products": "Offered the product",
  "PATCH /api/admin/products/:id": "Changed settings",
  "POST /api/admin/products/:id/stock": "Set the stock",
  "POST /api/admin/products/:id/pause": "Paused the sale",
  "POST /api/admin/products/:id/resume": "Resumed the sale",
  "POST /api/admin/orders/:id/cancel": "Cancelled order :id",
  "POST /api/admin/holds/:id/release": "Released hold :id",
  "POST /api/admin/orders/:id/refunds": "Refunded order :id",
  "POST /api/admin/refunds/:id/retry": "Sent refund :id once more",
  "POST /api/admin/refunds/:id/confirm": "Noted refund :id as back",
  "POST /api/admin/money/assign": "Gave a payment to an order",
  "POST /api/admin/money/returned": "Noted a payment as sent back",
  "POST /api/admin/orders/:id/disputes/won": "Noted a dispute of order :id as won",
  "POST /api/admin/orders/:id/disputes/lost": "Noted a dispute of order :id as lost",
  "POST /api/admin/webhooks": "Added a webhook endpoint",
  "PATCH /api/admin/webhooks/:id": "Changed webhook endpoint :id",
  "DELETE /api/admin/webhooks/:id": "Removed webhook endpoint :id",
  "POST /api/admin/webhooks/:id/rotate": "Changed the secret of webhook endpoint :id",
  "POST /api/admin/webhooks/:id/replay": "Sent outgoing events to endpoint :id once more",
  "POST /api/admin/webhooks/:id/deliveries/:webhookId/replay": "Sent :webhookId to endpoint :id once more",
}

/** There a null is what was not given; elsewhere it takes something back, or means all. */
const creations: ReadonlySet<string> = new Set(["POST /api/admin/products", "POST /api/admin/webhooks"])

/** How it was shown that the shop itself asked. */
const ways: Readonly<Record<AdminWay, string>> = {
  session: "control room",
  token: "by token",
  open: "open mode",
}

/** What was done, by which way, and whether it was refused. */
export function doneIn({ route, path, way, status, content }: AdminAction): string {
  const deed = namedIn(deeds[route] ?? route, route, path)
  const refused = status >= 400 ? `; refused with ${status}` : ""
  const texts = contentTexts(content ?? {}, creations.has(route))
  const said = texts.length === 0 ? "" : `: ${texts.join(", ")}`
  return `${deed}${said} (${ways[way]}${refused})`
}

/** The text with what the path has where the route and the text have a name. */
function namedIn(text: string, route: string, path: string): string {
  const names = (route.split(" ")[1] ?? "").split("/")
  const values = path.split("/")
  return text.replace(/:[a-zA-Z]+/g, (name) => values[names.indexOf(name)] ?? name)
}

function contentTexts(content: NonNullable<AdminAction["content"]>, isCreation: boolean): readonly string[] {
  return Object.entries(content)
    .filter(([, value]) => !isCreation || value !== null)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
}
