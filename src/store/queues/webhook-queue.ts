import type pg from "pg"
import { sentCode, sentDetails, validSecrets, wantedUnasked } from "../columns.ts"
import { transactionByIndex, type Tx } from "../tx.ts"
import { CODE_EVENT, type OpenCode } from "./mail-codes.ts"

/** A delivery that one worker has leased, with everything that it needs to send it. */
export interface DueDelivery {
  readonly endpointId: number
  readonly eventId: string
  readonly productId: number
  readonly url: string
  /** The JSON to send; null: the event has been removed. */
  readonly body: string | null
  /** Of an event about a code: the code, as long as it is open; null: the event is another, or the code has ended. */
  readonly code?: OpenCode | null
  /** The request is signed with each of them; the newest is first. */
  readonly secrets: readonly string[]
  /** Including this attempt. */
  readonly attempts: number
  /** The end of the lease, in the database's text form. It identifies this attempt. */
  readonly lease: string
}

/** The result of an attempt. */
export type DeliveryResult =
  | { readonly kind: "delivered"; readonly responseStatus: number }
  | { readonly kind: "failed"; readonly responseStatus: number | null; readonly error: string }
  | {
      readonly kind: "again"
      readonly afterSeconds: number
      readonly responseStatus: number | null
      readonly error: string
    }
  /** The attempt was not made, or was broken off because the worker stops. It does not count. */
  | { readonly kind: "given back" }

/** The queue of deliveries, shared by all workers. */
export interface WebhookQueue {
  /**
   * Inserts the deliveries of events that are not addressed yet, one for each enabled endpoint that wants the type.
   * Returns the number of events; fewer than {@link ADDRESSED_AT_ONCE} means that none are left.
   */
  address(): Promise<number>
  /** Lists the endpoints that have due deliveries. */
  waiting(): Promise<number[]>
  /**
   * Leases due deliveries, at most `room` of each endpoint. While the lease lasts, no other worker takes them; if this
   * worker dies, another one takes them afterwards.
   */
  take(room: ReadonlyMap<number, number>): Promise<DueDelivery[]>
  /** Records the result of an attempt, unless the lease has ended and another worker has taken the delivery. */
  note(delivery: DueDelivery, result: DeliveryResult): Promise<void>
  /** Disables an endpoint that answered 410, unless its URL has been changed since. */
  disable(endpointId: number, url: string): Promise<void>
}

/** Events that one statement addresses. */
export const ADDRESSED_AT_ONCE = 500
/** A lease lasts longer than any attempt to deliver an event. */
const LEASE_SECONDS = 60
const LONGEST_ERROR = 300

/** Makes the queue over PostgreSQL. */
export function createWebhookQueue(pool: pg.Pool): WebhookQueue {
  return {
    async address() {
      return (await isAnyNew(pool)) ? transactionByIndex(pool, addressEvents) : 0
    },

    async waiting() {
      const { rows } = await pool.query<{ id: number }>({
        name: "endpoints-with-something-due",
        // One index look-up for each of the few endpoints. With `exists` the planner would join all due deliveries.
        text: `
          select e.id
            from webhook_endpoints e
           cross join lateral (
                 select d.event_id
                   from webhook_deliveries d
                  where d.endpoint_id = e.id
                    and d.status = 'due'
                    and d.not_before <= statement_timestamp()
                  order by d.not_before
                  limit 1) as first
           where e.id > 0
             and e.enabled`,
      })
      return rows.map(({ id }) => id)
    },

    take: (room) => transactionByIndex(pool, (tx) => takeDeliveries(tx, room)),

    async note({ eventId, endpointId, productId, lease }, result) {
      const { status, afterSeconds, responseStatus, error } = columnsOf(result)
      await pool.query({
        name: "note-delivery",
        text: `
          update webhook_deliveries
             set status = $5,
                 not_before = case
                   when $5 = 'due' then clock_timestamp() + make_interval(secs => $6)
                   else not_before
                 end,
                 attempts = attempts - $7,
                 response_status = case when $7 = 1 then response_status else $8 end,
                 last_error = case when $7 = 1 then last_error else $9 end,
                 updated_at = clock_timestamp()
           where event_id = $1
             and endpoint_id + 0 = $2
             and product_id = $3
             and status = 'due'
             and not_before = $4::timestamptz`,
        values: [
          eventId,
          endpointId,
          productId,
          lease,
          status,
          afterSeconds,
          result.kind === "given back" ? 1 : 0,
          responseStatus,
          error,
        ],
      })
    },

    async disable(endpointId, url) {
      await pool.query({
        name: "disable-webhook-endpoint",
        text: `
          update webhook_endpoints
             set enabled = false,
                 disabled_reason = 'gone',
                 updated_at = clock_timestamp()
           where id = $1
             and url = $2
             and enabled`,
        values: [endpointId, url],
      })
    },
  }
}

