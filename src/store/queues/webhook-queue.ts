import type pg from "pg"
import { transactionByIndex, type Tx } from "../tx.ts"

/** What has to be sent to whom, once. */
export interface DueDelivery {
  readonly endpointId: number
  readonly eventId: string
  readonly productId: number
  readonly url: string
  /** The JSON to be sent, byte for byte; null: the event was removed meanwhile. */
  readonly body: string | null
  /** Each signs; the newest one first. */
  readonly secrets: readonly string[]
  /** This one included. */
  readonly attempts: number
  /** Until when it is this worker's, as the database writes it; names this attempt. */
  readonly lease: string
}

/** How an attempt went. */
export type DeliveryResult =
  | { readonly kind: "delivered"; readonly responseStatus: number }
  | { readonly kind: "failed"; readonly responseStatus: number | null; readonly error: string }
  | {
      readonly kind: "again"
      readonly afterSeconds: number
      readonly responseStatus: number | null
      readonly error: string
    }
  /** Nothing was tried, or nobody waited for the answer: at once, as if it had not been taken. */
  | { readonly kind: "given back" }

/** Events on their way to endpoints, shared by all workers. */
export interface WebhookQueue {
  /**
   * Makes deliveries of events that have none yet, for every endpoint that wants them. Returns for how
   * many events; fewer than {@link ADDRESSED_AT_ONCE}: there were no more.
   */
  address(): Promise<number>
  /** Endpoints that have something due. */
  waiting(): Promise<number[]>
  /**
   * Takes what is due, for each endpoint as much as there is room for, and puts its next attempt off
   * by a lease: a worker that dies meanwhile delays it, and loses none. Each is with one worker at a
   * time.
   */
  take(room: ReadonlyMap<number, number>): Promise<DueDelivery[]>
  /** Writes down how an attempt went, unless somebody else has taken it up since. */
  note(delivery: DueDelivery, result: DeliveryResult): Promise<void>
  /** Sends nothing more to an endpoint that says it is gone, unless its address was changed meanwhile. */
  disable(endpointId: number, url: string): Promise<void>
}

/** Events that get their deliveries in one statement. */
export const ADDRESSED_AT_ONCE = 500
/** Longer than any attempt takes. */
const LEASE_SECONDS = 60
const LONGEST_ERROR = 300

/** The queue over PostgreSQL. */
export function createWebhookQueue(pool: pg.Pool): WebhookQueue {
  return {
    async address() {
      return (await isAnyNew(pool)) ? transactionByIndex(pool, addressEvents) : 0
    },

    async waiting() {
      const { rows } = await pool.query<{ id: number }>({
        name: "endpoints-with-something-due",
        // One for each of the few endpoints: as a condition it would be joined to all that is due.
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
      const { status, afterSeconds, responseStatus, error } = noted(result)
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

/** Mostly there is nothing, and then that is all a worker asks. */
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
    // Events are found by what has not been done to them: a number or a moment that is compared
    // with the last one seen would pass over transactions that commit late. The number of rows is
    // written out: the planner takes a parameter for a tenth of the table.
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
           and (e.types is null or v.type = any(e.types))
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
  const { rows } = await tx.query<DueDelivery>({
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
             array_remove(array[
               e.secret,
               case when e.previous_secret_until > clock_timestamp() then e.previous_secret end],
               null) as secrets,
             leased.endpoint_id as "endpointId",
             leased.event_id as "eventId",
             leased.product_id as "productId",
             leased.not_before::text as lease
        from leased
        join webhook_endpoints e
          on e.id = leased.endpoint_id
        left join outbox
          on outbox.id = leased.event_id
         and outbox.product_id = leased.product_id`,
    values: [[...room.keys()], [...room.values()], LEASE_SECONDS],
  })
  return rows
}

function noted(result: DeliveryResult) {
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
