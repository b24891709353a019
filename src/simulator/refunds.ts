import { refundEvent } from "./events.ts"
import { messagesOf } from "./notifier.ts"
import type { DeliveryPlan } from "./plan.ts"
import type { SimulatedPayment, SimulatedRefund } from "./records.ts"
import type { Refusal } from "./refusals.ts"
import type { ProcessorServices } from "./services.ts"

/** The content of the shop's request for a refund. */
export type NewRefund = Pick<SimulatedRefund, "paymentId" | "amountMinor" | "currency"> & {
  readonly reference: string
}

/** Makes refunds, and lets them fail. */
export interface Refunds {
  /** Makes a refund. The same key again returns the same refund, or tries it again if it has failed. */
  refund(key: string, content: NewRefund): SimulatedRefund | Refusal
  /** Refunds `amountMinor` in the provider's own dashboard; null for all that is left of the payment. */
  refundInDashboard(paymentId: string, amountMinor: number | null): SimulatedPayment | Refusal
  /** Lets a refund fail after it has succeeded, so that the shop has the money again. */
  reverseRefund(id: string): SimulatedRefund | Refusal
}

/** How long a refund is pending. */
const REFUND_TAKES_MS = 50

/** Makes the processor's part for refunds. */
export function createRefunds({ store, notifier, plan, timers, nextId }: ProcessorServices): Refunds {
  async function complete(key: string, delivery: DeliveryPlan): Promise<void> {
    await timers.wait(REFUND_TAKES_MS)
    const refund = store.refund(key)
    const payment = refund && store.payment(refund.paymentId)
    if (refund === undefined || payment === undefined) throw new Error(`there is no refund ${key}`)
    const fails = payment.failRefunds > 0
    if (fails) store.updatePayment(payment.id, { failRefunds: payment.failRefunds - 1 })
    const completed = { ...refund, status: fails ? "failed" : "succeeded" } as const
    store.saveRefund(key, completed)
    await notifier.notify(refundEvent(completed), delivery)
  }

  return {
    refund(key, content) {
      const known = store.refund(key)
      if (known !== undefined && !isSameRequest(known, content)) return "key reused"
      if (known !== undefined && known.status !== "failed") return known
      const payment = store.payment(content.paymentId)
      const refusal = payment === undefined ? "payment not found" : refuseRefund(payment, content)
      if (refusal !== null) return refusal
      const delivery = plan.nextRefund()
      if (store.isFull || !notifier.reserve(messagesOf(delivery))) return "full"
      const refund = { ...content, id: nextId("re"), status: "pending" } as const
      store.saveRefund(key, refund)
      void complete(key, delivery)
      return refund
    },

    refundInDashboard(paymentId, wantedMinor) {
      const payment = store.payment(paymentId)
      if (payment === undefined) return "payment not found"
      const { capturedMinor, refundedMinor, disputedMinor, currency } = payment
      const amountMinor = wantedMinor ?? capturedMinor - refundedMinor - disputedMinor
      const refusal = refuseRefund(payment, { amountMinor, currency })
      if (refusal !== null) return refusal
      if (amountMinor === 0) return "more than captured"
      if (store.isFull || !notifier.reserve(1)) return "full"
      const content = { paymentId, amountMinor, currency, reference: null }
      const refund = { ...content, id: nextId("re"), status: "succeeded" } as const
      // A key that no request can have, because headers contain no line break.
      store.saveRefund(`\n${refund.id}`, refund)
      void notifier.notify(refundEvent(refund))
      return store.payment(paymentId) ?? payment
    },

    reverseRefund(id) {
      const key = store.keyOfRefund(id)
      const refund = key === undefined ? undefined : store.refund(key)
      // A later attempt with the same key may have replaced the refund.
      if (key === undefined || refund?.id !== id) return "refund not found"
      if (refund.status !== "succeeded") return "refund not back"
      if (!notifier.reserve(1)) return "full"
      const failed = { ...refund, status: "failed" } as const
      store.saveRefund(key, failed)
      void notifier.notify(refundEvent(failed))
      return failed
    },
  }
}

/** Why the amount cannot be refunded from the payment, or null. */
function refuseRefund(
  payment: SimulatedPayment,
  { amountMinor, currency }: Pick<NewRefund, "amountMinor" | "currency">,
): Refusal | null {
  if (payment.status !== "succeeded") return "payment not captured"
  if (payment.currency !== currency) return "wrong currency"
  const goneMinor = payment.refundedMinor + payment.disputedMinor
  return goneMinor + amountMinor > payment.capturedMinor ? "more than captured" : null
}

function isSameRequest(known: SimulatedRefund, content: NewRefund): boolean {
  return (
    known.reference === content.reference &&
    known.paymentId === content.paymentId &&
    known.amountMinor === content.amountMinor &&
    known.currency === content.currency
  )
}
