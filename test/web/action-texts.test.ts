import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import type { AdminAction } from "../../client/src/admin.ts"
import { actionText } from "../../web/admin/action-texts.ts"
import { variant } from "./product.ts"

const action: AdminAction = {
  action_id: 1,
  way: "session",
  operator_id: null,
  operator: "owner",
  route: "POST /api/admin/products/:id/pause",
  path: "/api/admin/products/7/pause",
  product_id: 7,
  order_id: null,
  content: null,
  status: 200,
  request_id: "r",
  created_at: "2026-11-27T12:00:00.000Z",
}

test.each<[Partial<AdminAction>, string]>([
  [{}, "Paused the sale (control room)"],
  [{ operator_id: 3, operator: "Ann" }, "Paused the sale (Ann, control room)"],
  [
    { operator_id: 3, operator: "Ann", way: "token", status: 403 },
    "Refused with 403: Paused the sale (Ann, own token)",
  ],
  [{ way: "token", status: 409 }, "Refused with 409: Paused the sale (admin token)"],
  [
    { route: "POST /api/admin/products/:id/stock", content: { stock: 8, expected: 5 } },
    "Set the stock: stock 8, expected stock 5 (control room)",
  ],
  [
    { route: "POST /api/admin/holds/:id/release", path: "/api/admin/holds/17/release" },
    "Released hold 17 (control room)",
  ],
  [
    {
      route: "POST /api/admin/webhooks/:id/deliveries/:webhookId/replay",
      path: "/api/admin/webhooks/2/deliveries/order_paid-17/replay",
    },
    "Resent order_paid-17 to webhook endpoint 2 (control room)",
  ],
  [
    { route: "POST /api/admin/products", content: { name: "Lamp", opens_at: null, stock: 8 } },
    "Created the product: name Lamp, stock 8 (control room)",
  ],
  [
    {
      route: "PATCH /api/admin/products/:id/content",
      content: { pictures: [{ url: "https://shop.example/a.avif", alt: "A" }], after_purchase: null },
    },
    "Changed pictures and texts: pictures, after purchase (control room)",
  ],
  [
    {
      route: "PATCH /api/admin/products/:id",
      content: { opens_at: "2026-11-27T12:30:00.000Z", closes_at: "soon" },
    },
    "Changed settings: opening time 2026-11-27 12:30:00 UTC, closing time soon (control room)",
  ],
  [
    { route: "POST /api/admin/webhooks", content: { types: null } },
    "Added a webhook endpoint (control room)",
  ],
  [
    { route: "PATCH /api/admin/products/:id", content: { closes_at: null } },
    "Changed settings: closing time cleared (control room)",
  ],
  [
    { route: "POST /api/admin/products", content: { price_minor: 4_990, currency: "HUF" } },
    "Created the product: price HUF\u00A04,990, currency HUF (control room)",
  ],
  [
    { route: "POST /api/admin/products", status: 422, content: { price_minor: -1, currency: "forint" } },
    "Refused with 422: Created the product: price in minor units -1, currency forint (control room)",
  ],
  [
    {
      route: "POST /api/admin/orders/:id/refunds",
      path: "/api/admin/orders/3/refunds",
      content: { amount_minor: null, restock_qty: 1 },
    },
    "Refunded order 3: all that is left, units to restock 1 (control room)",
  ],
  [
    {
      route: "POST /api/admin/products/:id/variants",
      content: {
        variants: [
          { name: "41", stock: 20, options: { size: "41" } },
          { name: "42", stock: 30, price_minor: 13_900 },
        ],
      },
    },
    "Added 2 variants: 41 (stock 20), 42 (stock 30, price in minor units 13900) (control room)",
  ],
  [
    {
      route: "POST /api/admin/products",
      content: { name: "Shoe", currency: "EUR", variants: [{ name: "42", stock: 3, price_minor: 13_900 }] },
    },
    "Created the product: name Shoe, currency EUR, 1 variant: 42 (stock 3, price €139.00) (control room)",
  ],
  [
    {
      route: "PATCH /api/admin/products/:id/variants/:variantId",
      path: "/api/admin/products/7/variants/3",
      content: { enabled: false },
    },
    "Disabled variant 3 (control room)",
  ],
  [
    {
      route: "PATCH /api/admin/products/:id/variants/:variantId",
      path: "/api/admin/products/7/variants/3",
      content: { name: "43", options: { size: "43", colour: "red" }, sku: null },
    },
    "Changed settings of variant 3: name 43, options size=43; colour=red, SKU cleared (control room)",
  ],
  [
    {
      route: "POST /api/admin/orders/:id/refunds",
      path: "/api/admin/orders/3/refunds",
      content: { amount_minor: null, restock_lines: [{ variant_id: 3, qty: 1 }] },
    },
    "Refunded order 3: all that is left, units to restock 1 × variant 3 (control room)",
  ],
  // The fields of a refused request may have any value.
  [
    {
      route: "POST /api/admin/products/:id/variants",
      status: 422,
      content: { variants: [null, { name: 4 }] },
    },
    "Refused with 422: Added 1 variant: 4 (stock undefined) (control room)",
  ],
  [{ route: "PUT /api/admin/unheard-of" }, "PUT /api/admin/unheard-of (control room)"],
])("%j: %s", (given, text) => {
  expect(actionText({ ...action, ...given })).toBe(text)
})

test("on the screen of its product, an action calls variants by name and prices with their currency", () => {
  const product = { currency: "EUR", variants: [variant(3, "42")] }
  const path = "/api/admin/products/7/variants/3"
  const patch = { ...action, route: "PATCH /api/admin/products/:id/variants/:variantId", path }
  expect(actionText({ ...patch, content: { enabled: true } }, product)).toBe(
    "Enabled variant “42” (control room)",
  )
  const refund = {
    ...action,
    route: "POST /api/admin/orders/:id/refunds",
    path: "/api/admin/orders/3/refunds",
  }
  expect(actionText({ ...refund, content: { amount_minor: 13_900 } }, product)).toBe(
    "Refunded order 3: amount €139.00 (control room)",
  )
  expect(actionText({ ...patch, content: { price_minor: 13_900 } }, product)).toBe(
    "Changed settings of variant “42”: price €139.00 (control room)",
  )
  const stock = { route: "POST /api/admin/products/:id/variants/:variantId/stock", path: `${path}/stock` }
  expect(actionText({ ...action, ...stock, content: { stock: 8, expected: 5 } }, product)).toBe(
    "Set the stock of variant “42”: stock 8, expected stock 5 (control room)",
  )
})

test("every recorded action has words of its own", async () => {
  const { paths } = JSON.parse(await readFile(new URL("../../openapi.json", import.meta.url), "utf8")) as {
    readonly paths: Readonly<Record<string, object>>
  }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
  )
  const changing = routes.filter((route) => /^(POST|PUT|PATCH|DELETE) \/api\/admin\//.test(route))
  const reading = new Set(["POST /api/admin/orders/search", "POST /api/admin/products/:id/codes/find"])
  const unnamed = changing.filter((route) => actionText({ ...action, route, path: "" }).includes("/api/"))
  expect(unnamed.filter((route) => !reading.has(route))).toEqual([])
  expect(changing.length).toBeGreaterThan(25)
})
