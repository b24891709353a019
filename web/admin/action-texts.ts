import type { AdminAction, AdminWay } from "../../client/src/admin.ts"

const deeds: Readonly<Record<string, string>> = {
  "POST /api/admin/products": "Offered the product",
  "PATCH /api/admin/products/:id": "Changed settings",
  "POST /api/admin/products/:id/stock": "Set the stock",
  "POST /api/admin/products/:id/pause": "Paused the sale",
  "POST /api/admin/products/:id/resume": "Resumed the sale",
  "POST /api/admin/orders/:id/cancel": "Cancelled an order",
  "POST /api/admin/holds/:id/release": "Released a hold",
  "POST /api/admin/orders/:id/refunds": "Gave a refund",
  "POST /api/admin/refunds/:id/retry": "Sent a refund once more",
  "POST /api/admin/refunds/:id/confirm": "Noted a refund as back",
  "POST /api/admin/money/returned": "Noted a payment as sent back",
  "POST /api/admin/orders/:id/disputes/won": "Noted a dispute as won",
  "POST /api/admin/orders/:id/disputes/lost": "Noted a dispute as lost",
  "POST /api/admin/webhooks": "Added a webhook endpoint",
  "PATCH /api/admin/webhooks/:id": "Changed a webhook endpoint",
  "DELETE /api/admin/webhooks/:id": "Removed a webhook endpoint",
  "POST /api/admin/webhooks/:id/rotate": "Changed a webhook secret",
  "POST /api/admin/webhooks/:id/replay": "Sent outgoing events once more",
  "POST /api/admin/webhooks/:id/deliveries/:webhookId/replay": "Sent an outgoing event once more",
}

/** How it was shown that the shop itself asked. */
const ways: Readonly<Record<AdminWay, string>> = {
  session: "control room",
  token: "by token",
  open: "open mode",
}

/** What was done, by which way, and whether it was refused. */
export function doneIn({ route, way, status, content }: AdminAction): string {
  const deed = deeds[route] ?? route
  const refused = status >= 400 ? `, refused (${status})` : ""
  const said = content === null || Object.keys(content).length === 0 ? "" : `: ${contentText(content)}`
  return `${deed}${said} (${ways[way]}${refused})`
}

function contentText(content: NonNullable<AdminAction["content"]>): string {
  return Object.entries(content)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ")
}
