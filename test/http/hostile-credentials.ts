import { createHmac } from "node:crypto"
import type { HostileRequest } from "../support/hostile-request.ts"
import { ADMIN_TOKEN, signature, WEBHOOK_SECRET } from "../support/shop.ts"

/** Invalid tokens and signatures, for a server in closed mode. */

interface Target {
  readonly method: string
  readonly path: string
  readonly json?: object
  readonly code: string
}

/** Requests that only the owner of hold 1 and order 1 may send. */
const owned: readonly Target[] = [
  { method: "GET", path: "/api/holds/1", code: "hold_not_found" },
  { method: "DELETE", path: "/api/holds/1", code: "hold_not_found" },
  { method: "POST", path: "/api/orders", json: { hold_id: 1 }, code: "hold_not_found" },
  { method: "POST", path: "/api/orders/1/1", code: "hold_not_found" },
  { method: "GET", path: "/api/orders/1", code: "order_not_found" },
  { method: "POST", path: "/api/orders/1/cancel", code: "order_not_found" },
]

const administration: readonly Omit<Target, "code">[] = [
  {
    method: "POST",
    path: "/api/admin/products",
    json: { name: "N", price_minor: 1, currency: "EUR", stock: 1 },
  },
  { method: "POST", path: "/api/admin/products", json: { nonsense: true } },
  { method: "PATCH", path: "/api/admin/products/1", json: { price_minor: 0 } },
  { method: "POST", path: "/api/admin/products/1/stock", json: { stock: 1000, expected: 100 } },
  { method: "POST", path: "/api/admin/products/1/pause" },
  { method: "POST", path: "/api/admin/products/999/resume" },
  { method: "POST", path: "/api/admin/orders/1/cancel" },
  { method: "POST", path: "/api/admin/holds/1/release" },
]

