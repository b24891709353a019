import { isRefusal } from "../domain/refusals.ts"
import type { PaymentEventHandler } from "../lanes/payment-event-handler.ts"
import type { CancelReport, PaymentProvider } from "../payments/provider.ts"
import type { Cancellations, UnwantedPayment } from "../store/queues/cancellations.ts"
import { leaseSecondsFor, within } from "./provider-calls.ts"

export interface CancellationParts {
  readonly cancellations: Cancellations
  readonly paymentEvents: PaymentEventHandler
  readonly providers: readonly PaymentProvider[]
}

/** Calls to providers under way at one time. */
const AT_ONCE = 10
/**
 * With pauses that double from five seconds on, the attempts take an hour and a half. A payment after that is late
 * money.
 */
const MOST_ATTEMPTS = 11

/**
 * Asks providers to cancel the payments of orders that ended unpaid, so that no buyer pays for an ended
 * order. If the payment turns out to have succeeded, its event is handled as if the webhook had come.
 * Correctness does not depend on this: a payment that cannot be cancelled stays open, and its money is
 * late money. Returns true if there may be more.
 *
 * The call is made outside of any transaction. If the process dies after it, another call follows, with the
 * same idempotency key.
 */
export async function cancelPayments(parts: CancellationParts): Promise<boolean> {
  const { cancellations, providers } = parts
  const able = new Map(providers.filter((provider) => "cancel" in provider).map((one) => [one.name, one]))
  if (able.size === 0) return false
  const taken = await cancellations.take({
    providers: [...able.keys()],
    limit: AT_ONCE,
    leaseSeconds: leaseSecondsFor(able.values()),
  })
  await Promise.all(
    taken.map(async (payment) => {
      const report = await cancel(payment, able.get(payment.provider))
      const isOver = await settle(parts, report)
      if (isOver || payment.attempts >= MOST_ATTEMPTS) await cancellations.settle(payment)
      else await cancellations.postpone(payment)
    }),
  )
  return taken.length === AT_ONCE
}

async function cancel(
  { orderId, holdId, paymentId }: UnwantedPayment,
  provider: PaymentProvider | undefined,
): Promise<CancelReport> {
  const idempotencyKey = `doorbuster-cancel-${orderId}-${paymentId}`
  if (provider?.cancel === undefined) return { status: "not now" }
  try {
    return await within(provider, provider.cancel({ orderId, holdId, paymentId, idempotencyKey }))
  } catch {
    // A failed call says nothing about the payment.
    return { status: "not now" }
  }
}

/** Returns false if the provider has to be asked again. */
async function settle({ paymentEvents }: CancellationParts, report: CancelReport): Promise<boolean> {
  if (report.status === "succeeded") return !isRefusal(await paymentEvents.receive(report.event))
  return report.status !== "not now"
}
