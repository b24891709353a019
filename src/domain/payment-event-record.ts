import type { RecordedEvent } from "./commands.ts"
import type { Order } from "./order.ts"
import { FREE, type PaymentEventRecord, type PaymentOutcome, type ProviderEvent } from "./payment.ts"
import type { Instant } from "./time.ts"
import { eventName, type WorkingSet } from "./working-set.ts"

/** The effect of a payment event on its order. */
export interface EventEffect {
  /** The order after the event. */
  readonly order: Order
  readonly outcome: Exclude<PaymentOutcome, "parked">
  readonly late: boolean
}

/** Records the effect of an event in the inbox; replaces the record of a parked event. */
export function recordEffect(
  state: WorkingSet,
  event: ProviderEvent,
  { order, outcome, late }: EventEffect,
  now: Instant,
): PaymentEventRecord {
  const parked = state.events.get(eventName(event.provider, event.key))
  const record: PaymentEventRecord = {
    ...event,
    outcome,
    late,
    appliedOrderId: order.id,
    orderStatus: order.status,
    receivedAt: parked?.receivedAt ?? now,
    appliedAt: now,
    returnedAt: null,
  }
  if (parked === undefined) state.events.add(record)
  else state.events.replace(record)
  // No provider has sent this event, so the fact `order_paid` is enough.
  if (event.provider === FREE) return record
  const { key } = event
  state.facts.push({ kind: "payment_event", key, orderId: order.id, outcome, duplicate: false, late })
  return record
}

/**
 * What the inbox has of an event. `done`: the event was applied, or never will be because its money was returned by
 * hand. `key_reused`: the key has arrived before with another content (I4).
 */
export type EventLookup =
  | { readonly is: "new" }
  | { readonly is: "parked" }
  | { readonly is: "done"; readonly record: PaymentEventRecord }
  | { readonly is: "key_reused" }

/** Looks an event up in the inbox by its key. Changes nothing. */
export function lookUpEvent(state: WorkingSet, event: ProviderEvent): EventLookup {
  const record = state.events.get(eventName(event.provider, event.key))
  if (record === undefined) return { is: "new" }
  if (record.fingerprint !== event.fingerprint) return { is: "key_reused" }
  const isDone = record.outcome !== "parked" || record.returnedAt !== null
  return isDone ? { is: "done", record } : { is: "parked" }
}

/** Answers a repeated event with its first record, and adds the fact that it was repeated. */
export function repeatedEvent(state: WorkingSet, record: PaymentEventRecord): RecordedEvent {
  const { key, orderId, appliedOrderId, outcome, late } = record
  const order = appliedOrderId ?? orderId
  state.facts.push({ kind: "payment_event", key, orderId: order, outcome, duplicate: true, late })
  return { event: record, duplicate: true }
}
