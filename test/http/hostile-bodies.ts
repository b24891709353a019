import { expect } from "vitest"
import type { HostileRequest } from "../support/hostile-request.ts"
import { complaintsAbout } from "../support/problem.ts"

/** Bodies that match no schema, are not JSON, or have another content type. */

const LONE_SURROGATE = "\ud800"
const BODY_LIMIT_BYTES = 64 * 1024
const wish = { product_id: 1, qty: 1 }
const goods = { name: "Thing", price_minor: 100, currency: "EUR", stock: 10 }
const event = { idempotency_key: "hostile", order_id: 1, status: "success" }

/** A valid body, the changes that make it invalid, and the fields that the refusal names. */
type Change = readonly [change: object, ...pointers: string[]]

function invalid(method: string, path: string, valid: object, changes: readonly Change[]): HostileRequest[] {
  return changes.map(([change, ...pointers]) => ({
    name: `${method} ${path} with ${shown(change)}`,
    method,
    path,
    json: { ...valid, ...change },
    status: 422,
    code: "invalid_request",
    members: complaintsAbout(
      ...(pointers.length > 0 ? pointers : Object.keys(change).map((key) => `/${key}`)),
    ),
  }))
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) => (member === undefined ? "(nothing)" : member))
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

const holds = invalid("POST", "/api/holds", wish, [
  [{ product_id: "1" }],
  [{ product_id: null }],
  [{ product_id: [1] }],
  [{ product_id: true }],
  [{ product_id: { valueOf: 1 } }],
  [{ product_id: 0 }],
  [{ product_id: -1 }],
  [{ product_id: 1.5 }],
  [{ product_id: 2 ** 53 }],
  [{ product_id: 1e300 }],
  [{ product_id: undefined }],
  [{ qty: "1" }],
  [{ qty: "" }],
  [{ qty: null }],
  [{ qty: [1] }],
  [{ qty: false }],
  [{ qty: {} }],
  [{ qty: 0 }],
  [{ qty: -1 }],
  [{ qty: 1.5 }],
  [{ qty: 0.1 + 0.2 }],
  [{ qty: 1_000_001 }],
  [{ qty: 2 ** 31 }],
  [{ qty: 2 ** 53 }],
  [{ qty: undefined }],
  [{ customer_id: 1 }],
  [{ customer_id: null }],
  [{ customer_id: "" }],
  [{ customer_id: [] }],
  [{ customer_id: "a\u0000b" }],
  [{ customer_id: "\u0007" }],
  [{ customer_id: "line\nbreak" }],
  [{ customer_id: "\u007f" }],
  [{ customer_id: LONE_SURROGATE }],
  [{ customer_id: "x".repeat(256) }],
  [{ price: 0 }],
  [{ quantity: 1 }],
  [{ "": 1 }, "/"],
  [{ toString: "x" }],
])

const orders = invalid("POST", "/api/orders", { hold_id: 1 }, [
  [{ hold_id: "1" }],
  [{ hold_id: 0 }],
  [{ hold_id: -1 }],
  [{ hold_id: 1.5 }],
  [{ hold_id: null }],
  [{ hold_id: [1] }],
  [{ hold_id: 2 ** 53 }],
  [{ hold_id: undefined }],
  [{ price_minor: 1 }],
  [{ status: "paid" }],
])

