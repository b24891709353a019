import { isoTime, type Instant } from "../domain/time.ts"
import { eventId } from "./outgoing-event-ids.ts"
import type { OutgoingEvent } from "./outgoing-event.ts"

/** What an alert is about: lights of the live screen. `database` is raised by the process that notices it, the others by a worker. */
export type AlertName = "invariants" | "expiry" | "money_inbox" | "database"

/** An alert that is raised, or has ended. */
export interface Alert {
  readonly name: AlertName
  /** What is wrong, for people; null: the alert has ended. */
  readonly text: string | null
  readonly raisedAt: Instant
}

/** An alert is of no product, and no product has this id. */
const NO_PRODUCT = 0

/** The outgoing event of an alert. Its id is made of the time at which the alert was raised, so each is told once. */
export function alertEvent({ name, text, raisedAt }: Alert, now: Instant): OutgoingEvent {
  const type = text === null ? "alert.ended" : "alert.raised"
  const data = { alert: name, ...(text !== null && { text }), raised_at: isoTime(raisedAt) }
  return {
    id: eventId(type, `${name}-${raisedAt}`),
    productId: NO_PRODUCT,
    type,
    body: JSON.stringify({ type, timestamp: isoTime(now), data }),
    createdAt: now,
  }
}
