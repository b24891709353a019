import type { Order } from "../../client/src/index.ts"
import type { PaymentSeen } from "./buyer-view.ts"

interface Answer {
  readonly payment_id: string
  readonly status: PaymentSeen["status"]
  readonly captured_minor: number
  readonly refunded_minor: number
  readonly pay_url: string
}

const ANSWER_WITHIN_MS = 10_000

/** Opens a payment of the order at the simulator; its page leads back to `returnUrl`. Throws when it cannot be. */
export async function openPayment(root: string, order: Order, returnUrl: string) {
  const { payment_id, pay_url } = await ask(`${root}/payments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      order_id: order.order_id,
      amount_minor: order.total_minor,
      currency: order.currency,
      hold_id: order.hold_id,
      product_id: order.product_id,
      quantity: order.quantity,
      return_url: returnUrl,
    }),
  })
  return { id: payment_id, url: pay_url }
}

/** How a payment goes. Throws when the simulator does not know it, or does not answer. */
export async function paymentSeen(root: string, id: string): Promise<PaymentSeen> {
  const answer = await ask(`${root}/payments/${encodeURIComponent(id)}`, { cache: "no-store" })
  return {
    status: answer.status,
    capturedMinor: answer.captured_minor,
    refundedMinor: answer.refunded_minor,
  }
}

async function ask(url: string, request: RequestInit): Promise<Answer> {
  const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
  if (!answer.ok) throw new Error(`the payment simulator answered ${answer.status}`)
  return (await answer.json()) as Answer
}