const products = invalid("POST", "/api/admin/products", goods, [
  [{ name: undefined }],
  [{ name: "" }],
  [{ name: 1 }],
  [{ name: "a\u0000" }],
  [{ name: LONE_SURROGATE }],
  [{ name: "x".repeat(256) }],
  [{ price_minor: -1 }],
  [{ price_minor: 0.5 }],
  [{ price_minor: "100" }],
  [{ price_minor: 9_000_000_001 }],
  [{ price_minor: null }],
  [{ price: "1.00" }],
  [{ currency: "eur" }],
  [{ currency: "XXQ" }],
  [{ currency: "EU" }],
  [{ stock: -1 }],
  [{ stock: 1_000_000_001 }],
  [{ stock: 2 ** 31 }],
  [{ stock: "10" }],
  [{ stock: null }],
  [{ opens_at: "2026-13-01T00:00:00Z" }],
  [{ opens_at: "2026-02-30T00:00:00Z" }],
  [{ opens_at: "2026-12-31T23:59:60Z" }],
  [{ opens_at: "2027-01-01T00:59:60+01:00" }],
  [{ opens_at: "0000-01-01T00:00:00Z" }],
  [{ opens_at: "1969-12-31T23:59:59Z" }],
  [{ opens_at: "9999-12-31T23:59:59-14:00" }],
  [{ opens_at: "+010000-01-01T00:00:00Z" }],
  [{ opens_at: "2026-01-01T24:00:00Z" }],
  [{ opens_at: "2026-01-01T00:00:00+24:00" }],
  [{ opens_at: "2026-01-01T00:00:00" }],
  [{ opens_at: "2026-01-01" }],
  [{ opens_at: "infinity" }],
  [{ opens_at: "now" }],
  [{ opens_at: "" }],
  [{ opens_at: 0 }],
  [{ closes_at: "2026-13-01T00:00:00Z" }],
  [{ opens_at: "2026-01-02T00:00:00Z", closes_at: "2026-01-01T00:00:00Z" }, "/closes_at"],
  [{ opens_at: "2026-01-01T00:00:00Z", closes_at: "2026-01-01T01:00:00+01:00" }, "/closes_at"],
  [{ description: "x".repeat(2_001) }],
  [{ description: "a\u0000" }],
  [{ description: LONE_SURROGATE }],
  [{ image_url: "javascript:alert(1)" }],
  [{ image_url: "//cdn.example/a.png" }],
  // It could be replaced on its way.
  [{ image_url: "http://cdn.example/a.png" }],
  [{ image_url: "https://a b" }],
  [{ image_url: "" }],
  [{ max_per_hold: 0 }],
  [{ max_per_hold: 1.5 }],
  [{ max_per_customer: 0 }],
  [{ max_per_customer: "3" }],
  [{ hold_ttl_seconds: 0 }],
  [{ hold_ttl_seconds: 86_401 }],
  [{ paused: "true" }],
  [{ paused: null }],
  [{ held: 0 }],
  [{ id: 1 }],
])

const changes = invalid("PATCH", "/api/admin/products/1", {}, [
  [{ stock: 1_000 }],
  [{ sold: 0 }],
  [{ version: 1 }],
  [{ name: null }],
  [{ price_minor: -1 }],
  [{ currency: "XXQ" }],
  [{ closes_at: "2026-12-31T23:59:60Z" }],
])

const stocks = invalid("POST", "/api/admin/products/1/stock", { stock: 101, expected: 100 }, [
  [{ stock: -1 }],
  [{ stock: 1.5 }],
  [{ stock: "101" }],
  [{ stock: 2 ** 31 }],
  [{ expected: undefined }],
  [{ expected: "100" }],
  [{ force: true }],
])

const noObjects: HostileRequest[] = ["[]", '"text"', "1", "null", "true", "[[1,1]]", ""].flatMap((raw) =>
  ["/api/holds", "/api/orders", "/api/admin/products"].map((path) => ({
    name: `POST ${path} with the body ${raw || "(none)"}`,
    method: "POST",
    path,
    raw,
    status: 422,
    code: "invalid_request",
    members: complaintsAbout(""),
  })),
)

