import type pg from "pg"
import type { EventType } from "../../wire/outgoing-event.ts"
import type { Instant } from "../../domain/time.ts"
import { transaction, transactionByIndex } from "../tx.ts"

/** Somebody who wants to hear of events. */
export interface WebhookEndpoint {
  readonly id: number
  readonly url: string
  /** Null: all, those of later versions as well. */
  readonly types: readonly EventType[] | null
  readonly enabled: boolean
  /** Why nothing is sent; null while it is. */
  readonly disabledReason: "by request" | "gone" | null
  /** Until when the secret before this one signs as well. */
  readonly previousSecretUntil: Instant | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** What an endpoint is made of. */
export interface NewEndpoint {
  readonly id: number
  readonly url: string
  readonly types: readonly EventType[] | null
  /** `whsec_` and the key in base64. */
  readonly secret: string
}

/** What can be changed; what is not given stays as it is. */
export interface EndpointChanges {
  readonly url?: string | undefined
  readonly types?: readonly EventType[] | null | undefined
  readonly enabled?: boolean | undefined
}

/** The endpoints of this installation. Null: there is no such endpoint. Secrets are never read back. */
export interface WebhookEndpoints {
  /** Null: there are {@link MOST_ENDPOINTS} already. */
  create(endpoint: NewEndpoint): Promise<WebhookEndpoint | null>
  /** All of them, by id. */
  list(): Promise<WebhookEndpoint[]>
  find(id: number): Promise<WebhookEndpoint | null>
  change(id: number, changes: EndpointChanges): Promise<WebhookEndpoint | null>
  /** Removes it with its deliveries; returns it as it was. */
  remove(id: number): Promise<WebhookEndpoint | null>
  /**
   * From now on `secret` signs, and for 24 hours the one before it as well. The same secret once more
   * changes nothing: a request that is repeated must not shorten the time of the one before.
   */
  rotate(id: number, secret: string): Promise<WebhookEndpoint | null>
}

/** Each event is written once for each of them, and each may have several connections at a time. */
export const MOST_ENDPOINTS = 32
const ROTATION_SECONDS = 24 * 60 * 60
/** Deliveries removed at once with their endpoint: few enough to hold no lock for long. */
const REMOVED_AT_ONCE = 5_000

const endpointColumns = `
  id, url, types, enabled,
  disabled_reason as "disabledReason",
  previous_secret_until as "previousSecretUntil",
  created_at as "createdAt",
  updated_at as "updatedAt"`

/** The endpoints over PostgreSQL; `onCreated` hears of new ones made here. */
export function createWebhookEndpoints(pool: pg.Pool, onCreated: () => void): WebhookEndpoints {
  async function one(name: string, text: string, values: unknown[]): Promise<WebhookEndpoint | null> {
    const { rows } = await pool.query<WebhookEndpoint>({ name, text, values })
    return rows[0] ?? null
  }

  return {
    async create({ id, url, types, secret }) {
      const endpoint = await transaction(pool, async (tx) => {
        // One after the other, or two would both find room for the last one.
        await tx.query({
          name: "lock-endpoint-ids",
          text: `
            select next_id
              from id_blocks
             where kind = 'webhook_endpoints'
               for update`,
        })
        const { rows } = await tx.query<WebhookEndpoint>({
          name: "insert-webhook-endpoint",
          text: `
            insert into webhook_endpoints (id, url, types, secret, created_at, updated_at)
            select $1, $2, $3::text[], $4, now.at, now.at
              from (select clock_timestamp() as at) as now
             where (select count(*) from webhook_endpoints where id > 0) < $5
            returning ${endpointColumns}`,
          values: [id, url, types, secret, MOST_ENDPOINTS],
        })
        return rows[0] ?? null
      })
      onCreated()
      return endpoint
    },

    async list() {
      const { rows } = await pool.query<WebhookEndpoint>({
        name: "list-webhook-endpoints",
        text: `
          select ${endpointColumns}
            from webhook_endpoints
           where id > 0
           order by id`,
      })
      return rows
    },

    find: (id) =>
      one(
        "find-webhook-endpoint",
        `
          select ${endpointColumns}
            from webhook_endpoints
           where id = $1`,
        [id],
      ),

    change: (id, { url, types, enabled }) =>
      one(
        "change-webhook-endpoint",
        `
          update webhook_endpoints
             set url = coalesce($2, url),
                 types = case when $3 then $4::text[] else types end,
                 enabled = coalesce($5, enabled),
                 disabled_reason = case
                   when coalesce($5, enabled) then null
                   else coalesce(disabled_reason, 'by request')
                 end,
                 updated_at = clock_timestamp()
           where id = $1
          returning ${endpointColumns}`,
        [id, url ?? null, types !== undefined, types ?? null, enabled ?? null],
      ),

    async remove(id) {
      const removed = await one(
        "remove-webhook-endpoint",
        `
          delete from webhook_endpoints
           where id = $1
          returning ${endpointColumns}`,
        [id],
      )
      if (removed !== null) while ((await removeDeliveries(pool, id)) === REMOVED_AT_ONCE);
      return removed
    },

    rotate: (id, secret) =>
      one(
        "rotate-webhook-secret",
        `
          update webhook_endpoints
             set previous_secret = case when secret = $2 then previous_secret else secret end,
                 previous_secret_until = case
                   when secret = $2 then previous_secret_until
                   else clock_timestamp() + make_interval(secs => $3)
                 end,
                 secret = $2,
                 updated_at = clock_timestamp()
           where id = $1
          returning ${endpointColumns}`,
        [id, secret, ROTATION_SECONDS],
      ),
  }
}

/**
 * Those that are left when a process dies meanwhile go with their events. Named by a list, here and in the queue: a
 * join leaves the planner to look through all deliveries for each, where it takes the table, or the endpoint, for a
 * small one. (Where one is named alone, `endpoint_id + 0` keeps it from looking through the endpoint's.)
 */
async function removeDeliveries(pool: pg.Pool, endpointId: number): Promise<number> {
  const { rowCount } = await transactionByIndex(pool, (tx) =>
    tx.query({
      name: "remove-deliveries-of-endpoint",
      text: `
      delete from webhook_deliveries
       where event_id = any(array(
               select event_id
                 from webhook_deliveries
                where endpoint_id = $1
                limit ${REMOVED_AT_ONCE}))
         and endpoint_id = $1`,
      values: [endpointId],
    }),
  )
  return rowCount ?? 0
}