/** Spares the transaction of {@link addressEvents} in the usual case, that no event is new. */
async function isAnyNew(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query({
    name: "any-new-event",
    text: `
      select id
        from outbox
       where addressed_at is null
         and created_at > '-infinity'
       limit 1`,
  })
  return rows.length > 0
}

async function addressEvents(tx: Tx): Promise<number> {
  const { rowCount } = await tx.query({
    name: "address-events",
    // New events are those without `addressed_at`. Comparing ids or times with the last ones seen would skip events
    // whose transactions commit late. The limit is written out, because the planner estimates a parameter as a tenth
    // of the table.
    text: `
      with events as materialized (
        select id, product_id, type, created_at
          from outbox
         where addressed_at is null
           and created_at > '-infinity'
         order by created_at
         limit ${ADDRESSED_AT_ONCE}
           for update skip locked
      ),
      endpoints as materialized (
        select id, types, created_at
          from webhook_endpoints
         where id > 0
           and enabled
           and exists (
               select
                 from events)
           for key share
      ),
      deliveries as (
        insert into webhook_deliveries (
          event_id, endpoint_id, product_id, status, not_before, created_at, updated_at)
        select v.id, e.id, v.product_id, 'due', v.created_at, v.created_at, clock_timestamp()
          from events v
          join endpoints e
            on e.created_at <= v.created_at
           and (v.type = any(e.types) or e.types is null and ${wantedUnasked})
        on conflict (event_id, endpoint_id, product_id) do nothing
      )
      update outbox
         set addressed_at = clock_timestamp()
        from events
       where outbox.id = events.id
         and outbox.product_id = events.product_id`,
  })
  return rowCount ?? 0
}

async function takeDeliveries(tx: Tx, room: ReadonlyMap<number, number>): Promise<DueDelivery[]> {
  const { rows } = await tx.query<DueDelivery & { details: object | null }>({
    name: "take-deliveries",
    text: `
      with taken as materialized (
        select d.event_id, d.endpoint_id
          from unnest($1::bigint[], $2::integer[]) as wanted (endpoint_id, room)
          join webhook_endpoints e
            on e.id = wanted.endpoint_id
           and e.enabled
         cross join lateral (
               select event_id, endpoint_id
                 from webhook_deliveries
                where endpoint_id = wanted.endpoint_id
                  and status = 'due'
                  and not_before <= statement_timestamp()
                order by not_before
                limit wanted.room
                  for update skip locked) as d
      ),
      leased as (
        update webhook_deliveries
           set attempts = attempts + 1,
               not_before = clock_timestamp() + make_interval(secs => $3)
         where event_id = any(array(select event_id from taken))
           and event_id || ' ' || endpoint_id = any(array(select event_id || ' ' || endpoint_id from taken))
        returning event_id, endpoint_id, product_id, attempts, not_before
      )
      select e.url, leased.attempts, outbox.body,
             ${validSecrets("e")} as secrets,
             leased.endpoint_id as "endpointId",
             leased.event_id as "eventId",
             leased.product_id as "productId",
             leased.not_before::text as lease,
             case when e.include_details and outbox.type like 'order.%' then ${sentDetails} end as details,
             case when outbox.type = '${CODE_EVENT}' then ${sentCode} end as code
        from leased
        join webhook_endpoints e
          on e.id = leased.endpoint_id
        left join outbox
          on outbox.id = leased.event_id
         and outbox.product_id = leased.product_id`,
    values: [[...room.keys()], [...room.values()], LEASE_SECONDS],
  })
  return rows.map((row) => Object.assign(row, { body: withDetails(row.body, row.details) }))
}

/** Stored events say nothing of a buyer, so that what is erased is in none of them. */
function withDetails(body: string | null, details: object | null): string | null {
  if (body === null || details === null) return body
  const event = JSON.parse(body) as { readonly data: object }
  return JSON.stringify({ ...event, data: { ...event.data, details } })
}

function columnsOf(result: DeliveryResult) {
  switch (result.kind) {
    case "delivered":
      return { status: "delivered", afterSeconds: 0, responseStatus: result.responseStatus, error: null }
    case "failed":
    case "again":
      return {
        status: result.kind === "again" ? "due" : "failed",
        afterSeconds: result.kind === "again" ? result.afterSeconds : 0,
        responseStatus: result.responseStatus,
        error: result.error.slice(0, LONGEST_ERROR),
      }
    case "given back":
      return { status: "due", afterSeconds: 0, responseStatus: null, error: null }
  }
}
