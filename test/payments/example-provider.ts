import { createHmac, timingSafeEqual } from "node:crypto"
import { fingerprinted } from "../../src/payments/fingerprint.ts"
import type {
  PaymentProvider,
  WebhookReading,
  RefundInstruction,
  RefundReport,
} from "../../src/payments/provider.ts"

/** Toast signs its messages with HMAC-SHA256, and sends money back on POST /refunds. */
export function createToastProvider(key: string, api: string): PaymentProvider {
  return {
    name: "toast",
    readWebhook({ headers, body, nowSeconds }): WebhookReading {
      const expected = createHmac("sha256", key).update(body).digest()
      const given = Buffer.from(String(headers["toast-signature"]), "hex")
      const isAuthentic = given.length === expected.length && timingSafeEqual(given, expected)
      if (!isAuthentic) return { kind: "not authentic", detail: "toast-signature is invalid" }

      const { sent_at, type, payment } = JSON.parse(body) as ToastMessage
      if (Math.abs(nowSeconds - sent_at) > 300)
        return { kind: "not authentic", detail: "the message is too old" }
      if (type !== "payment.done") return { kind: "events", events: [] }
      if (payment === undefined) return { kind: "not understood", detail: "payment is missing" }
      const { id: paymentId, order: orderId, amount: amountMinor, currency } = payment
      const notReported = { holdId: null, productId: null, quantity: null }
      const about = { provider: "toast", key: `${paymentId} done`, kind: "succeeded", orderId } as const
      const event = fingerprinted({ ...about, paymentId, amountMinor, currency, ...notReported })
      return { kind: "events", events: [{ about: "payment", event }] }
    },
    async refund({ paymentId, amountMinor, idempotencyKey }: RefundInstruction): Promise<RefundReport> {
      const headers = { authorization: `Bearer ${key}`, "idempotency-key": idempotencyKey }
      const body = JSON.stringify({ payment: paymentId, amount: amountMinor })
      const signal = AbortSignal.timeout(10_000)
      const answer = await fetch(`${api}/refunds`, { method: "POST", headers, body, signal })
      if (answer.ok) return { status: "confirmed", providerRefundId: answer.headers.get("toast-refund") }
      const error = `${answer.status} ${await answer.text()}`
      return { status: answer.status === 422 ? "failed" : "not now", error }
    },
  }
}

interface ToastMessage {
  readonly sent_at: number
  readonly type: string
  readonly payment?: { id: string; order: number; amount: number; currency: string }
}
