import { outgoingEvents, type OutgoingEvent } from "../../wire/outgoing-event.ts"
import type { Instant } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { insertInto } from "./insert-rows.ts"
import { writeIfAny } from "./row-groups.ts"
import type { Tx } from "../tx.ts"

/**
 * Whether anybody wants to hear of events. What is known lasts a second, so that a sale without
 * subscribers asks no more often than that, and one who has just begun to listen misses no more.
 */
export interface Subscribers {
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
export function createSubscribers(): Subscribers {
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
  return writeIfAny(events, () => insertEvents(tx, events))
}

const insertEvents = insertInto<OutgoingEvent>(
  "outbox",
  {
    id: ["text", (event) => event.id],
    product_id: ["bigint", (event) => event.productId],
    type: ["text", (event) => event.type],
    body: ["text", (event) => event.body],
    created_at: ["timestamptz", (event) => event.createdAt],
  },
  "on conflict (id, product_id) do nothing",
)
