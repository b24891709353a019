import type { Disputes } from "./disputes.ts"
import { paymentEvent } from "./events.ts"
import { messagesOf } from "./notifier.ts"
import type { DeliveryPlan, PlannedPayment } from "./plan.ts"
import type { SimulatedPayment } from "./records.ts"
import type { Refusal } from "./refusals.ts"
import type { ProcessorServices } from "./services.ts"

/** The content of a request that creates a payment. */
export type NewPayment = Pick<
  SimulatedPayment,
  "orderId" | "amountMinor" | "currency" | "holdId" | "productId" | "qty" | "lines" | "returnUrl"
>

/** How an open payment ends, and how its result is delivered. */
export interface PaymentResult extends DeliveryPlan {
  readonly result: "succeed" | "decline"
  readonly capturedMinor: number
  readonly delayMs: number | "late"
  /** True if the failure of an earlier attempt is delivered after the success. */
  readonly outOfOrder: boolean
  /** How many refunds of the payment fail, one after the other. */
  readonly failRefunds: number
}

/** Creates and ends payments. */
export interface Payments {
  /** Creates a payment; under a wild plan it starts to be processed at once. */
  createPayment(content: NewPayment): Promise<SimulatedPayment | Refusal>
  /** Starts to process an open payment; the result comes after its delay. */
  endPayment(id: string, result: PaymentResult): SimulatedPayment | Refusal
  /** Cancels a payment that is open or processing. A payment that is cancelled already stays as it is. */
  cancelPayment(id: string): SimulatedPayment | Refusal
}

/** How long the request that creates a payment waits, at most, for a webhook that must be delivered before. */
const DELIVERED_BEFORE_WITHIN_MS = 1_000

/** Makes the processor's part for payments. A payment that succeeds may be disputed, as the plan says. */
export function createPayments(
  services: ProcessorServices,
  disputes: Pick<Disputes, "followPlan">,
): Payments {
  const { store, notifier, plan, timers, lateMs, nextId } = services

  /** Resolves when the first message of the result was delivered or given up. */
  function process(id: string, result: PaymentResult): Promise<void> {
    store.updatePayment(id, { status: "processing" })
    const delayMs = result.delayMs === "late" ? lateMs : result.delayMs
    return delayMs === 0 ? complete(id, result) : timers.wait(delayMs).then(() => complete(id, result))
  }

  async function complete(id: string, result: PaymentResult): Promise<void> {
    // The payment was cancelled meanwhile.
    if (store.payment(id)?.status !== "processing") return notifier.release(messagesOfResult(result))
    const { capturedMinor, failRefunds } = result
    const hasSucceeded = result.result === "succeed"
    const payment = store.updatePayment(
      id,
      hasSucceeded ? { status: "succeeded", capturedMinor, failRefunds } : { status: "declined" },
    )
    const notified = notifier.notify(paymentEvent(payment, hasSucceeded ? "succeeded" : "failed"), result)
    if (reportsEarlierAttempt(result)) {
      void notified.then(() => notifier.notify(paymentEvent(payment, "attempt_failed")))
    }
    if (hasSucceeded) disputes.followPlan(id)
    await notified
  }

  return {
    async createPayment(content) {
      const planned = plan.nextPayment()
      const result = planned === null ? null : resultOf(planned, content.amountMinor)
      if (store.isFull || (result !== null && !notifier.reserve(messagesOfResult(result)))) return "full"
      const payment = { ...content, ...untouched, id: nextId("pay") }
      store.addPayment(payment)
      if (planned === null || result === null) return payment
      const notified = process(payment.id, result)
      if (planned.beforeOrder && content.holdId !== null) {
        await Promise.race([notified, timers.wait(DELIVERED_BEFORE_WITHIN_MS)])
      }
      return store.payment(payment.id) ?? payment
    },

    endPayment(id, result) {
      const payment = store.payment(id)
      if (payment === undefined) return "payment not found"
      if (payment.status !== "open") return "payment not open"
      if (!notifier.reserve(messagesOfResult(result))) return "full"
      void process(id, result)
      return store.payment(id) ?? payment
    },

    cancelPayment(id) {
      const payment = store.payment(id)
      if (payment === undefined) return "payment not found"
      if (payment.status === "cancelled") return payment
      if (payment.status !== "open" && payment.status !== "processing") return "payment not open"
      if (!notifier.reserve(1)) return "full"
      const cancelled = store.updatePayment(id, { status: "cancelled" })
      void notifier.notify(paymentEvent(cancelled, "cancelled"))
      return cancelled
    },
  }
}

/** The state of a new payment. */
const untouched = {
  status: "open",
  capturedMinor: 0,
  refundedMinor: 0,
  disputedMinor: 0,
  dispute: null,
  failRefunds: 0,
} as const

function resultOf({ amount, ...planned }: PlannedPayment, amountMinor: number): PaymentResult {
  const half = Math.ceil(amountMinor / 2)
  const captured = { exact: amountMinor, "too little": amountMinor - half, "too much": amountMinor + half }
  return { ...planned, capturedMinor: captured[amount], failRefunds: 0 }
}

function messagesOfResult(result: PaymentResult): number {
  return messagesOf(result) + (reportsEarlierAttempt(result) ? 1 : 0)
}

function reportsEarlierAttempt({ result, outOfOrder }: PaymentResult): boolean {
  return result === "succeed" && outOfOrder
}
