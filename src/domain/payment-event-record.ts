import type { Order } from "./order.ts"
import { FREE, type PaymentEventRecord, type PaymentOutcome, type ProviderEvent } from "./payment.ts"
import type { Instant } from "./time.ts"
import { eventName, type WorkingSet } from "./working-set.ts"

/** What an event did to which order. */
export interface Effect {
  /** As the event left it. */
  readonly order: Order
  readonly outcome: Exclude<PaymentOutcome, "parked">
  readonly late: boolean
}

/** Writes down what an event did, in the place of what was parked of it. */
export function writeRecord(
  state: WorkingSet,
  event: ProviderEvent,
  { order, outcome, late }: Effect,
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
  // No message has come: the order's own fact says it.
  if (event.provider === FREE) return record
  const told = { key: event.key, orderId: order.id, outcome, duplicate: false, late }
  state.facts.push({ kind: "payment_event", ...told })
  return record
}

/** What the inbox knows of an event; `applied`: it has acted, or never will. */
export type Known =
  | { readonly is: "new" }
  | { readonly is: "parked" }
  | { readonly is: "applied"; readonly record: PaymentEventRecord }
  | { readonly is: "another" }

/**
 * Looks an event up by its key, and tells when it is a repetition. `another`: the key came before with
 * another content (I4).
 */
export function lookUpEvent(state: WorkingSet, event: ProviderEvent): Known {
  const record = state.events.get(eventName(event.provider, event.key))
  if (record === undefined) return { is: "new" }
  if (record.fingerprint !== event.fingerprint) return { is: "another" }
  const isSettled = record.outcome !== "parked" || record.returnedAt !== null
  if (!isSettled) return { is: "parked" }
  const { key, orderId, appliedOrderId, outcome, late } = record
  const told = { key, orderId: appliedOrderId ?? orderId, outcome, duplicate: true, late }
  state.facts.push({ kind: "payment_event", ...told })
  return { is: "applied", record }
}
