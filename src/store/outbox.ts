import { outgoingEvents, type OutgoingEvent } from "../domain/outgoing-event.ts"
import type { Instant } from "../domain/time.ts"
import type { WorkingSet } from "../domain/working-set.ts"
import { moments, numbers } from "./columns.ts"
import { whenAny } from "./row-groups.ts"
import type { Tx } from "./tx.ts"

/**
 * Whether anybody wants to hear of events. What is known lasts a second, so that a sale without
 * listeners asks no more often than that, and one who has just begun to listen misses no more.
 */
export interface Listeners {
  /**
   * What has been seen in the last second, at no cost; otherwise asks within the transaction, so that
   * a batch waits for no connection but its own.
   */
  exist(tx: Tx): boolean | Promise<boolean>
  /** Looks again at the next batch: an endpoint was made here. */
  forget(): void
}

const KNOWN_FOR_MS = 1_000

/** Nothing is known at first. */
export function createListeners(): Listeners {
  let known = { exist: false, until: 0 }

  async function ask(tx: Tx, askedAt: number): Promise<boolean> {
    const { rows } = await tx.query({
      name: "any-webhook-endpoint",
      text: `
        select id
          from webhook_endpoints
         where id > 0
         limit 1`,
    })
    known = { exist: rows.length > 0, until: askedAt + KNOWN_FOR_MS }
    return known.exist
  }

  return {
    exist(tx) {
      const now = performance.now()
      return now < known.until ? known.exist : ask(tx, now)
    },
    forget() {
      known = { exist: false, until: 0 }
    },
  }
}

/** Writes what the batch has to tell the outside; what an earlier try of it has written stays. */
export function saveEvents(tx: Tx, states: readonly WorkingSet[], now: Instant): Promise<void>[] {
  const events = states.flatMap((state) => outgoingEvents(state, now))
  return whenAny(events, () => insertEvents(tx, events))
}

async function insertEvents(tx: Tx, events: readonly OutgoingEvent[]): Promise<void> {
  await tx.query({
    name: "insert-outgoing-events",
    text: `
      insert into outbox (id, product_id, type, body, created_at)
      select *
        from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[])
      on conflict (id, product_id) do nothing`,
    values: [
      events.map((event) => event.id),
      numbers(events.map((event) => event.productId)),
      events.map((event) => event.type),
      events.map((event) => event.body),
      moments(events.map((event) => event.createdAt)),
    ],
  })
}