const brokenTexts: readonly (readonly [name: string, raw: string])[] = [
  ["half an object", '{"product_id":1,"qty":1'],
  ["a trailing comma", '{"product_id":1,"qty":1,}'],
  ["single quotes", "{'product_id':1,'qty':1}"],
  ["a comment", '{"product_id":1,/**/"qty":1}'],
  ["two documents", '{"product_id":1,"qty":1}{"product_id":1,"qty":1}'],
  ["NaN", '{"product_id":1,"qty":NaN}'],
  ["a hexadecimal number", '{"product_id":1,"qty":0x1}'],
  ["a leading zero", '{"product_id":1,"qty":01}'],
  ["a raw control character", '{"product_id":1,"qty":1,"customer_id":"a\u0001"}'],
  ["a NUL after the end", '{"product_id":1,"qty":1}\u0000'],
  ["a form", "product_id=1&qty=1"],
  ["UTF-16", Array.from('{"product_id":1,"qty":1}', (letter) => `${letter}\u0000`).join("")],
  ["a __proto__", '{"product_id":1,"qty":1,"__proto__":{"admin":true}}'],
  ["an escaped __proto__", '{"product_id":1,"qty":1,"\\u005f_proto__":{"admin":true}}'],
  ["a deep __proto__", `${'{"a":'.repeat(5_000)}{"__proto__":1}${"}".repeat(5_000)}`],
  ["a constructor.prototype", '{"product_id":1,"qty":1,"constructor":{"prototype":{"admin":true}}}'],
]

const broken: HostileRequest[] = brokenTexts.flatMap(([name, raw]) =>
  ["/api/holds", "/api/payments/webhook"].map((path) => ({
    name: `POST ${path} with ${name}`,
    method: "POST",
    path,
    raw,
    status: 400,
    code: "malformed_request",
  })),
)

const oddBodies: readonly Omit<HostileRequest, "method" | "path">[] = [
  {
    name: "a number too large to be one",
    raw: '{"product_id":1,"qty":1e999}',
    status: 422,
    code: "invalid_request",
    members: complaintsAbout("/qty"),
  },
  {
    name: "a key twice, of which the last counts",
    raw: '{"product_id":1,"qty":1,"qty":"1"}',
    status: 422,
    code: "invalid_request",
    members: complaintsAbout("/qty"),
  },
  {
    name: "thirty thousand nested arrays",
    raw: "[".repeat(30_000) + "]".repeat(30_000),
    status: 422,
    code: "invalid_request",
    members: complaintsAbout(""),
  },
  {
    name: "ten thousand nested objects",
    raw: `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
    status: 422,
    code: "invalid_request",
    members: complaintsAbout(""),
  },
  { name: "one byte too many", raw: " ".repeat(BODY_LIMIT_BYTES + 1), status: 413, code: "body_too_large" },
  {
    name: "two megabytes",
    raw: JSON.stringify({ ...wish, customer_id: "x".repeat(2_000_000) }),
    status: 413,
    code: "body_too_large",
  },
  {
    name: "an id of nothing: 2^31",
    json: { ...wish, product_id: 2 ** 31 },
    status: 404,
    code: "product_not_found",
  },
  {
    name: "an id of nothing: 2^53 - 1",
    json: { ...wish, product_id: Number.MAX_SAFE_INTEGER },
    status: 404,
    code: "product_not_found",
  },
  {
    name: "more than there is",
    json: { ...wish, qty: 1_000_000 },
    status: 409,
    code: "out_of_stock",
    members: { sale_state: "open", available_stock: expect.any(Number), retry_at: null },
  },
]

const odd: HostileRequest[] = oddBodies.map((row) =>
  Object.assign(row, { method: "POST", path: "/api/holds" }),
)

const types = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/xml",
  "text/json",
  "application/jsonx",
  "application/problem+json",
  "application/json, text/plain",
  "application/octet-stream",
  "json",
  "/",
  "",
].flatMap((type) =>
  ["/api/holds", "/api/payments/webhook"].map((path) => ({
    name: `POST ${path} as ${type || "(no type)"}`,
    method: "POST",
    path,
    raw: JSON.stringify(path === "/api/holds" ? wish : event),
    headers: { "content-type": type },
    status: 415,
    code: "unsupported_media_type",
  })),
)

/** All requests, for a server in open mode that has product 1 with 100 units, 3 of them held. */
export const hostileBodies: readonly HostileRequest[] = [
  ...holds,
  ...orders,
  ...products,
  ...changes,
  ...stocks,
  ...noObjects,
  ...broken,
  ...odd,
  ...types,
]