/** Headers that do not identify the caller. */
const strangers: Record<string, Record<string, string>> = {
  "no token": {},
  "an empty token": { authorization: "Bearer " },
  "a made-up token": { authorization: "Bearer letmein" },
  "the admin token cut short": { authorization: `Bearer ${ADMIN_TOKEN.slice(0, -1)}` },
  "the admin token made longer": { authorization: `Bearer ${ADMIN_TOKEN}x` },
  "the admin token in capitals": { authorization: `Bearer ${ADMIN_TOKEN.toUpperCase()}` },
  "the admin token as a password": {
    authorization: `Basic ${Buffer.from(`admin:${ADMIN_TOKEN}`).toString("base64")}`,
  },
  "the admin token without its scheme": { authorization: ADMIN_TOKEN },
  "the admin token in another header": { "x-admin-token": ADMIN_TOKEN },
  "the admin token among others": { authorization: `Bearer letmein ${ADMIN_TOKEN}` },
  "a token of 7,000 characters": { authorization: `Bearer ${"x".repeat(7_000)}` },
  "an unsigned JSON web token": { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4ifQ." },
}

function opened(target: Target, headers: Record<string, string>, name: string): HostileRequest {
  return { ...target, headers, name: `${target.method} ${target.path} with ${name}`, status: 404 }
}

function administered(
  target: Omit<Target, "code">,
  headers: Record<string, string>,
  name: string,
): HostileRequest {
  return { ...opened({ ...target, code: "unauthorized" }, headers, name), status: 401 }
}

/** Attacks without a token, or with a token that Doorbuster did not sign. */
export const strangersAttacks: readonly HostileRequest[] = Object.entries(strangers).flatMap(
  ([name, headers]) =>
    owned
      .map((target) => opened(target, headers, name))
      .concat(administration.map((target) => administered(target, headers, name))),
)

/** Ways to alter a token so that it might be accepted for hold 1. `mine` is the token of hold 2. */
const alterations: Record<string, (mine: string) => string> = {
  "another hold's token": (mine) => mine,
  "a token with another hold in it": (mine) => part(mine, 1, "1"),
  "a token with a hold written otherwise": (mine) => part(mine, 1, "01"),
  "a token with another hold and quantity": (mine) => part(part(mine, 1, "1"), 3, "9"),
  "a token without its signature": (mine) => part(part(mine, 1, "1"), 4, ""),
  "a token with a signature of zeros": (mine) => part(part(mine, 1, "1"), 4, "A".repeat(43)),
  "a token of another version": (mine) => part(part(mine, 0, "dbt2"), 1, "1"),
  "a token signed with a guess": (mine) => {
    const text = part(mine, 1, "1").split(".").slice(0, 4).join(".")
    return `${text}.${createHmac("sha256", "secret").update(text).digest("base64url")}`
  },
  "a token with a negative hold": (mine) => part(mine, 1, "-1"),
}

function part(token: string, index: number, value: string): string {
  return token
    .split(".")
    .map((present, at) => (at === index ? value : present))
    .join(".")
}

/** Attacks on hold 1 and order 1 by the owner of hold 2, whose token is only known at run time. */
export const foreignersAttacks = Object.entries(alterations).flatMap(([name, alter]) =>
  owned.map((target) => Object.assign(opened(target, {}, name), { alter })),
)

/** Attacks on admin routes by a buyer, whose token gives no access to them. */
export const ownersAttacks: readonly HostileRequest[] = administration.map((target) =>
  Object.assign(administered(target, {}, "an owner's token"), { status: 403, code: "forbidden" }),
)

const TEXT = JSON.stringify({ idempotency_key: "forged", order_id: 1, status: "success" })
const OTHER_SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`

function forged(name: string, change: object, raw = TEXT): HostileRequest {
  const kept = Object.entries({ ...signature(raw), ...change }).filter(([, value]) => value !== undefined)
  return {
    name: `a webhook ${name}`,
    method: "POST",
    path: "/api/payments/webhook",
    raw,
    headers: Object.fromEntries(kept),
    status: 401,
    code: "invalid_signature",
  }
}

function ago(seconds: number): Date {
  return new Date(Date.now() - seconds * 1_000)
}

function withRaw(sendHostile: HostileRequest, raw: string): HostileRequest {
  return { ...sendHostile, raw }
}

const valid = signature(TEXT, { id: "msg_1" })["webhook-signature"] ?? ""
const unsigned = { "webhook-id": undefined, "webhook-timestamp": undefined, "webhook-signature": undefined }
const keyAsText = createHmac("sha256", WEBHOOK_SECRET)
const seconds = String(Math.floor(Date.now() / 1_000))

/** Webhooks with an invalid signature, and signed webhooks with an invalid content. */
export const webhookAttacks: readonly HostileRequest[] = [
  forged("without any header", unsigned),
  forged("without an id", { "webhook-id": undefined }),
  forged("without a time", { "webhook-timestamp": undefined }),
  forged("without a signature", { "webhook-signature": undefined }),
  forged("with the admin token instead of a signature", {
    ...unsigned,
    authorization: `Bearer ${ADMIN_TOKEN}`,
  }),
  forged("with an empty id", { "webhook-id": "" }),
  forged("with another id", { "webhook-id": "msg_2" }),
  forged("with another time", { "webhook-timestamp": String(Number(seconds) - 10) }),
  forged("recorded 301 seconds ago", signature(TEXT, { at: ago(310) })),
  // Signed when this file is loaded but sent later, so the time is far enough ahead to be wrong then, too.
  forged("from the future", signature(TEXT, { at: ago(-3_600) })),
  forged("from 1970", signature(TEXT, { at: new Date(0) })),
  forged("with a time in milliseconds", { "webhook-timestamp": String(Date.now()) }),
  forged("with a time that is no number", { "webhook-timestamp": "now" }),
  forged("with a negative time", { "webhook-timestamp": `-${seconds}` }),
  forged("with a time in exponents", { "webhook-timestamp": "1e9" }),
  forged("with a fraction of a second", { "webhook-timestamp": `${seconds}.5` }),
  forged("with an empty time", { "webhook-timestamp": "" }),
  forged("signed with another key", signature(TEXT, { secret: OTHER_SECRET })),
  forged("signed with the text of the key", {
    "webhook-id": "msg_1",
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${keyAsText.update(`msg_1.${seconds}.${TEXT}`).digest("base64")}`,
  }),
  forged("with an empty signature", { "webhook-signature": "" }),
  forged("with a signature of no bytes", { "webhook-signature": "v1," }),
  forged("with a signature of zeros", { "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}` }),
  forged("with a signature cut short", { "webhook-signature": valid.slice(0, 20) }),
  forged("with the signature of another message", { "webhook-signature": valid }),
  forged("with an unknown version", {
    ...signature(TEXT, { id: "msg_1" }),
    "webhook-signature": valid.replace("v1,", "v2,"),
  }),
  forged("with a hundred wrong signatures", {
    "webhook-signature": Array.from(
      { length: 100 },
      (_, n) => `v1,${Buffer.alloc(32, n).toString("base64")}`,
    ).join(" "),
  }),
  withRaw(forged("with another order in it", {}), TEXT.replace('"order_id":1', '"order_id":2')),
  withRaw(forged("with another key in it", {}), TEXT.replace("forged", "forgery")),
  withRaw(forged("with one more space", {}), `${TEXT} `),
  withRaw(forged("with no body", {}), ""),
  forged("that is unsigned and no JSON", unsigned, "{"),
  forged("that is unsigned and pollutes", unsigned, '{"__proto__":{}}'),
  {
    ...forged("that is signed and no JSON", {}, "{"),
    status: 400,
    code: "malformed_request",
  },
]
