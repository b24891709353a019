import type { HostileRequest } from "../support/hostile-request.ts"
import { complaintsAbout } from "../support/problem.ts"

/** Invalid paths, query strings and Idempotency-Keys. */

interface Route {
  readonly method: string
  /** The path, with `ID` in place of the id. */
  readonly path: string
  readonly code: string
  readonly json?: object
}

const routes: readonly Route[] = [
  { method: "GET", path: "/api/products/ID", code: "product_not_found" },
  { method: "GET", path: "/api/holds/ID", code: "hold_not_found" },
  { method: "DELETE", path: "/api/holds/ID", code: "hold_not_found" },
  { method: "GET", path: "/api/orders/ID", code: "order_not_found" },
  { method: "POST", path: "/api/orders/ID/cancel", code: "order_not_found" },
  { method: "POST", path: "/api/holds/ID/1", code: "product_not_found" },
  { method: "POST", path: "/api/orders/ID/1", code: "hold_not_found" },
  { method: "POST", path: "/api/orders/1/ID", code: "hold_not_found" },
  { method: "PATCH", path: "/api/admin/products/ID", code: "product_not_found", json: { name: "New" } },
  {
    method: "POST",
    path: "/api/admin/products/ID/stock",
    code: "product_not_found",
    json: { stock: 1, expected: 100 },
  },
  { method: "POST", path: "/api/admin/products/ID/pause", code: "product_not_found" },
  { method: "POST", path: "/api/admin/products/ID/resume", code: "product_not_found" },
  { method: "POST", path: "/api/admin/orders/ID/cancel", code: "order_not_found" },
  { method: "POST", path: "/api/admin/holds/ID/release", code: "hold_not_found" },
]

const badIds = [
  "abc",
  "0",
  "-1",
  "+1",
  "01",
  "1.0",
  "1.5",
  "1e0",
  "1e3",
  "0x1",
  "9007199254740992",
  "99999999999999999999",
  "%00",
  "1%00",
  "%201",
  "1%20",
  "1%0a",
  "..%2f1",
  "1%2fstock",
  "%EF%BC%91",
  "null",
  "__proto__",
  "constructor",
  "*",
  "1;a=b",
  "1,2",
  "'or'1'='1",
]

function at({ path, ...route }: Route, id: string): HostileRequest {
  const address = path.replace("ID", id)
  return { ...route, name: `${route.method} ${address}`, path: address, status: 404 }
}

const ids: HostileRequest[] = routes.flatMap((route) => badIds.map((id) => at(route, id)))

const unreadable: HostileRequest[] = [
  ["an id of 300 digits", `/api/products/${"1".repeat(300)}`],
  ["a broken percent escape", "/api/products/%zz"],
  ["half a percent escape", "/api/products/%"],
  ["bytes that are no UTF-8", "/api/products/%ff%fe"],
].map(([name = "", path = ""]) => ({ name, method: "GET", path, status: 400, code: "malformed_request" }))

const quantities: HostileRequest[] = [
  "0",
  "-1",
  "1.5",
  "1e1",
  "abc",
  "%00",
  "1000001",
  "9007199254740992",
].map((qty) => ({
  name: `POST /api/holds/1/${qty}`,
  method: "POST",
  path: `/api/holds/1/${qty}`,
  status: 422,
  code: "invalid_request",
  members: complaintsAbout("/quantity"),
}))

const queries: HostileRequest[] = [
  ["limit=0", "?limit"],
  ["limit=-1", "?limit"],
  ["limit=1.5", "?limit"],
  ["limit=101", "?limit"],
  ["limit=abc", "?limit"],
  ["limit=", "?limit"],
  ["limit=%00", "?limit"],
  ["limit=9007199254740992", "?limit"],
  ["limit=1&limit=2", "/limit"],
  ["cursor=0", "?cursor"],
  ["cursor=-1", "?cursor"],
  ["cursor=abc", "?cursor"],
  ["cursor=", "?cursor"],
  ["cursor=1&cursor=2", "/cursor"],
].map(([query = "", pointer = ""]) => badQuery(`/api/products?${query}`, pointer))

const shopsQueries: HostileRequest[] = [
  badQuery("/api/admin/orders?customer_id=a%00b", "?customer_id"),
  badQuery("/api/admin/holds?customer_id=%00", "?customer_id"),
]

function badQuery(path: string, pointer: string): HostileRequest {
  const members = complaintsAbout(pointer)
  return { name: `GET ${path}`, method: "GET", path, status: 422, code: "invalid_request", members }
}

const nowhere: HostileRequest[] = [
  ["POST", "/api/products"],
  ["PUT", "/api/holds/1"],
  ["PATCH", "/api/products/1"],
  ["DELETE", "/api/orders/1"],
  ["GET", "/api/payments/webhook"],
  ["GET", "/api/admin/products/1/stock"],
  ["TRACE", "/api/products/1"],
  ["GET", "/api/products/1/"],
  ["GET", "/api//products/1"],
  ["GET", "//api/products/1"],
  ["GET", "/API/PRODUCTS/1"],
  ["GET", "/.env"],
  ["GET", "/docs/..%2f..%2f.env"],
].map(([method = "", path = ""]) => ({
  name: `${method} ${path}`,
  method,
  path,
  status: 404,
  code: "route_not_found",
}))

const keyed: readonly Omit<Route, "code">[] = [
  { method: "POST", path: "/api/holds", json: { product_id: 1, qty: 1 } },
  { method: "POST", path: "/api/holds/1/1" },
  { method: "POST", path: "/api/orders", json: { hold_id: 1 } },
  { method: "POST", path: "/api/orders/1/1" },
  { method: "POST", path: "/api/orders/1/cancel" },
  {
    method: "POST",
    path: "/api/admin/products",
    json: { name: "New", price_minor: 1, currency: "EUR", stock: 1 },
  },
  { method: "PATCH", path: "/api/admin/products/1", json: { name: "New" } },
  { method: "POST", path: "/api/admin/products/1/stock", json: { stock: 1000, expected: 100 } },
  { method: "POST", path: "/api/admin/products/1/pause" },
  { method: "POST", path: "/api/admin/products/1/resume" },
  { method: "POST", path: "/api/admin/orders/1/cancel" },
]

const badKeys = ["", '""', "x".repeat(256), `"${"x".repeat(256)}"`, "cl\u00e9", "a\tb"]

function withKey(route: Omit<Route, "code">, key: string): HostileRequest {
  return {
    ...route,
    name: `${route.method} ${route.path} with Idempotency-Key ${JSON.stringify(key).slice(0, 20)}`,
    headers: { "idempotency-key": key },
    status: 422,
    code: "invalid_request",
    members: complaintsAbout("Idempotency-Key"),
  }
}

const keys: HostileRequest[] = keyed.flatMap((route) => badKeys.map((key) => withKey(route, key)))

/** All requests, for a server in open mode that has product 1, hold 1 (active) and order 1 (pending). */
export const hostileAddresses: readonly HostileRequest[] = [
  ...ids,
  ...unreadable,
  ...quantities,
  ...queries,
  ...shopsQueries,
  ...nowhere,
  ...keys,
]
