import { applyDispute } from "./apply-dispute.ts"
import type { RecordDispute, RecordedEvent } from "./commands.ts"
import { lookUpEvent } from "./payment-event-record.ts"
import type { PaymentEventRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import type { WorkingSet } from "./working-set.ts"

/**
 * Records a message about a dispute and lets it act on its payment, once (I4).
 *
 * The same key again changes nothing; with another content it is refused. `order_unknown`: the payment
 * is not there, so the caller parks the event.
 */
export function recordDispute(
  state: WorkingSet,
  { event, orderId }: RecordDispute,
  now: Instant,
): RecordedEvent | PaymentEventRefusal {
  const known = lookUpEvent(state, event)
  if (known.is === "another") return { code: "event_key_reused" }
  if (known.is === "applied") return { event: known.record, duplicate: true }

  const payment = [...state.payments.values()].find(
    (one) => one.orderId === orderId && one.provider === event.provider && one.paymentId === event.paymentId,
  )
  if (payment === undefined) return { code: "order_unknown" }
  return { event: applyDispute(state, event, payment, now), duplicate: known.is === "parked" }
}
