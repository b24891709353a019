import { disputeEvent } from "./events.ts"
import { messagesOf } from "./notifier.ts"
import type { PlannedDispute } from "./plan.ts"
import type { DisputedPayment, SimulatedPayment } from "./records.ts"
import type { Refusal } from "./refusals.ts"
import type { ProcessorServices } from "./services.ts"

/** Opens and closes disputes, as the buyer's bank does. */
export interface Disputes {
  /** Disputes `amountMinor` of a captured payment; null for all that is left of it. */
  openDispute(paymentId: string, amountMinor: number | null): SimulatedPayment | Refusal
  /** Closes an open dispute. `won`: the shop keeps the money; `lost`: the bank does. */
  closeDispute(paymentId: string, verdict: "won" | "lost"): SimulatedPayment | Refusal
  /** Disputes a payment that has just succeeded, if the plan says so and there is room for the webhooks. */
  followPlan(paymentId: string): void
}

/** Makes the processor's part for disputes. */
export function createDisputes({ store, notifier, plan, timers, nextId }: ProcessorServices): Disputes {
  function open(paymentId: string, wantedMinor: number | null): DisputedPayment | Refusal {
    const payment = store.payment(paymentId)
    if (payment === undefined) return "payment not found"
    if (payment.status !== "succeeded") return "payment not captured"
    if (payment.dispute !== null) return "disputed before"
    const leftMinor = payment.capturedMinor - payment.refundedMinor
    const amountMinor = wantedMinor ?? leftMinor
    if (amountMinor === 0 || amountMinor > leftMinor) return "more than captured"
    const dispute = { id: nextId("dp"), amountMinor, status: "open" } as const
    return { ...store.updatePayment(paymentId, { disputedMinor: amountMinor, dispute }), dispute }
  }

  function close(paymentId: string, status: "won" | "lost"): DisputedPayment | Refusal {
    const payment = store.payment(paymentId)
    if (payment === undefined) return "payment not found"
    if (payment.dispute?.status !== "open") return "no open dispute"
    const dispute = { ...payment.dispute, status }
    const disputedMinor = status === "won" ? 0 : dispute.amountMinor
    return { ...store.updatePayment(paymentId, { disputedMinor, dispute }), dispute }
  }

  /** Makes a change and notifies the shop once; refuses when there is no room for the webhook. */
  function changeAndNotify(change: () => DisputedPayment | Refusal): SimulatedPayment | Refusal {
    if (!notifier.reserve(1)) return "full"
    const changed = change()
    if (typeof changed === "string") notifier.release(1)
    else void notifier.notify(disputeEvent(changed))
    return changed
  }

  /** Follows the plan unless nothing is left to dispute by then, or a request has already closed the dispute. */
  async function run(paymentId: string, planned: PlannedDispute): Promise<void> {
    await timers.wait(planned.opensAfterMs)
    const opened = open(paymentId, null)
    if (typeof opened === "string") return notifier.release(messagesOfDispute(planned))
    void notifier.notify(disputeEvent(opened), planned.openedDelivery)
    await timers.wait(planned.closesAfterMs)
    const closed = close(paymentId, planned.verdict)
    if (typeof closed === "string") return notifier.release(messagesOf(planned.closedDelivery))
    void notifier.notify(disputeEvent(closed), planned.closedDelivery)
  }

  return {
    openDispute: (paymentId, amountMinor) => changeAndNotify(() => open(paymentId, amountMinor)),
    closeDispute: (paymentId, verdict) => changeAndNotify(() => close(paymentId, verdict)),
    followPlan(paymentId) {
      const planned = plan.nextDispute()
      if (planned !== null && notifier.reserve(messagesOfDispute(planned))) void run(paymentId, planned)
    },
  }
}

function messagesOfDispute({ openedDelivery, closedDelivery }: PlannedDispute): number {
  return messagesOf(openedDelivery) + messagesOf(closedDelivery)
}
