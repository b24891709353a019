import { createAdminSessions } from "../../src/http/access/admin-session.ts"
import { randomUUID } from "node:crypto"
import { Webhook } from "standardwebhooks"
import { expect } from "vitest"
import { startTestApp, type TestApp, type TestAppOptions } from "./app.ts"
import type { TestAnswer, TestClient, TestRequest } from "./http.ts"

/** What a shop does over HTTP in most tests, each step asserted to have succeeded. */

/** Every key of these exists in the answer's body, whatever it holds. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
type Body = any

/** Offers a product through the admin route; `settings` over a plain product of 100 units at 99.99 EUR. */
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

/** A new product's order that waits for payment: one hold, converted. */
export async function pendingOrder(client: TestClient, qty = 1, settings: object = {}): Promise<Body> {
  const product = await offer(client, settings)
  const { hold_id } = await hold(client, product.id, qty)
  return order(client, hold_id)
}

/** The product as anyone sees it. */
export async function productNow(client: TestClient, productId: number): Promise<Body> {
  return bodyOf(await client.get(`/api/products/${productId}`), 200)
}

/** Sends a payment event; `event` over a success under a key of its own. */
export function pay(client: TestClient, event: object, request: TestRequest = {}): Promise<TestAnswer> {
  return client.post(
    "/api/payments/webhook",
    { idempotency_key: `key-${randomUUID()}`, status: "success", ...event },
    request,
  )
}

/** Waits until time has ended the hold: it then reads as expired, whether or not anyone swept. */
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

/** The same in the form that the configuration has. */
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

/** What a gatekeeper of a closed server needs. */
export const adminAccess = {
  adminToken: ADMIN_TOKEN,
  sessions: createAdminSessions("secret", ADMIN_TOKEN),
}
