import { createAdminSessions } from "../../src/http/access/admin-session.ts"
import { randomUUID } from "node:crypto"
import { Webhook } from "standardwebhooks"
import { expect } from "vitest"
import { startTestApp, type TestApp, type TestAppOptions } from "./app.ts"
import type { TestAnswer, TestClient, TestRequest } from "./http.ts"

// The steps of most HTTP tests. Each throws unless the server reports success.

/** A parsed JSON body. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
type Body = any

/** Creates a product through the admin API: 100 units at 99.99 EUR, with the given `settings`. */
export async function offer(client: TestClient, settings: object = {}, token?: string): Promise<Body> {
  const body = { name: "Test product", price_minor: 9999, currency: "EUR", stock: 100, ...settings }
  const answer = await client.post("/api/admin/products", body, withToken(token))
  return bodyOf(answer, 201)
}

/** Holds units and returns the hold with its token. */
export async function hold(client: TestClient, productId: number, qty = 1, more: object = {}): Promise<Body> {
  return bodyOf(await client.post("/api/holds", { product_id: productId, qty, ...more }), 201)
}

/** Makes an order from a hold. */
export async function order(client: TestClient, holdId: number, token?: string): Promise<Body> {
  return bodyOf(await client.post("/api/orders", { hold_id: holdId }, withToken(token)), 201)
}

/** Makes a new product, a hold and an order that waits for payment; returns the order. */
export async function pendingOrder(client: TestClient, qty = 1, settings: object = {}): Promise<Body> {
  const product = await offer(client, settings)
  const { hold_id } = await hold(client, product.id, qty)
  return order(client, hold_id)
}

/** Reads the product through the public API. */
export async function productNow(client: TestClient, productId: number): Promise<Body> {
  return bodyOf(await client.get(`/api/products/${productId}`), 200)
}

/** Sends a payment event: a success with a new key, with the given `event` fields. */
export function pay(client: TestClient, event: object, request: TestRequest = {}): Promise<TestAnswer> {
  return client.post(
    "/api/payments/webhook",
    { idempotency_key: `key-${randomUUID()}`, status: "success", ...event },
    request,
  )
}

/** Waits until the hold has expired. It reads as expired with or without a sweep. */
export async function holdEnd(client: TestClient, holdId: number): Promise<void> {
  await expect
    .poll(async () => (await client.get(`/api/holds/${holdId}`)).body.status, {
      timeout: 10_000,
      interval: 25,
    })
    .toBe("expired")
}

function bodyOf(answer: TestAnswer, status: number): Body {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

function withToken(token?: string): TestRequest {
  return token === undefined ? {} : { token }
}

/** The secrets of a server in closed mode. */
export const ADMIN_TOKEN = "the-admin-token-of-the-tests"
export const WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

/** The configuration of a server in closed mode. */
export const closed = {
  adminToken: ADMIN_TOKEN,
  paymentWebhookSecret: Buffer.from(WEBHOOK_SECRET.replace("whsec_", ""), "base64"),
  rateLimitPerMinute: 0,
}

/** Starts a server in closed mode, without a rate limit unless `config` says so. */
export function startClosedApp({ config, ...options }: TestAppOptions = {}): Promise<TestApp> {
  return startTestApp({ ...options, config: { ...closed, ...config } })
}

export interface Signing {
  readonly id?: string
  readonly at?: Date
  readonly secret?: string
}

/** The headers of a signed webhook, made by the reference implementation of Standard Webhooks. */
export function signature(text: string, { id, at, secret }: Signing = {}): Record<string, string> {
  const message = { id: id ?? `msg_${randomUUID()}`, at: at ?? new Date() }
  return {
    "webhook-id": message.id,
    "webhook-timestamp": String(Math.floor(message.at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret ?? WEBHOOK_SECRET).sign(message.id, message.at, text),
  }
}

/** The admin access that the gatekeeper of a closed server needs. */
export const adminAccess = {
  adminToken: ADMIN_TOKEN,
  sessions: createAdminSessions("secret", ADMIN_TOKEN),
  operators: {
    ready: () => null,
    byToken: () => undefined,
    bySession: () => undefined,
    signIn: async () => null,
    signOut: async () => undefined,
  },
}
