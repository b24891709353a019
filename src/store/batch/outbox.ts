import { outgoingEvents, type OutgoingEvent } from "../../wire/outgoing-event.ts"
import { insertInto } from "./insert-rows.ts"
import type { LoadedBatch } from "./load.ts"
import { writeIfAny } from "./row-groups.ts"
import type { Tx } from "../tx.ts"

/**
 * Knows whether there is a webhook endpoint that outgoing events have to be written for. The answer is kept for a
 * second: a sale without endpoints asks no more often than that, and a new endpoint misses at most a second of events
 * of other processes.
 */
export interface Subscribers {
  /**
   * True when there is an endpoint. Asks within the batch's own transaction when the answer is older than a second,
   * so that the batch waits for no second connection; otherwise it costs no statement.
   */
  exist(tx: Tx): boolean | Promise<boolean>
  /** Makes the next batch ask again. For an endpoint that this process has just created. */
  forget(): void
}

const KNOWN_FOR_MS = 1_000

/** Makes a {@link Subscribers} that asks at its first use. */
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

/** Writes the outgoing events of a batch. Rows that an earlier try of the same batch has written stay. */
export function saveEvents(tx: Tx, { sets, now }: LoadedBatch): Promise<void>[] {
  const events = sets.flatMap(({ state }) => outgoingEvents(state, now))
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
