import { signal } from "@preact/signals"
import type { Order } from "../../client/src/index.ts"
import type { PaymentChoice } from "../shared/page-data.ts"
import type { PaymentSeen } from "./buyer-view.ts"
import { storage } from "./browser-storage.ts"
import { leaveFor } from "./leave-for.ts"
import type { PaymentMethod, PaymentContext } from "./payment-method.ts"

type SimulatorChoice = Extract<PaymentChoice, { readonly kind: "simulator" }>

/** Pays on the page of the simulator, which links back here. */
export function createSimulatorPayment(
  { kind, url: root }: SimulatorChoice,
  parts: PaymentContext,
): PaymentMethod {
  const { client, orderId, token } = parts
  let lastSeen: PaymentSeen | null = null

  async function pay(order: Order): Promise<void> {
    const started = storage.order(orderId)?.payment ?? null
    // Continues an open payment, because a second one would be charged as well.
    const seen = started === null ? null : await paymentSeen(root, started.id).catch(() => null)
    if (started?.url && seen?.status === "open") return leaveFor(started.url)
    const lines = await goodsOf(order, parts)
    const opened = await openPayment(root, { order, lines, returnUrl: `${location.origin}/o/${orderId}` })
    storage.saveOrder(orderId, { token: token(), payment: { ...opened, isConfirmed: false } })
    await client.orders.startPayment(orderId, { provider: kind, payment_id: opened.id }, { token: token() })
    await leaveFor(opened.url)
  }

  async function seen(): Promise<PaymentSeen | null> {
    const started = storage.order(orderId)?.payment ?? null
    if (started === null) return null
    // While the simulator does not answer, its last answer counts.
    lastSeen = await paymentSeen(root, started.id).catch(() => lastSeen)
    return lastSeen
  }

  return { prepare: async () => undefined, pay, seen, form: signal(null), start: () => null }
}

interface Answer {
  readonly payment_id: string
  readonly status: PaymentSeen["status"]
  readonly captured_minor: number
  readonly refunded_minor: number
  readonly pay_url: string
}

const ANSWER_WITHIN_MS = 10_000

interface Opening {
  readonly order: Order
  /** What is bought, by name, for the pay page to show; undefined: not known. */
  readonly lines: readonly object[] | undefined
  readonly returnUrl: string
}

/** What is bought, by name: the order itself names neither product nor variants. */
async function goodsOf(
  { product_id, lines, quantity, total_minor }: Order,
  { client, product }: PaymentContext,
): Promise<Opening["lines"]> {
  const shown = product()
  const name = shown?.name ?? null
  if (lines === undefined) {
    return name === null ? undefined : [{ name, quantity, unit_price_minor: total_minor / quantity }]
  }
  const { variants = [] } = shown ?? (await client.products.get(product_id))
  return lines.map(({ variant_id, quantity, unit_price_minor }) => {
    const variant = variants.find(({ id }) => id === variant_id)
    const own = variant?.name ?? `Variant ${variant_id}`
    const whole = name === null ? own : `${name}, ${own}`
    return { name: whole.slice(0, LONGEST_NAME), sku: variant?.sku, quantity, unit_price_minor }
  })
}

/** The simulator accepts no longer one. */
const LONGEST_NAME = 255

/** Opens a payment at the simulator, whose page links back to `returnUrl`. Throws when the simulator refuses. */
async function openPayment(root: string, { order, lines, returnUrl }: Opening) {
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
      lines,
      return_url: returnUrl,
    }),
  })
  return { id: payment_id, url: pay_url }
}

/** Reads the state of a payment. Throws when the simulator does not know it or does not answer. */
async function paymentSeen(root: string, id: string): Promise<PaymentSeen> {
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
