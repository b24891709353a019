import { createHmac, randomUUID } from "node:crypto"
import { jsonRequest } from "./request.ts"
import type { Crowd, LoadPlan } from "./plan.ts"

/** The requests of one visitor: the first one, and the one that follows from each response. */
export interface Journey {
  readonly first: string
  /** The next request, or null after the last one. */
  next(text: string, bodyAt: number): string | null
}

/** Returns a function that makes the journey of the next visitor. */
export function crowdOf({ crowd, host, port }: LoadPlan): () => Journey {
  return crowd.kind === "requests" ? simpleCrowd(crowd) : buyers(crowd, `${host}:${port}`)
}

function simpleCrowd({ requests }: Extract<Crowd, { kind: "requests" }>): () => Journey {
  const journeys = requests.map((first) => ({ first, next: () => null }))
  const [only] = journeys
  if (only === undefined) throw new Error("a crowd needs a request")
  if (journeys.length === 1) return () => only
  return () => journeys[Math.floor(Math.random() * journeys.length)] ?? only
}

function buyers({ productId, webhookSecret, details }: Extract<Crowd, { kind: "buyers" }>, host: string) {
  const key = Buffer.from(webhookSecret.replace(/^whsec_/, ""), "base64")
  const first = jsonRequest(host, "POST", "/api/holds", { product_id: productId, qty: 1 })

  return () => {
    let step = 0
    return {
      first,
      next(text: string, bodyAt: number) {
        step += 1
        if (step === 1) return order(host, text.slice(bodyAt), details)
        if (step === 2) return payment(host, text.slice(bodyAt), key)
        return null
      },
    }
  }
}

function order(host: string, held: string, details: object | undefined): string {
  const { hold_id, token } = JSON.parse(held) as { hold_id: number; token: string }
  return jsonRequest(host, "POST", "/api/orders", { hold_id, details }, { authorization: `Bearer ${token}` })
}

function payment(host: string, ordered: string, key: Buffer): string {
  const { order_id, total_minor, currency } = JSON.parse(ordered) as Record<string, unknown>
  const id = randomUUID()
  const body = { idempotency_key: id, order_id, status: "success", amount_minor: total_minor, currency }
  const timestamp = Math.floor(Date.now() / 1000)
  const signed = `${id}.${timestamp}.${JSON.stringify(body)}`
  const signature = createHmac("sha256", key).update(signed).digest("base64")
  return jsonRequest(host, "POST", "/api/payments/webhook", body, {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  })
}
