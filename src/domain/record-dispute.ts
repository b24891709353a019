import { applyDispute } from "./apply-dispute.ts"
import type { RecordDispute, RecordedEvent } from "./commands.ts"
import { lookUpEvent, repeatedEvent } from "./payment-event-record.ts"
import type { PaymentEventRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import type { WorkingSet } from "./working-set.ts"

/**
 * Records a message about a dispute and applies it to its payment, once per key (I4).
 *
 * Repeating the message changes nothing; the same key with another content is refused. Refuses with
 * `order_unknown` when the payment is not recorded; the caller then parks the event.
 */
export function recordDispute(
  state: WorkingSet,
  { event, orderId }: RecordDispute,
  now: Instant,
): RecordedEvent | PaymentEventRefusal {
  const known = lookUpEvent(state, event)
  if (known.is === "key_reused") return { code: "event_key_reused" }
  if (known.is === "done") return repeatedEvent(state, known.record)

  const payment = [...state.payments.values()].find(
    (one) => one.orderId === orderId && one.provider === event.provider && one.paymentId === event.paymentId,
  )
  if (payment === undefined) return { code: "order_unknown" }
  return { event: applyDispute(state, event, payment, now), duplicate: known.is === "parked" }
}
