import type pg from "pg"
import { isoTime, isoTimeOrNull, type Instant } from "../../domain/time.ts"
import { wantedUnasked } from "../columns.ts"
import { transactionByIndex } from "../tx.ts"

/** `due`: an attempt follows. `failed`: no attempt follows, unless the delivery is replayed. */
export type DeliveryStatus = "due" | "delivered" | "failed"

/** One outgoing event for one endpoint, with the result of the last attempt. */
export interface WebhookDelivery {
  readonly eventId: string
  readonly endpointId: number
  readonly type: string
  readonly status: DeliveryStatus
  readonly notBefore: Instant
  readonly attempts: number
  /** The HTTP status of the response to the last attempt; null if there was no response. */
  readonly responseStatus: number | null
  readonly lastError: string | null
  /** When the event happened. */
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** The sort key of an endpoint's delivery: a page begins after it. */
export interface DeliveryKey {
  readonly createdAt: Instant
  readonly eventId: string
}

/** The deliveries of endpoints, for operators. */
export interface WebhookDeliveries {
  /** Lists deliveries of an endpoint, newest first, from the first one after `after`. `status` null: all. */
  list(
    endpointId: number,
    status: DeliveryStatus | null,
    page: { readonly after: DeliveryKey | null; readonly limit: number },
  ): Promise<WebhookDelivery[]>
  /** Makes a delivery due again, under the same event id. Returns null if there is no such delivery. */
  replay(endpointId: number, eventId: string): Promise<WebhookDelivery | null>
  /**
   * Makes deliveries due again, or for the first time, of all events since a moment whose type the endpoint wants. This
   * includes events from before the endpoint existed or while it was disabled. Returns the number of events.
   */
  replaySince(endpointId: number, since: Instant): Promise<number>
}

/** Events that one statement replays. */
const REPLAYED_AT_ONCE = 2_000

/** The columns of a delivery `d` of the event `v`, under the names of their fields. */
export const deliveryColumns = `
  d.status, d.attempts,
  d.event_id as "eventId",
  d.endpoint_id as "endpointId",
  v.type,
  d.not_before as "notBefore",
  d.response_status as "responseStatus",
  d.last_error as "lastError",
  d.created_at as "createdAt",
  d.updated_at as "updatedAt"`

/** Written out instead of a parameter, so that the planner uses the partial index of failed deliveries. */
const onlyWith: Record<DeliveryStatus, string> = {
  due: "and d.status = 'due'",
  delivered: "and d.status = 'delivered'",
  failed: "and d.status = 'failed'",
}

/** Makes the deliveries over PostgreSQL. */
export function createWebhookDeliveries(pool: pg.Pool): WebhookDeliveries {
  return {
    async list(endpointId, status, { after, limit }) {
      const { rows } = await transactionByIndex(pool, (tx) =>
        tx.query<WebhookDelivery>({
          name: `list-deliveries-${status ?? "all"}`,
          text: `
          select ${deliveryColumns}
            from webhook_deliveries d
            join outbox v
              on v.id = d.event_id
             and v.product_id = d.product_id
           where d.endpoint_id = $1
             ${status === null ? "" : onlyWith[status]}
             and (d.created_at, d.event_id) < (coalesce($2, 'infinity'::timestamptz), $3)
           order by d.created_at desc, d.event_id desc
           limit $4`,
          values: [endpointId, isoTimeOrNull(after?.createdAt ?? null), after?.eventId ?? "", limit],
        }),
      )
      return rows
    },

    async replay(endpointId, eventId) {
      const { rows } = await pool.query<WebhookDelivery>({
        name: "replay-delivery",
        text: `
          with d as (
            update webhook_deliveries
               set status = 'due',
                   not_before = clock_timestamp(),
                   attempts = 0,
                   updated_at = clock_timestamp()
             where event_id = $2
               and endpoint_id + 0 = $1
            returning event_id, endpoint_id, product_id, status, not_before, attempts,
                      response_status, last_error, created_at, updated_at
          )
          select ${deliveryColumns}
            from d
            join outbox v
              on v.id = d.event_id
             and v.product_id = d.product_id`,
        values: [endpointId, eventId],
      })
      return rows[0] ?? null
    },

    async replaySince(endpointId, since) {
      let after: DeliveryKey = { createdAt: since, eventId: "" }
      for (let replayed = 0; ;) {
        const chunk = await replayChunk(pool, endpointId, after)
        replayed += chunk.replayed
        // Ends at a chunk that is not full: events that a sale adds from here on are delivered without a replay.
        if (chunk.last === null || !chunk.isFull) return replayed
        after = chunk.last
      }
    },
  }
}

interface ReplayedChunk {
  readonly seen: number
  readonly replayed: number
  readonly createdAt: Instant | null
  readonly eventId: string | null
}

/** Replays the next chunk of events, those whose type the endpoint wants. */
async function replayChunk(
  pool: pg.Pool,
  endpointId: number,
  { createdAt, eventId }: DeliveryKey,
): Promise<{ readonly replayed: number; readonly isFull: boolean; readonly last: DeliveryKey | null }> {
  const { rows } = await transactionByIndex(pool, (tx) =>
    tx.query<ReplayedChunk>({
      name: "replay-chunk",
      text: `
      with chunk as materialized (
        select id, product_id, type, created_at
          from outbox
         where (created_at, id) > ($2, $3)
         order by created_at, id
         limit ${REPLAYED_AT_ONCE}
      ),
      replayed as (
        insert into webhook_deliveries (
          event_id, endpoint_id, product_id, status, not_before, created_at, updated_at)
        select v.id, e.id, v.product_id, 'due', clock_timestamp(), v.created_at, clock_timestamp()
          from chunk v
          join webhook_endpoints e
            on e.id = $1
           and (v.type = any(e.types) or e.types is null and ${wantedUnasked})
        on conflict (event_id, endpoint_id, product_id) do update
           set status = 'due',
               not_before = excluded.not_before,
               attempts = 0,
               updated_at = excluded.updated_at
        returning event_id
      )
      select (select count(*) from chunk) as seen,
             (select count(*) from replayed) as replayed,
             last.created_at as "createdAt",
             last.id as "eventId"
        from (values (1)) as always
        left join lateral (
             select created_at, id
               from chunk
              order by created_at desc, id desc
              limit 1) as last on true`,
      values: [endpointId, isoTime(createdAt), eventId],
    }),
  )
  const [row] = rows
  if (row === undefined) throw new Error("the database returned no row for the replayed events")
  const { seen, replayed, createdAt: at, eventId: id } = row
  const last = at === null || id === null ? null : { createdAt: at, eventId: id }
  return { replayed, isFull: seen === REPLAYED_AT_ONCE, last }
}
